"""Six seeds of ten days each, in which orders are made and delivered: nothing that must hold breaks, whatever goes wrong."""

from services.sim.campaign import Geneses, Summary, started
from services.sim.record import Plan

SEEDS = 6
DAYS = 10


def test_six_seeds_hold_every_invariant(geneses: Geneses) -> None:
    summary = Summary()
    for outcome in started(geneses, Plan(1, days=DAYS), SEEDS, workers=2):
        summary.add(outcome)
    assert [(one.plan.command, one.violations) for one in summary.failed] == []
    assert summary.seeds == SEEDS
    assert summary.days >= SEEDS * DAYS
    assert set(summary.engines) == {"memory", "sqlite"}
    assert summary.commands["done"] > 100
    assert len(summary.faults) > 5
