from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given as example
from hypothesis import settings
from hypothesis import strategies as st

from services.capacity.domain.line import LINE
from services.capacity.domain.line_commands import (
    DeclareCalendar,
    LineCommand,
    PublishHours,
    SetAutoAcceptRules,
    SetCapabilities,
    SetChangeovers,
    SetPlanningLimits,
    SetPrices,
    WithdrawHours,
)
from services.capacity.domain.line_state import Line
from services.capacity.domain.master_events import (
    CalendarDeclared,
    CapabilitiesSet,
    CapacityPublished,
    CapacityWithdrawn,
    LineMasterEvent,
    LineRegistered,
)
from services.capacity.domain.refusals import Why
from services.capacity.domain.spans import common, minus, seconds
from services.capacity.domain.values import AutoAcceptRule, ChangeoverRule, ClosedDay, Maintenance, Price, Shift
from shared.contracts.line_time import OperationInterval
from shared.kernel.refusal import Refused
from tests.support.masters import NOW, at, calendar, capability, day_shifts, register_line, span


def given(*commands: LineCommand) -> list[LineMasterEvent]:
    events: list[LineMasterEvent] = []
    for command in (register_line(), *commands):
        events.extend(LINE.decide(command, LINE.fold(events)))
    return events


def when(command: LineCommand, events: Sequence[LineMasterEvent]) -> Sequence[LineMasterEvent]:
    return LINE.decide(command, LINE.fold(events))


def refused(command: LineCommand, events: Sequence[LineMasterEvent]) -> Refused:
    with pytest.raises(Refused) as no:
        when(command, events)
    return no.value


def line(events: Sequence[LineMasterEvent]) -> Line:
    state = LINE.fold(events)
    assert isinstance(state, Line)
    return state


DECLARE = DeclareCalendar(calendar(), NOW)


def test_a_line_is_registered_with_its_rates() -> None:
    [event] = given()
    assert isinstance(event, LineRegistered)
    assert event.capabilities[0].rate_per_hour == 36_000
    assert refused(register_line(), given()).why is Why.LINE_EXISTS
    assert refused(DECLARE, []).why is Why.UNKNOWN_LINE


@pytest.mark.parametrize(
    ("bent", "why", "pointer"),
    [
        ({"code": "FILL_MILK"}, Why.CAPABILITY_UNKNOWN, "/capabilities/0/code"),
        ({"unit": "bottle"}, Why.UNIT_WRONG, "/capabilities/0/unit"),
        ({"formats": ["PET_500"]}, Why.FORMAT_UNKNOWN, "/capabilities/0/formats"),
        ({"formats": []}, Why.FORMAT_UNKNOWN, "/capabilities/0/formats"),
        ({"rate_per_hour": 0}, Why.NUMBER_OUT_OF_RANGE, "/capabilities/0/rate_per_hour"),
        ({"rate_per_hour": 10**9}, Why.NUMBER_OUT_OF_RANGE, "/capabilities/0/rate_per_hour"),
        ({"efficiency_ppm": 1_000_001}, Why.NUMBER_OUT_OF_RANGE, "/capabilities/0/efficiency_ppm"),
        ({"batch_min": -1}, Why.NUMBER_OUT_OF_RANGE, "/capabilities/0/batch_min"),
        ({"multiple": 0}, Why.NUMBER_OUT_OF_RANGE, "/capabilities/0/multiple"),
        ({"batch_max": 10}, Why.BATCH_ORDER, "/capabilities/0/batch_max"),
    ],
)
def test_an_unsound_capability_is_refused_with_its_place(bent: dict[str, object], why: Why, pointer: str) -> None:
    no = refused(register_line(capabilities=[capability(**bent)]), [])
    assert (no.why, no.pointer) == (why, pointer)


def test_a_capability_stands_once_on_a_line() -> None:
    no = refused(SetCapabilities("一号线", [capability(), capability()], NOW), given())
    assert (no.why, no.pointer) == (Why.CAPABILITY_TWICE, "/capabilities/1/code")


def test_capabilities_are_replaced_and_an_equal_list_says_nothing() -> None:
    faster = [capability(rate_per_hour=40_000)]
    [event] = when(SetCapabilities("一号线", faster, NOW), given())
    assert isinstance(event, CapabilitiesSet)
    assert line([*given(), event]).capabilities == faster
    assert when(SetCapabilities("一号线", [capability()], NOW), given()) == []


def test_a_calendar_is_expanded_and_its_hours_offered() -> None:
    declared, published = when(DECLARE, given())
    assert isinstance(declared, CalendarDeclared)
    assert isinstance(published, CapacityPublished)
    assert declared.operation[0] == OperationInterval(at(1, 8), at(1, 16), date(2026, 12, 1))
    assert [(one.starts_at, one.reason) for one in declared.planned_downtime] == [(at(9, 8), "月度检修")]
    assert span(9, 12, 16) in published.intervals
    assert not common(published.intervals, [span(25, 0, 24)])


