"""The rule of a production line (stream `line-{line_id}`): what it can do, when it is planned to run, which of those
hours it offers, at what price, and how far planning may go. Bookings are another stream's business.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from services.capacity.domain.line_commands import (
    DeclareCalendar,
    LineCommand,
    PublishHours,
    RegisterLine,
    SetAutoAcceptRules,
    SetCapabilities,
    SetChangeovers,
    SetPlanningLimits,
    SetPrices,
    WithdrawHours,
)
from services.capacity.domain.line_hours import declare, publish, withdraw
from services.capacity.domain.line_state import Absent, Line, LineState
from services.capacity.domain.master_events import (
    AutoAcceptRulesSet,
    CalendarDeclared,
    CapabilitiesSet,
    CapacityPublished,
    CapacityWithdrawn,
    ChangeoversSet,
    LineMasterEvent,
    LineRegistered,
    PlanningLimitsSet,
    PricesSet,
)
from services.capacity.domain.refusals import Why
from services.capacity.domain.soundness import (
    auto_accept_faults,
    capability_faults,
    changeover_faults,
    code_faults,
    demand,
    limit_faults,
    name_faults,
    price_faults,
)
from services.capacity.domain.spans import after, between, merged, minus
from shared.contracts.planning import Interval
from shared.kernel.decider import Decider
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused


def line_id_of(plant_id: str, code: str) -> str:
    """A plant's own code names one line for ever: registering it twice meets the same stream."""
    return derived_id("lin", plant_id, code)


def line_stream(line_id: str) -> str:
    return f"line-{line_id}"


def decide(command: LineCommand, line: LineState) -> Sequence[LineMasterEvent]:
    match command:
        case RegisterLine():
            return _register(command, line)
        case SetCapabilities():
            return _set_capabilities(command, _known(line))
        case DeclareCalendar():
            return declare(command, _known(line))
        case PublishHours():
            return publish(command, _known(line))
        case WithdrawHours():
            return withdraw(command, _known(line))
        case SetChangeovers():
            return _set_changeovers(command, _known(line))
        case SetPrices():
            return _set_prices(command, _known(line))
        case SetPlanningLimits():
            return _set_limits(command, _known(line))
        case SetAutoAcceptRules():
            return _set_auto_accept_rules(command, _known(line))
        case _:
            assert_never(command)


def _known(line: LineState) -> Line:
    if isinstance(line, Absent):
        raise Refused(Why.UNKNOWN_LINE)
    return line


def _register(command: RegisterLine, line: LineState) -> Sequence[LineMasterEvent]:
    if isinstance(line, Line):
        raise Refused(Why.LINE_EXISTS, pointer="/code", code=line.code, id=line.line_id)
    demand([*code_faults(command.code), *name_faults(command.name)])
    demand(capability_faults(command.capabilities), "/capabilities")
    return [
        LineRegistered(
            line_id=command.line_id,
            plant_id=command.plant_id,
            factory_org_id=command.factory_org_id,
            district=command.district,
            plant_name=command.plant_name,
            code=command.code,
            name=command.name,
            capabilities=command.capabilities,
            registered_at=command.at,
        )
    ]


def _set_capabilities(command: SetCapabilities, line: Line) -> Sequence[LineMasterEvent]:
    demand(capability_faults(command.capabilities), "/capabilities")
    demand(name_faults(command.name))
    if (command.name, command.capabilities) == (line.name, line.capabilities):
        return []
    return [
        CapabilitiesSet(
            **line.identity,
            name=command.name,
            capabilities=command.capabilities,
            registered_at=line.registered_at,
            set_at=command.at,
        )
    ]


def _set_changeovers(command: SetChangeovers, line: Line) -> Sequence[LineMasterEvent]:
    demand(changeover_faults(command.rules), "/rules")
    if command.rules == line.changeovers:
        return []
    return [ChangeoversSet(**line.identity, rules=command.rules, set_at=command.at)]


def _set_prices(command: SetPrices, line: Line) -> Sequence[LineMasterEvent]:
    demand(price_faults(command.prices, line.capability_codes), "/prices")
    if command.prices == line.prices:
        return []
    return [PricesSet(**line.identity, prices=command.prices, set_at=command.at)]


def _set_limits(command: SetPlanningLimits, line: Line) -> Sequence[LineMasterEvent]:
    cap, fence = command.load_cap_hours_per_week, command.frozen_fence_hours
    demand(limit_faults(cap, fence))
    if (cap, fence) == (line.load_cap_hours_per_week, line.frozen_fence_hours):
        return []
    return [
        PlanningLimitsSet(**line.identity, load_cap_hours_per_week=cap, frozen_fence_hours=fence, set_at=command.at)
    ]


def _set_auto_accept_rules(command: SetAutoAcceptRules, line: Line) -> Sequence[LineMasterEvent]:
    demand(auto_accept_faults(command.rules, line.capability_codes), "/rules")
    if command.rules == line.auto_accept_rules:
        return []
    return [AutoAcceptRulesSet(**line.identity, rules=command.rules, set_at=command.at)]


def evolve(line: LineState, event: LineMasterEvent) -> LineState:
    if isinstance(event, LineRegistered):
        return Line(
            line_id=event.line_id,
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            district=event.district,
            plant_name=event.plant_name,
            code=event.code,
            name=event.name,
            capabilities=event.capabilities,
            registered_at=event.registered_at,
        )
    return line if isinstance(line, Absent) else _with(line, event)


def _with(  # one line a situation: splitting the row of cases would hide it
    line: Line,
    event: CapabilitiesSet
    | CalendarDeclared
    | CapacityPublished
    | CapacityWithdrawn
    | ChangeoversSet
    | PricesSet
    | PlanningLimitsSet
    | AutoAcceptRulesSet,
) -> Line:
    match event:
        case CapabilitiesSet():
            return replace(line, name=event.name, capabilities=event.capabilities)
        case CalendarDeclared():
            return _with_calendar(line, event)
        case CapacityPublished():
            return replace(line, offered=merged([*line.offered, *event.intervals]))
        case CapacityWithdrawn():
            return replace(line, offered=minus(line.offered, event.intervals))
        case ChangeoversSet():
            return replace(line, changeovers=event.rules)
        case PricesSet():
            return replace(line, prices=event.prices)
        case PlanningLimitsSet():
            return replace(
                line,
                load_cap_hours_per_week=event.load_cap_hours_per_week,
                frozen_fence_hours=event.frozen_fence_hours,
            )
        case AutoAcceptRulesSet():
            return replace(line, auto_accept_rules=event.rules)
        case _:
            assert_never(event)


def _with_calendar(line: Line, event: CalendarDeclared) -> Line:
    """The declared period replaces what stood there; before and after it the earlier declaration stays."""
    return replace(
        line,
        calendar=event.calendar,
        declared_until=max(event.period_to, line.declared_until or event.period_to),
        operation=_replaced(line.operation, event, [Interval(one.starts_at, one.ends_at) for one in event.operation]),
        downtime=_replaced(
            line.downtime, event, merged(Interval(one.starts_at, one.ends_at) for one in event.planned_downtime)
        ),
    )


def _replaced(old: list[Interval], event: CalendarDeclared, new: list[Interval]) -> list[Interval]:
    before = between(old, old[0].starts_at, event.period_from) if old else []
    return merged([*before, *new, *after(old, event.period_to)])


LINE: Decider[LineCommand, LineState, LineMasterEvent] = Decider(initial=Absent(), decide=decide, evolve=evolve)
