"""A bug planted in the world is found, and the run that shows it is cut down to what it needs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from services.sim.campaign import Geneses, prepared, started
from services.sim.campaign import replay as replayed
from services.sim.inhabited import LIFE
from services.sim.record import Plan
from services.sim.seams import Fresh, Platform
from services.sim.shrink import shrunk


class NoThirdOrder:
    """A law that brands break as soon as three orders were placed: stands for a bug that needs some history."""

    name = "no third order"

    def __init__(self) -> None:
        self._orders = 0

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:  # noqa: ARG002 - the seam's signature
        self._orders += sum(one.version == 1 and one.stream.startswith("order-") for one in fresh.get("order", ()))
        return [f"{self._orders} orders"] if self._orders > 2 else []

    def at_rest(self, platform: Platform) -> Iterable[str]:  # noqa: ARG002 - same
        return ()


@pytest.fixture(scope="module")
def broken() -> Iterator[Geneses]:
    life = replace(LIFE, laws=lambda _: [NoThirdOrder()])
    with prepared(life, Plan(1, engine="memory"), 1) as geneses:
        yield geneses


def test_a_failing_seed_is_shrunk_and_its_command_fails_again(broken: Geneses) -> None:
    (failed,) = started(broken, Plan(1, engine="memory"), seeds=1, workers=1)
    assert failed.violations == ["no third order: 3 orders"]
    smaller = shrunk(failed, lambda plan: replayed(plan, broken), runs_max=40)
    assert smaller.violations == failed.violations
    assert smaller.steps < failed.steps
    assert len(smaller.names) < len(failed.names)
    assert any(name.startswith("brand") for name in smaller.names)
    again = replayed(smaller.plan, broken)
    assert (again.violations, again.digest) == (smaller.violations, smaller.digest)
    assert smaller.plan.command.startswith("python -m services sim --first 1 --seeds 1 ")
    assert "--engine memory --without" in smaller.plan.command