def test_a_calendar_never_reaches_into_the_past() -> None:
    """Declared in the middle of the first shift, to a broken second: planned time begins with the next whole one."""
    late = at(1, 10) + timedelta(microseconds=1)
    declared, _ = when(DeclareCalendar(calendar(), late), given())
    assert isinstance(declared, CalendarDeclared)
    assert declared.period_from == declared.operation[0].starts_at == at(1, 10) + timedelta(seconds=1)
    no = refused(DeclareCalendar(calendar(), at(31, 24)), given())
    assert no.why is Why.CALENDAR_PAST


def test_declaring_the_same_calendar_again_says_nothing() -> None:
    assert when(DECLARE, given(DECLARE)) == []


def test_a_new_calendar_withdraws_what_fell_away_and_publishes_what_is_new() -> None:
    shorter = calendar(shifts=day_shifts(10, 8))
    events = given(DECLARE)
    withdrawn, declared, published = when(DeclareCalendar(shorter, at(10, 0)), events)
    assert isinstance(withdrawn, CapacityWithdrawn)
    assert isinstance(published, CapacityPublished)
    assert (withdrawn.intervals[0], published.intervals[0]) == (span(10, 8, 10), span(10, 16, 18))
    after_it = line([*events, withdrawn, declared, published])
    assert span(8, 8, 16) in after_it.offered  # the past keeps what it was
    assert span(10, 10, 18) in after_it.offered
    assert span(10, 10, 18) in after_it.operation


@pytest.mark.parametrize(
    ("bent", "why", "pointer"),
    [
        ({"valid_until": date(2026, 12, 1)}, Why.VALIDITY_ORDER, "/calendar/valid_until"),
        ({"valid_until": date(2030, 1, 1)}, Why.CALENDAR_TOO_LONG, "/calendar/valid_until"),
        ({"shifts": []}, Why.CALENDAR_EMPTY, "/calendar/shifts"),
        ({"shifts": [Shift(8, 0, 60)]}, Why.SHIFT_OUT_OF_RANGE, "/calendar/shifts/0"),
        ({"shifts": [Shift(1, 480, 0)]}, Why.SHIFT_OUT_OF_RANGE, "/calendar/shifts/0"),
        ({"shifts": [Shift(1, 480, 480), Shift(1, 900, 60)]}, Why.SHIFTS_OVERLAP, "/calendar/shifts/1"),
        ({"shifts": [Shift(1, 0, 60), Shift(7, 1200, 300)]}, Why.SHIFTS_OVERLAP, "/calendar/shifts/1"),
        ({"offered_shifts": [Shift(6, 480, 60)]}, Why.SHIFT_NOT_OPERATING, "/calendar/offered_shifts/0"),
        ({"closed_days": [ClosedDay(date(2026, 12, 25), "盘点")] * 2}, Why.CLOSED_DAY_TWICE, "/calendar/closed_days/1"),
        ({"closed_days": [ClosedDay(date(2027, 5, 1), "劳动节")]}, Why.CLOSED_DAY_OUTSIDE, "/calendar/closed_days/0"),
        (
            {"maintenance": [Maintenance(at(9, 9), at(9, 8), "检修")]},
            Why.MAINTENANCE_ORDER,
            "/calendar/maintenance/0/ends_at",
        ),
        (
            {"maintenance": [Maintenance(at(9, 8), at(9, 12), "检修"), Maintenance(at(9, 11), at(9, 13), "检修")]},
            Why.MAINTENANCE_OVERLAP,
            "/calendar/maintenance/1",
        ),
        (
            {"maintenance": [Maintenance(at(31, 20), at(31, 26), "检修")]},
            Why.MAINTENANCE_OUTSIDE,
            "/calendar/maintenance/0",
        ),
    ],
)
def test_an_unsound_calendar_is_refused_with_its_place(bent: dict[str, object], why: Why, pointer: str) -> None:
    def bend() -> DeclareCalendar:
        return DeclareCalendar(calendar(**bent), NOW)

    no = refused(bend(), given())
    assert (no.why, no.pointer) == (why, pointer)


def test_only_the_offered_shifts_are_offered() -> None:
    some = calendar(shifts=[*day_shifts(8, 8), *day_shifts(16, 8)], offered="shifts", offered_shifts=day_shifts(16, 8))
    events = given(DeclareCalendar(some, NOW))
    assert line(events).offered[0] == span(1, 16, 24)
    [event] = when(PublishHours([span(2, 8, 12)], NOW), events)
    assert isinstance(event, CapacityPublished)
    assert when(PublishHours([span(2, 8, 12)], NOW), [*events, event]) == []


