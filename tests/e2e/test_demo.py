"""The demo as a user runs it: a process of its own, real sockets, stories over the public API, every check by name."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.timeout(300)  # the first test tells all stories; other tests share the two cores


@pytest.fixture(scope="module")
def the_demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    data = tmp_path_factory.mktemp("demo") / "data"
    command = [sys.executable, "-m", "services", "demo", "--no-serve", "--json", "--data", str(data)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert outcome.stdout, outcome.stderr
    report: dict[str, object] = json.loads(outcome.stdout)
    return report | {"exit_code": outcome.returncode, "stderr": outcome.stderr}


def test_every_check_of_the_demo_passes(the_demo: dict[str, object]) -> None:
    checks = the_demo["checks"]
    assert isinstance(checks, list)
    assert [check for check in checks if not check["passed"]] == []
    assert the_demo["passed"] is True
    assert the_demo["exit_code"] == 0
    assert the_demo["stderr"] == ""


def test_the_demo_checks_stories_books_views_and_tree_by_name(the_demo: dict[str, object]) -> None:
    checks = the_demo["checks"]
    assert isinstance(checks, list)
    names = [check["check"] for check in checks]
    for word in ("story 1", "log contiguous", "equals its rebuild", "tree", "balances", "line time"):
        assert any(word in name for name in names), word
