"""The page `docs/planted-bugs.md`: which layer notices which bug, after how many cases."""

from collections.abc import Iterator, Mapping

from tests.planted.bug import Bug
from tests.planted.layers import Layer
from tests.planted.outcomes import Outcomes, Verdict
from tests.planted.scratch import ROOT
from tests.planted.table import AREAS, BUGS

PAGE = ROOT / "docs" / "planted-bugs.md"

_OPENING = """\
# Planted bugs

Mistakes that a good engineer could make, each planted into a copy of the tree by an exact replacement of text
(`tests/planted/bugs/`), and the layers of testing asked whether they notice. The table is written by

    make planted ARGS=--write-docs

and one row of it is looked at again by `python -m tests.planted --bug NAME`. A test of `make test` holds every bug to the
code of today: it must still apply, exactly once, and stand here as caught.

*rules* are unit tests and properties, *assembled* are contract, integration, end-to-end and fault tests, *simulation* is
whole worlds under a seeded clock, bus and disk. In brackets stands how much it took: cases run in the named tests until one
failed (a plain test is one case, and so is each example that Hypothesis draws), or worlds until one broke; the median over
the seeds tried where chance has a hand. "–": the layer holds nothing that could notice, or was not asked.
"""

_HEAD = ("| bug | what it breaks | harm | rules | assembled | simulation |", "|---|---|---|---|---|---|")


def write_page(found: Outcomes) -> None:
    PAGE.write_text(page_of(found), "utf-8")


def page_of(found: Outcomes) -> str:
    parts = [_OPENING, _summary(found)]
    for area, bugs in AREAS.items():
        rows = [_row(bug, found.get(bug.name, {})) for bug in bugs]
        parts.append("\n".join([f"## {area}\n", *_HEAD, *rows, ""]))
    parts.append(_unseen())
    return "\n".join(parts)


def _summary(found: Outcomes) -> str:
    lines = ["| layer | asked about | caught | median of the medians |", "|---|---|---|---|"]
    for layer in Layer:
        asked = [said[layer] for name, said in found.items() if name in BUGS and layer in said]
        caught = [one for one in asked if one.is_caught]
        lines.append(f"| {layer.value} | {len(asked)} | {len(caught)} | {_middle(caught)} |")
    caught_by_any = [name for name in BUGS if any(one.is_caught for one in found.get(name, {}).values())]
    return "\n".join([*lines, f"| any | {len(BUGS)} | {len(caught_by_any)} | |", ""])


def _middle(verdicts: list[Verdict]) -> str:
    medians = sorted(one.cases_median for one in verdicts)
    return str(medians[len(medians) // 2]) if medians else "–"


def _row(bug: Bug, said: Mapping[str, Verdict]) -> str:
    told = [_told(said.get(layer)) for layer in Layer]
    return f"| `{bug.name}` | {bug.breaks} | {bug.harm.value} | {' | '.join(told)} |"


def _told(verdict: Verdict | None) -> str:
    if verdict is None:
        return "–"
    if not verdict.cases:
        return f"not noticed ({verdict.missed})"
    missed = f", {verdict.missed} of {verdict.missed + len(verdict.cases)} seeds missed it" if verdict.missed else ""
    return f"{_short(verdict.by)} ({verdict.cases_median}{missed})"


def _short(by: str) -> str:
    """The test's file without its folders, and its name without its parameters; an invariant as it is."""
    path, _, test = by.partition("::")
    name = test.removesuffix("::runTest").partition("[")[0].removeprefix("test_")
    return f"`{path.rpartition('/')[2].removesuffix('.py')}`: {name.replace('_', ' ')}" if test else by


def _unseen() -> str:
    return "\n".join(["## What no simulated world can notice, and why\n", *_reasons(), ""])


def _reasons() -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for bug in BUGS.values():
        if bug.unseen:
            by_reason.setdefault(bug.unseen, []).append(bug.name)
    for reason, names in by_reason.items():
        yield f"- {reason} " + ", ".join(f"`{name}`" for name in names) + "."
