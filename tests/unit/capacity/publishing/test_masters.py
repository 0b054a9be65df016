"""What the ledger learns of plants and lines: every second that was declared, offered or taken back."""

from services.capacity.domain import master_events
from services.capacity.domain.line import LINE
from services.capacity.domain.line_commands import DeclareCalendar, SetCapabilities, WithdrawHours
from services.capacity.domain.plant import PLANT
from services.capacity.domain.spans import minus, seconds
from services.capacity.publishing import masters
from shared.contracts import line_time
from shared.contracts.registry import FACTS
from tests.support.masters import NOW, calendar, capability, register_line, register_plant, span


def line_events() -> list[master_events.LineMasterEvent]:
    events: list[master_events.LineMasterEvent] = []
    for command in (
        register_line(),
        DeclareCalendar(calendar(), NOW),
        WithdrawHours([span(2, 8, 12)], "自用", NOW),
        SetCapabilities("一号线", [capability(rate_per_hour=40_000)], NOW),
    ):
        events.extend(LINE.decide(command, LINE.fold(events)))
    return events


def test_a_plant_is_announced_with_its_owner_and_district() -> None:
    [event] = PLANT.decide(register_plant(), PLANT.initial)
    assert isinstance(event, master_events.PlantRegistered)
    [fact] = masters.plant_registered(event)
    assert isinstance(fact, line_time.PlantRegistered)
    assert (fact.factory_org_id, fact.district) == (event.factory_org_id, "421202")


def test_a_line_announces_its_design_speed_and_every_change_of_it() -> None:
    events = line_events()
    assert isinstance(events[0], master_events.LineRegistered)
    assert isinstance(events[-1], master_events.CapabilitiesSet)
    [first], [later] = masters.line_registered(events[0]), masters.capabilities_set(events[-1])
    assert isinstance(first, line_time.LineRegistered)
    assert isinstance(later, line_time.LineRegistered)
    assert (first.ideal_rates, later.ideal_rates) == ({"FILL_CAN": 36_000}, {"FILL_CAN": 40_000})
    assert (first.line_id, first.registered_at) == (later.line_id, later.registered_at)


def test_offered_seconds_are_operation_without_planned_downtime_and_what_was_taken_back() -> None:
    _, declared, published, withdrawn, _ = line_events()
    assert isinstance(declared, master_events.CalendarDeclared)
    assert isinstance(published, master_events.CapacityPublished)
    assert isinstance(withdrawn, master_events.CapacityWithdrawn)
    [calendar_fact] = masters.calendar_declared(declared)
    [offered] = masters.capacity_published(published)
    [taken_back] = masters.capacity_withdrawn(withdrawn)
    assert isinstance(calendar_fact, line_time.CalendarDeclared)
    assert isinstance(offered, line_time.CapacityPublished)
    assert isinstance(taken_back, line_time.CapacityWithdrawn)
    downtime = sum(int((one.ends_at - one.starts_at).total_seconds()) for one in calendar_fact.planned_downtime)
    assert seconds(offered.intervals) == seconds(calendar_fact.operation) - downtime
    assert minus(taken_back.intervals, offered.intervals) == []
    assert all(FACTS.decode(FACTS.name_of(one), FACTS.encode(one)) == one for one in (calendar_fact, offered))
