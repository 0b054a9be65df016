"""Commands about plants and lines: load, decide, prepare. Another factory's plant is answered like an absent one."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.capacity.domain.bookings import Booking
from services.capacity.domain.hours import seconds_of
from services.capacity.domain.line import LINE, line_id_of, line_stream
from services.capacity.domain.line_commands import LineCommand, RegisterLine
from services.capacity.domain.line_state import Line, LineState
from services.capacity.domain.master_events import CapacityWithdrawn
from services.capacity.domain.needs import named
from services.capacity.domain.plant import (
    PLANT,
    ListLine,
    Plant,
    PlantCommand,
    PlantState,
    RegisterPlant,
    plant_id_of,
    plant_stream,
)
from services.capacity.domain.refusals import Why
from services.capacity.domain.slots import SLOTS, NarrowOffer
from services.capacity.domain.values import Capability
from services.capacity.handlers.draft import slots_stream
from services.capacity.handlers.needed import BookedWork
from shared.contracts.planning import Interval
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog, StreamAppend
from shared.kernel.event import Event
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused


class Masters:
    """What factories publish about their plants and lines."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.booked = BookedWork(log)

    def plant(self, plant_id: str, principal: Principal) -> Loaded[Plant]:
        """The plant as its owner or the office may see it. Raises Refused UNKNOWN_PLANT otherwise."""
        loaded = load(self._log, PLANT, plant_stream(plant_id))
        if not isinstance(loaded.state, Plant) or not _may_see(principal, loaded.state.factory_org_id):
            raise Refused(Why.UNKNOWN_PLANT, id=plant_id)
        return Loaded(loaded.state, loaded.version)

    def line(self, line_id: str, principal: Principal) -> Loaded[Line]:
        """The line as its owner or the office may see it. Raises Refused UNKNOWN_LINE otherwise."""
        loaded = load(self._log, LINE, line_stream(line_id))
        if not isinstance(loaded.state, Line) or not _may_see(principal, loaded.state.factory_org_id):
            raise Refused(Why.UNKNOWN_LINE, id=line_id)
        return Loaded(loaded.state, loaded.version)

    def lines_of(self, plant: Plant) -> list[Line]:
        """The plant's lines in the order in which they were listed."""
        loaded = (load(self._log, LINE, line_stream(line_id)).state for line_id in plant.lines.values())
        return [one for one in loaded if isinstance(one, Line)]

    def narrowed(self, line: Line, events: Sequence[Event], at: datetime) -> list[StreamAppend]:
        """What the line's bookings say when *events* take offered hours back; nothing when they do not.

        It is written with the withdrawal and checked against the bookings' version: a hold that is being placed on
        those hours meets it, one way or the other. Raises Refused HOURS_TAKEN.
        """
        gone = [span for one in events if isinstance(one, CapacityWithdrawn) for span in one.intervals]
        if not gone:
            return []
        stream = slots_stream(line.line_id)
        command = NarrowOffer(**line.identity, intervals=gone, at=at)
        try:
            return [decide(SLOTS, load(self._log, SLOTS, stream), stream, command)]
        except Refused as refused:
            if refused.why is not Why.HOURS_TAKEN:
                raise
            needs = self.booked.on_line(line.line_id, lambda one: any(_touches(one, span) for span in gone))
            raise Refused(Why.HOURS_TAKEN, start=refused.facts["start"], works=named(needs)) from refused

    def guarded(self, before: Line, after: LineState, changed: StreamAppend, at: datetime) -> list[StreamAppend]:
        """*changed* with what the line's bookings say to it. Raises Refused where booked work would lose what it needs."""
        narrowed = self.narrowed(before, changed.events, at)
        read = self.booked.guard_line(before, after) if isinstance(after, Line) and not narrowed else []
        if isinstance(after, Line) and narrowed:
            self.booked.guard_line(before, after)
        return [changed, *narrowed, *read]

    def register_plant(
        self,
        code: str,
        name: str,
        district: str,
        *,
        demo: bool,
        principal: Principal,
        at: datetime,
        named_before_booking: bool = False,
    ) -> Prepared[str]:
        plant_id = plant_id_of(principal.org_id, code)
        stream = plant_stream(plant_id)
        command = RegisterPlant(plant_id, principal.org_id, code, name, district, demo, at, named_before_booking)
        return Prepared([decide(PLANT, load(self._log, PLANT, stream), stream, command)], plant_id)

    def change_plant(self, plant_id: str, command: PlantCommand, principal: Principal) -> Prepared[str]:
        """Any change of the plant's papers."""
        loaded = self.own_plant(plant_id, principal)
        stands: Loaded[PlantState] = Loaded(loaded.state, loaded.version)
        changed = decide(PLANT, stands, plant_stream(plant_id), command)
        after = PLANT.fold(changed.events, loaded.state)  # type: ignore[arg-type] # a plant's events
        read = self.booked.guard_plant(loaded.state, after) if isinstance(after, Plant) else []
        return Prepared([changed, *read], plant_id)

    def own_plant(self, plant_id: str, principal: Principal) -> Loaded[Plant]:
        """The plant, to change it: its owner's alone."""
        loaded = self.plant(plant_id, principal)
        if not principal.owns(loaded.state.factory_org_id):
            raise Refused(Why.UNKNOWN_PLANT, id=plant_id)
        return loaded

    def register_line(
        self,
        plant_id: str,
        code: str,
        name: str,
        capabilities: Sequence[Capability],
        *,
        principal: Principal,
        at: datetime,
    ) -> Prepared[str]:
        """The line's own stream and the plant's list of lines, in one transaction."""
        loaded = self.own_plant(plant_id, principal)
        plant = loaded.state
        stands: Loaded[PlantState] = Loaded(plant, loaded.version)
        line_id = line_id_of(plant_id, code)
        register = RegisterLine(
            line_id, plant_id, plant.factory_org_id, plant.district, plant.name, code, name, list(capabilities), at
        )
        line = load(self._log, LINE, line_stream(line_id))
        return Prepared(
            [
                decide(LINE, line, line_stream(line_id), register),
                decide(PLANT, stands, plant_stream(plant_id), ListLine(line_id, code, at)),
            ],
            line_id,
        )

    def change_line(
        self, line_id: str, make: Callable[[Line], LineCommand], principal: Principal, at: datetime
    ) -> Prepared[str]:
        """Any change of one line: *make* builds the command from the line as it stands."""
        loaded = self.line(line_id, principal)
        if not principal.owns(loaded.state.factory_org_id):
            raise Refused(Why.UNKNOWN_LINE, id=line_id)
        stands: Loaded[LineState] = Loaded(loaded.state, loaded.version)
        changed = decide(LINE, stands, line_stream(line_id), make(loaded.state))
        after = LINE.fold(changed.events, loaded.state)  # type: ignore[arg-type] # a line's events
        return Prepared(self.guarded(loaded.state, after, changed, at), line_id)


def _touches(booking: Booking, span: Interval) -> bool:
    return booking.starts < seconds_of(span.ends_at) and seconds_of(span.starts_at) < booking.ends


def _may_see(principal: Principal, factory_org_id: str) -> bool:
    return principal.role is Role.OFFICE or principal.owns(factory_org_id)
