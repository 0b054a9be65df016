"""The table of planted bugs is true today: each applies exactly once, and the page says of each which layer notices it."""

from pathlib import Path

import pytest

from tests.planted import outcomes
from tests.planted.asking import Effort, ask_all
from tests.planted.bug import Bug, BugMoved, Harm
from tests.planted.layers import TESTED, Layer
from tests.planted.outcomes import Verdict
from tests.planted.page import PAGE, page_of
from tests.planted.scratch import ROOT
from tests.planted.table import AREAS, BUGS
from tests.planted.worlds import verdict_of

ONCE = Effort(seeds=range(1, 2), worlds=1, trees=1)
QUICK = ("leaf-hashed-as-node", "explosion-rounds-down", "quote-booked-at-its-end")


@pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.name)
def test_every_bug_applies_to_the_code_of_today_exactly_once(bug: Bug) -> None:
    text = (ROOT / bug.file).read_text("utf-8")
    planted = bug.planted_in(text)
    assert planted != text
    if bug.file.endswith(".py"):
        compile(planted, bug.file, "exec")


def test_no_name_is_given_twice_and_the_tests_asked_are_there() -> None:
    assert len(BUGS) == sum(map(len, AREAS.values()))
    for bug in BUGS.values():
        assert bug.rules or bug.assembled, bug.name
        for path in (*bug.rules, *bug.assembled):
            assert (ROOT / path.partition("::")[0]).is_file(), f"{bug.name}: no {path}"


def test_the_page_shows_the_kept_outcomes_and_every_bug_as_caught_by_the_first_two_layers() -> None:
    found = outcomes.read()
    assert PAGE.read_text("utf-8") == page_of(found), "write it anew: make planted ARGS=--write-docs"
    for name in BUGS:
        layers = found[name]
        assert any(layers[one].is_caught for one in TESTED if one in layers), name


def test_bugs_planted_in_a_copy_are_noticed_and_the_tree_is_left_alone() -> None:
    bugs = [BUGS[name] for name in QUICK]
    before = [(ROOT / bug.file).read_bytes() for bug in bugs]
    for bug, verdicts in ask_all(bugs, [Layer.RULES], ONCE):
        assert verdicts[Layer.RULES].is_caught, bug.name
    assert [(ROOT / bug.file).read_bytes() for bug in bugs] == before


def test_a_bug_whose_code_has_moved_refuses_to_be_planted(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("x = 1\nx = 1\n", "utf-8")
    for old, found in (("y = 1", 0), ("x = 1", 2)):
        bug = Bug("moved", Harm.WRONG, "code.py", old, "x = 2", "Nothing.")
        with pytest.raises(BugMoved, match=f"found it {found} times"):
            bug.plant(tmp_path)
    assert (tmp_path / "code.py").read_text("utf-8") == "x = 1\nx = 1\n"


def test_a_world_that_breaks_without_any_bug_says_nothing_about_one() -> None:
    broken = {2: "books balance: they do not", 3: "everything drains: it does not", 7: "books balance: no"}
    assert verdict_of(broken, {2}, 1) == Verdict("everything drains: it does not", [3, 4], 0)
    assert verdict_of(broken, broken, 1).is_caught is False


def test_a_bug_that_nothing_notices_is_told_as_such() -> None:
    harmless = Bug(
        "harmless",
        Harm.WRONG,
        "services/ledger/domain/tree.py",
        "HASH_BYTES = 32\n",
        "HASH_BYTES = 16 + 16\n",
        "Nothing.",
        rules=("tests/unit/ledger/domain/test_tree.py",),
    )
    ((_, verdicts),) = ask_all([harmless], [Layer.RULES], ONCE)
    assert (verdicts[Layer.RULES].cases, verdicts[Layer.RULES].missed) == ([], 1)
