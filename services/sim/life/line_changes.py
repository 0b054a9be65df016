"""What an owner changes about a line now and then: hours, calendar, prices, rates, rules, limits. Each is sound by itself."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

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
from services.capacity.domain.spans import common
from services.capacity.domain.values import AutoAcceptRule, Capability, ClosedDay, Maintenance
from shared.contracts.planning import Interval
from shared.kernel.clock import LOCAL_ZONE

Change = Callable[[Line, datetime, Random], LineCommand]


def _ahead(at: datetime, chance: Random) -> list[Interval]:
    """A few hours some days ahead, on whole hours."""
    start = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=chance.randint(6, 400))
    return [Interval(start, start + timedelta(hours=chance.randint(2, 9)))]


def _withdraw(line: Line, at: datetime, chance: Random) -> LineCommand:
    found = common(line.offered, _ahead(at, chance))
    return WithdrawHours(found or _ahead(at, chance), "自用", at)


def _publish(line: Line, at: datetime, chance: Random) -> LineCommand:
    found = common(line.plannable, _ahead(at, chance))
    return PublishHours(found or _ahead(at, chance), at)


def _declare(line: Line, at: datetime, chance: Random) -> LineCommand:
    """The same calendar from some day on, with a day closed, a maintenance more, or fewer shifts offered."""
    assert line.calendar is not None  # noqa: S101 - every line of the world was founded with one
    first = (at + timedelta(days=chance.randint(1, 20))).astimezone(LOCAL_ZONE).date()
    calendar = msgspec.structs.replace(line.calendar, valid_from=first, maintenance=[], closed_days=[])
    lot = chance.random()
    if lot < 0.4:
        closed = first + timedelta(days=chance.randint(0, 20))
        return DeclareCalendar(msgspec.structs.replace(calendar, closed_days=[ClosedDay(closed, "盘点")]), at)
    if lot < 0.7:
        start = datetime(first.year, first.month, first.day, 1, tzinfo=UTC) + timedelta(days=chance.randint(1, 20))
        stop = Maintenance(start, start + timedelta(hours=6), "检修")
        return DeclareCalendar(msgspec.structs.replace(calendar, maintenance=[stop]), at)
    return DeclareCalendar(msgspec.structs.replace(calendar, offered="shifts", offered_shifts=calendar.shifts[::2]), at)


def _price(line: Line, at: datetime, chance: Random) -> LineCommand:
    by_percent = chance.randint(85, 120)
    return SetPrices(
        [
            msgspec.structs.replace(
                one,
                setup_fen=one.setup_fen * by_percent // 100,
                fen_per_thousand=one.fen_per_thousand * by_percent // 100,
            )
            for one in line.prices
        ],
        at,
    )


def _rates(line: Line, at: datetime, chance: Random) -> LineCommand:
    by_percent = chance.randint(90, 110)

    def faster(one: Capability) -> Capability:
        return msgspec.structs.replace(one, rate_per_hour=max(1, one.rate_per_hour * by_percent // 100))

    return SetCapabilities(line.name, [faster(one) for one in line.capabilities], at)


def _accept(line: Line, at: datetime, chance: Random) -> LineCommand:
    if line.auto_accept_rules and chance.random() < 0.3:
        return SetAutoAcceptRules([], at)
    rule = AutoAcceptRule(line.capability_codes[:1], chance.choice([0, 50_000]), 10_000, chance.randint(0, 48))
    return SetAutoAcceptRules([rule], at)


def _limit(_: Line, at: datetime, chance: Random) -> LineCommand:
    return SetPlanningLimits(chance.choice([0, 0, 80, 120]), chance.randint(0, 36), at)


def _changeovers(line: Line, at: datetime, chance: Random) -> LineCommand:
    rules = [
        one if one.minutes is None else msgspec.structs.replace(one, minutes=one.minutes + chance.randint(0, 5))
        for one in line.changeovers
    ]
    return SetChangeovers(rules, at)


CHANGES: Sequence[tuple[str, Change]] = (
    ("takes hours back", _withdraw),
    ("offers hours", _publish),
    ("declares a calendar", _declare),
    ("changes prices", _price),
    ("changes rates", _rates),
    ("changes its rules of acceptance", _accept),
    ("changes its limits", _limit),
    ("changes its changeovers", _changeovers),
)
