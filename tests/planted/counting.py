"""A pytest plugin for the runner: counts cases up to the first failure. A plain test is one case, and so is each
example that Hypothesis tries; what fails is not shrunk, and nothing is remembered between runs.
"""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis.statistics import collector

PROFILE = "planted"
_PHASES = (hypothesis.Phase.explicit, hypothesis.Phase.generate)

hypothesis.settings.register_profile(
    PROFILE, deadline=None, database=None, phases=_PHASES, report_multiple_bugs=False, print_blob=False
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases-into", type=Path, help="where to write what failed first and after how many cases")


def pytest_configure(config: pytest.Config) -> None:
    into = config.getoption("--cases-into")
    if into is not None:
        config.pluginmanager.register(Counting(into), "cases-counted")


class Counting:
    """Writes `{"failed": test or "", "cases": …, "drawn": …}` after every test; *drawn* says that chance had a hand."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._cases = 0
        self._is_drawn = False
        self._failed = ""

    @pytest.hookimpl(trylast=True, wrapper=True)
    def pytest_runtest_call(self) -> Generator[None]:
        """Innermost, so that it hears of the examples in place of Hypothesis' own plugin."""
        examples: list[int] = []

        def note(statistics: dict[str, Any]) -> None:
            phases = (found for name, found in statistics.items() if name.endswith("-phase"))
            examples.append(sum(len(one["test-cases"]) for one in phases))

        try:
            with collector.with_value(note):  # type: ignore[arg-type] # typed by its first value, None
                yield
        finally:
            self._is_drawn = self._is_drawn or bool(examples)
            self._cases += max(1, sum(examples))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._write(nodeid)  # stands when the process dies of this test

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed = self._failed or report.nodeid
        if report.when == "teardown" or self._failed:
            self._write(self._failed)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failed = self._failed or report.nodeid
            self._write(self._failed)

    def _write(self, failed: str) -> None:
        found = {"failed": failed, "cases": self._cases, "drawn": self._is_drawn}
        self._into.write_text(json.dumps(found), "utf-8")
