"""The simulation's wrongdoer ends the run when a wall is missing."""

import pytest

from services.sim.campaign import prepared, started
from services.sim.inhabited import LIFE
from services.sim.record import Plan
from shared.kernel.principal import Principal


def test_whoever_gets_through_a_missing_wall_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the walls everybody owns everything; all other people and laws of the world stay as they are."""
    plan = Plan(1, days=10, engine="memory")
    with prepared(LIFE, plan, 1) as geneses:
        monkeypatch.setattr(Principal, "owns", lambda *_: True)
        (run,) = started(geneses, plan, seeds=1, workers=1)
    assert len(run.violations) == 1
    assert run.violations[0].startswith("wrongdoer failed: GotThrough: ")
