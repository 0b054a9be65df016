"""A line's floor: one work order at a time, nobody while it is down; each event tells the whole situation."""

from datetime import datetime, timedelta

import pytest

from services.capacity.domain.floor import (
    FLOOR,
    BreakLine,
    Floor,
    FloorCommand,
    FreeFloor,
    LineBroke,
    MendLine,
    TakeFloor,
    check_outage,
)
from services.capacity.domain.refusals import Why
from shared.kernel.refusal import Refused
from tests.support.planning_world import T0, at

LINE = {"line_id": "lin_1", "plant_id": "plt_1", "factory_org_id": "org_1", "district": "421202"}


def take(work_id: str = "wrk_1", when: datetime = T0) -> TakeFloor:
    return TakeFloor(**LINE, work_id=work_id, at=when)


def free(work_id: str = "wrk_1", when: datetime = T0) -> FreeFloor:
    return FreeFloor(**LINE, work_id=work_id, at=when)


def breaks(first: float = 0, until: float = 48, now: float = 1) -> BreakLine:
    return BreakLine(
        **LINE,
        stoppage_id="stp_1",
        starts_at=at(first),
        expected_until=at(until),
        family="aborted",
        reason="breakdown",
        withdrawn=[],
        owed_seconds=0,
        is_told_by_work=False,
        days_max=60,
        at=at(now),
    )


MEND = MendLine(**LINE, at=at(24))


def after(*commands: FloorCommand) -> Floor:
    state = FLOOR.initial
    for command in commands:
        state = FLOOR.fold(FLOOR.decide(command, state), state)
    return state


@pytest.mark.parametrize(
    ("why", "given", "command"),
    [
        (Why.LINE_BUSY, [take()], take("wrk_2")),
        (Why.AT_BEFORE_LAST, [take(), free(when=at(5))], take("wrk_2", at(4))),
        (Why.LINE_DOWN, [breaks()], take(when=at(2))),
        (Why.LINE_DOWN, [breaks()], breaks()),
        (Why.LINE_NOT_DOWN, [], MEND),
        (Why.LINE_NOT_DOWN, [breaks(), MEND], MEND),
        (Why.BREAKDOWN_ORDER, [], breaks(48, 0)),
        (Why.BREAKDOWN_ORDER, [], breaks(0, 24 * 61)),
        (Why.BREAKDOWN_PAST, [], breaks(0, 48, now=48)),
    ],
)
def test_is_refused(why: Why, given: list[FloorCommand], command: FloorCommand) -> None:
    state = after(*given)
    with pytest.raises(Refused) as caught:
        FLOOR.decide(command, state)
    assert caught.value.why is why


def test_the_last_event_alone_tells_the_situation() -> None:
    state = FLOOR.initial
    for command in (take(), breaks(), MEND, free(when=at(30)), take("wrk_2", at(31))):
        events = FLOOR.decide(command, state)
        state = FLOOR.fold(events, state)
        assert FLOOR.fold(events) == state


def test_a_breakdown_remembers_what_ran_and_what_it_took_away() -> None:
    (broke,) = FLOOR.decide(breaks(), after(take()))
    assert isinstance(broke, LineBroke)
    assert broke.running == "wrk_1"
    assert after(take(), breaks(), MEND) == Floor("wrk_1", None, None)


def test_an_outage_has_an_end_ahead_and_bounds() -> None:
    check_outage(T0, T0 + timedelta(days=60), T0, 60)
    with pytest.raises(Refused, match="BREAKDOWN_ORDER"):
        check_outage(T0, T0, T0, 60)
