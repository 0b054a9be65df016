"""A simulated process that breaks off, or fails of itself, is a failing seed like any other: told, and seen again."""

import os
from collections.abc import Iterable
from dataclasses import replace

import pytest
from click.testing import CliRunner

from services.sim import inhabited
from services.sim.campaign import prepared, replay
from services.sim.cli import sim
from services.sim.life.brand import NotServed
from services.sim.record import Plan
from services.sim.seams import Fresh, Life, Platform
from services.terminal import Exit


class Ends:
    """A law that does away with its process, or fails, as soon as it is asked."""

    name = "ends"

    def __init__(self, *, is_clean: bool) -> None:
        self._is_clean = is_clean

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:  # noqa: ARG002 - the seam's signature
        if self._is_clean:
            raise LookupError("the law itself is wrong")
        os._exit(3)

    def at_rest(self, platform: Platform) -> Iterable[str]:  # noqa: ARG002 - same
        return ()


def under(*, is_clean: bool) -> Life:
    return replace(inhabited.LIFE, laws=lambda _: [Ends(is_clean=is_clean)])


@pytest.mark.parametrize(
    ("is_clean", "told"),
    [(False, "the run broke off: seed 1 ended without an outcome"), (True, "the run itself: LookupError: the law")],
)
def test_whatever_ends_a_run_is_its_outcome(is_clean: bool, told: str) -> None:  # noqa: FBT001 - a parameter of the test
    plan = Plan(1, days=1, engine="memory")
    with prepared(under(is_clean=is_clean), plan, 1) as geneses:
        outcome = replay(plan, geneses)
    assert outcome.violations[0].startswith(told)


def test_the_command_is_told_before_shrinking_and_whatever_shrinking_meets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inhabited, "LIFE", under(is_clean=False))
    ran = CliRunner().invoke(
        sim, ["--seeds", "1", "--first", "1", "--days", "1", "--engine", "memory", "--workers", "1"]
    )
    assert ran.exit_code == Exit.CHECK_FAILED
    assert "python -m services sim --first 1 --seeds 1 --days 1 --engine memory" in " ".join(ran.output.split())
    assert ran.output.index("to see it again") < ran.output.index("simulated days")


def test_who_is_not_served_after_all_faults_fails_the_run() -> None:
    def refused(*_: object) -> str:
        raise NotServed("B1 may not order tea")

    plan = Plan(1, days=1, engine="memory")
    with prepared(replace(inhabited.LIFE, asks_last=refused), plan, 1) as geneses:
        outcome = replay(plan, geneses)
    assert outcome.violations == ["the run itself: NotServed: B1 may not order tea"]
