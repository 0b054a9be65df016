"""What owners write by mistake about their lines and papers: the platform must refuse each and change nothing."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

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
from services.capacity.domain.plant import EndLicence, Plant, PlantCommand, RecordLicence, RecordProof
from services.capacity.domain.values import (
    AutoAcceptRule,
    Calendar,
    ChangeoverRule,
    ClosedDay,
    FoodContactProof,
    Licence,
    Maintenance,
    Shift,
)
from shared.contracts.planning import Interval

Botch = Callable[[Line, datetime], LineCommand]
_A_DAY, _NEXT = date(2026, 1, 1), date(2026, 1, 2)
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def _capability(**wrong: Any) -> Botch:
    return lambda line, at: SetCapabilities(
        line.name, [msgspec.structs.replace(line.capabilities[0], **wrong), *line.capabilities[1:]], at
    )


def _price(**wrong: Any) -> Botch:
    return lambda line, at: SetPrices([msgspec.structs.replace(line.prices[0], **wrong)], at)


def _calendar(**wrong: Any) -> Botch:
    def make(line: Line, at: datetime) -> LineCommand:
        stands = line.calendar
        assert isinstance(stands, Calendar)  # noqa: S101 - every line of the world was founded with one
        return DeclareCalendar(msgspec.structs.replace(stands, **wrong), at)

    return make


def _maintenance(*spans: tuple[int, int]) -> Botch:
    """Maintenance in hours from now, however it lies."""

    def make(line: Line, at: datetime) -> LineCommand:
        begins = at.replace(minute=0, second=0, microsecond=0)
        rows = [
            Maintenance(begins + timedelta(hours=one), begins + timedelta(hours=other), "检修") for one, other in spans
        ]
        return _calendar(maintenance=rows)(line, at)

    return make


def _hours(kind: type[PublishHours] | type[WithdrawHours], starts: timedelta, ends: timedelta) -> Botch:
    def make(line: Line, at: datetime) -> LineCommand:  # noqa: ARG001 - hours are wrong on any line
        begins = at.replace(minute=0, second=0, microsecond=0)
        span = [Interval(begins + starts, begins + ends)]
        return PublishHours(span, at) if kind is PublishHours else WithdrawHours(span, "自用", at)

    return make


_HOUR = timedelta(hours=1)
_LINES: Sequence[tuple[str, Botch]] = (
    ("an unknown capability", _capability(code="FLY")),
    ("a capability twice", lambda line, at: SetCapabilities(line.name, [*line.capabilities, line.capabilities[0]], at)),
    ("a wrong unit", _capability(unit="kg")),
    ("an unknown format", _capability(formats=["KEG_30L"])),
    ("no rate", _capability(rate_per_hour=0)),
    ("a batch upside down", _capability(batch_min=900, batch_max=10)),
    ("no name", lambda line, at: SetCapabilities("", line.capabilities, at)),
    ("a formula for a name", lambda line, at: SetCapabilities("=1+1", line.capabilities, at)),
    ("too many capabilities", lambda line, at: SetCapabilities(line.name, line.capabilities * 30, at)),
    ("a price of what it cannot do", _price(capability="FLY")),
    ("a price twice", lambda line, at: SetPrices([*line.prices, line.prices[0]], at)),
    ("a negative price", _price(setup_fen=-1)),
    ("an endless fence", lambda _, at: SetPlanningLimits(0, 100_000, at)),
    ("a rule about what it cannot do", lambda _, at: SetAutoAcceptRules([AutoAcceptRule(["FLY"], 0, 0, 0)], at)),
    ("a rule out of bounds", lambda _, at: SetAutoAcceptRules([AutoAcceptRule([], -1, 0, 0)], at)),
    ("a changeover of nothing known", lambda _, at: SetChangeovers([ChangeoverRule("smell", "*", "*", 5)], at)),
    ("a changeover twice", lambda _, at: SetChangeovers([ChangeoverRule("base", "*", "*", 5)] * 2, at)),
    ("a changeover without end", lambda _, at: SetChangeovers([ChangeoverRule("base", "*", "*", 10**6)], at)),
    ("a changeover between odd things", lambda _, at: SetChangeovers([ChangeoverRule("base", "a b", "*", 5)], at)),
    ("a calendar of the past", _calendar(valid_from=_A_DAY, valid_until=_NEXT, maintenance=[])),
    ("a calendar that ends first", _calendar(valid_from=_NEXT, valid_until=_A_DAY)),
    ("a calendar for ever", _calendar(valid_from=_A_DAY, valid_until=_A_DAY + timedelta(days=3000))),
    ("a calendar without shifts", _calendar(shifts=[])),
    ("too many shifts", _calendar(shifts=[Shift(1, 0, 1)] * 200)),
    ("shifts that overlap", _calendar(shifts=[Shift(1, 480, 480), Shift(1, 600, 60)])),
    ("a shift on the eighth day", _calendar(shifts=[Shift(8, 480, 480)])),
    (
        "offers when nobody works",
        _calendar(offered="shifts", shifts=[Shift(1, 480, 60)], offered_shifts=[Shift(2, 0, 60)]),
    ),
    ("a closed day outside", _calendar(closed_days=[ClosedDay(_A_DAY, "盘点")])),
    ("too many closed days", _calendar(closed_days=[ClosedDay(_A_DAY, "盘点")] * 300)),
    ("a closed day for no reason", _calendar(closed_days=[ClosedDay(_A_DAY, "")])),
    ("too much maintenance", _maintenance(*[(50, 51)] * 300)),
    ("maintenance that ends first", _maintenance((50, 40))),
    ("maintenance in the past", _maintenance((-30_000, -29_999))),
    ("maintenance twice at once", _maintenance((50, 60), (55, 65))),
    ("hours that end first", _hours(PublishHours, 9 * _HOUR, 5 * _HOUR)),
    ("hours of the past", _hours(WithdrawHours, -9 * _HOUR, -5 * _HOUR)),
    ("hours of another age", _hours(PublishHours, 90_000 * _HOUR, 90_001 * _HOUR)),
    ("hours it never offered", _hours(WithdrawHours, 90_000 * _HOUR, 90_001 * _HOUR)),
    ("no hours", lambda _, at: PublishHours([], at)),
)


def _licence(**wrong: Any) -> Callable[[Plant, datetime], PlantCommand]:
    sound = Licence("SC10642120291011", ["0603"], _A_DAY, date(2031, 1, 1))
    return lambda _, at: RecordLicence(msgspec.structs.replace(sound, **wrong), at)


_PLANTS: Sequence[tuple[str, Callable[[Plant, datetime], PlantCommand]]] = (
    ("a licence that is no number", _licence(number="SC12")),
    ("a licence with a wrong check digit", _licence(number="SC10642120291012")),
    ("a licence of another class", _licence(number="SC99942120291011")),
    ("a licence of no category", _licence(categories=["9999"])),
    ("a licence that ends first", _licence(valid_until=_A_DAY)),
    (
        "a proof without a name",
        lambda _, at: RecordProof(FoodContactProof("GB 4806.9", "", _A_DAY, date(2030, 1, 1)), at),
    ),
    (
        "a proof that ends first",
        lambda _, at: RecordProof(FoodContactProof("GB 4806.9", "FCM-X", _NEXT, _A_DAY), at),
    ),
    ("the end of a licence it does not have", lambda _, at: EndLicence("SC10642120299999", _NEXT, "", at)),
)


def botched_line(chance: Random) -> tuple[str, Botch]:
    """One mistake about a line, and what it is."""
    return chance.choice(_LINES)


def botched_plant(chance: Random) -> tuple[str, Callable[[Plant, datetime], PlantCommand]]:
    """One mistake about a plant's papers, and what it is."""
    return chance.choice(_PLANTS)