@pytest.mark.parametrize(
    ("interval", "why"),
    [
        (span(2, 18, 20), Why.HOURS_NOT_OPERATING),
        (span(9, 8, 9), Why.HOURS_NOT_OPERATING),
        (span(2, 12, 12), Why.HOURS_ORDER),
    ],
)
def test_only_planned_hours_can_be_offered(interval: object, why: Why) -> None:
    assert refused(PublishHours([interval], NOW), given(DECLARE)).why is why  # type: ignore[list-item] # rows are spans


def test_hours_of_the_past_and_no_hours_at_all_are_refused() -> None:
    assert refused(PublishHours([span(1, 8, 12)], at(1, 9)), given(DECLARE)).why is Why.HOURS_PAST
    assert refused(PublishHours([], NOW), given(DECLARE)).why is Why.TOO_MANY_ROWS


def test_offered_hours_are_taken_back() -> None:
    events = given(DECLARE)
    [event] = when(WithdrawHours([span(2, 8, 12)], "自用", NOW), events)
    assert isinstance(event, CapacityWithdrawn)
    assert span(2, 12, 16) in line([*events, event]).offered
    assert refused(WithdrawHours([span(2, 8, 12)], "自用", NOW), [*events, event]).why is Why.HOURS_NOT_OFFERED


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (ChangeoverRule("smell", "*", "*", 5), Why.CHANGEOVER_FEATURE),
        (ChangeoverRule("colour", "dark blue", "*", 5), Why.CHANGEOVER_FEATURE),
        (ChangeoverRule("colour", "*", "*", -5), Why.CHANGEOVER_MINUTES),
        (ChangeoverRule("colour", "*", "*", 10**6), Why.CHANGEOVER_MINUTES),
        (ChangeoverRule("colour", "*", "*", 5, same_day_only=True), Why.CHANGEOVER_MINUTES),
    ],
)
def test_an_unsound_changeover_is_refused(rule: ChangeoverRule, why: Why) -> None:
    assert refused(SetChangeovers([rule], NOW), given()).why is why


def test_changeovers_prices_limits_and_auto_acceptance_replace_what_stood() -> None:
    rules = [ChangeoverRule("family", "protein", "water", None, same_day_only=True)]
    prices = [Price("FILL_CAN", 80_000, 20_000, 100_000)]
    auto = [AutoAcceptRule(["FILL_CAN"], 100_000, 0, 48)]
    commands: list[LineCommand] = [
        SetChangeovers(rules, NOW),
        SetPrices(prices, NOW),
        SetPlanningLimits(40, 24, NOW),
        SetAutoAcceptRules(auto, NOW),
    ]
    events = given(*commands)
    stands = line(events)
    assert (stands.changeovers, stands.prices, stands.auto_accept_rules) == (rules, prices, auto)
    assert (stands.load_cap_hours_per_week, stands.frozen_fence_hours) == (40, 24)
    assert [when(command, events) for command in commands] == [[], [], [], []]


def test_a_price_is_for_a_capability_of_the_line_once() -> None:
    price = Price("FILL_CAN", 0, 1, 0)
    assert refused(SetPrices([price, price], NOW), given()).why is Why.PRICE_TWICE
    assert refused(SetPrices([Price("BLOW", 0, 1, 0)], NOW), given()).why is Why.CAPABILITY_NOT_ON_LINE
    assert refused(SetPrices([Price("FILL_CAN", -1, 1, 0)], NOW), given()).why is Why.NUMBER_OUT_OF_RANGE
    assert refused(SetPlanningLimits(169, 0, NOW), given()).why is Why.NUMBER_OUT_OF_RANGE


@settings(max_examples=40)
@example(
    hours=st.lists(
        st.tuples(st.sampled_from(["publish", "withdraw"]), st.integers(2, 12), st.integers(0, 22), st.integers(1, 6)),
        max_size=12,
    )
)
def test_offered_hours_always_lie_within_planned_operation(hours: list[tuple[str, int, int, int]]) -> None:
    """Whatever is published and withdrawn, offered time is a part of operation outside planned downtime, and every
    event says exactly what changed.
    """
    events = given(DECLARE)
    for kind, day, hour, length in hours:
        wanted = [span(day, hour, hour + length)]
        before = seconds(line(events).offered)
        command = PublishHours(wanted, NOW) if kind == "publish" else WithdrawHours(wanted, "自用", NOW)
        try:
            new = when(command, events)
        except Refused:
            continue
        events += new
        said = sum(
            seconds(one.intervals) * (1 if isinstance(one, CapacityPublished) else -1)
            for one in new
            if isinstance(one, CapacityPublished | CapacityWithdrawn)
        )
        assert seconds(line(events).offered) == before + said
    assert minus(line(events).offered, line(events).plannable) == []
