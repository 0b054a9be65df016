"""Who asks for a window gets nothing promised before it begins: what is made early waits for its lorry."""

from datetime import timedelta

import msgspec
import pytest

from services.capacity.domain.matching.problem import Demand
from tests.support.planning_world import CHIBI, at, board, demand, line, matched


def wanted_from(hours: float) -> Demand:
    return msgspec.structs.replace(demand(5_000), deliver_from=at(hours))


@pytest.mark.parametrize("district", ["421202", CHIBI])
@pytest.mark.parametrize("hours", [40, 47.5, 60, 66, 71, 100])
def test_nothing_is_promised_before_the_window_begins(hours: float, district: str) -> None:
    [option] = matched(wanted_from(hours), board(line("l1", "p1", district=district))).options
    assert option.promise_at >= at(hours)
    assert option.promise_at < at(hours) + timedelta(days=1), "the first lorry that does, no later one"
    assert option.trips[-1].arrives_at == option.promise_at


def test_a_plan_that_is_ready_later_anyway_is_promised_as_before() -> None:
    world = board(line("l1", "p1"))
    assert matched(wanted_from(1), world).options == matched(demand(5_000), world).options


def test_the_work_itself_is_not_held_back() -> None:
    [option] = matched(wanted_from(100), board(line("l1", "p1"))).options
    assert option.steps[0].ends_at == at(5)
