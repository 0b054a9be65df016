"""`python -m tests.planted`: plant each bug in a copy of the tree and ask the layers whether they notice it."""

import sys
from collections.abc import Sequence

import click
import msgspec

from tests.planted import outcomes
from tests.planted.asking import Effort, ask_all, false_alarm
from tests.planted.layers import TESTED, Layer
from tests.planted.outcomes import Verdict
from tests.planted.page import write_page
from tests.planted.table import BUGS

NOT_CAUGHT = 1
FALSE_ALARM = 3


@click.command(help=__doc__)
@click.option("--bug", "names", multiple=True, type=click.Choice(sorted(BUGS)), help="Only this bug (may be repeated).")
@click.option(
    "--layer", "layers", multiple=True, type=click.Choice([one.value for one in Layer]), help="Only this layer."
)
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(1), help="Seeds where chance has a hand.")
@click.option("--first", default=1, show_default=True, type=click.IntRange(0), help="The first seed.")
@click.option("--worlds", default=6, show_default=True, type=click.IntRange(1), help="Worlds simulated for each bug.")
@click.option("--trees", default=2, show_default=True, type=click.IntRange(1, 8), help="Bugs tried at the same time.")
@click.option("--write-docs", is_flag=True, help="Keep the outcomes and write docs/planted-bugs.md anew.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a bug.")
def main(
    names: Sequence[str],
    layers: Sequence[str],
    *,
    seeds: int,
    first: int,
    worlds: int,
    trees: int,
    write_docs: bool,
    as_json: bool,
) -> None:
    wanted = [BUGS[name] for name in names or BUGS]
    asked = [Layer(one) for one in layers or Layer]
    kept, unnoticed, noticed_by = outcomes.read(), 0, set[str]()
    for bug, verdicts in ask_all(wanted, asked, Effort(range(first, first + seeds), worlds, trees)):
        kept[bug.name] = {**kept.get(bug.name, {}), **verdicts}
        unnoticed += bool(verdicts) and not any(one.is_caught for one in verdicts.values())
        noticed_by |= {one.by for layer, one in verdicts.items() if one.by and layer in TESTED}
        click.echo(_line(bug.name, verdicts, as_json=as_json))
    wrong = false_alarm(noticed_by, first)
    if wrong:
        click.echo(f"{wrong} fails without any bug as well: nothing is kept", err=True)
        sys.exit(FALSE_ALARM)
    if write_docs:
        outcomes.keep(kept, list(BUGS))
        write_page(kept)
    click.echo(f"{len(wanted)} bugs, {unnoticed} of them noticed by no layer that was asked", err=True)
    sys.exit(NOT_CAUGHT if unnoticed else 0)


def _line(name: str, verdicts: dict[str, Verdict], *, as_json: bool) -> str:
    if as_json:
        return msgspec.json.encode({"bug": name, "layers": verdicts}).decode()
    said = [f"{layer}: {_told(verdict)}" for layer, verdict in verdicts.items()]
    return "\n    ".join([name, *said])


def _told(verdict: Verdict) -> str:
    if not verdict.cases:
        return "NOT NOTICED"
    missed = f", MISSED by {verdict.missed} seeds" if verdict.missed else ""
    return f"{verdict.by}, {verdict.cases_median} cases{missed}"


if __name__ == "__main__":
    main()
