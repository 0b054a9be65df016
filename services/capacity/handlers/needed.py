"""What is booked on a line and not finished, read from the streams: what a change of masters must leave possible."""

from collections.abc import Callable, Iterator, Sequence

from services.capacity.domain.allocation import recipe_step
from services.capacity.domain.bookings import Booking
from services.capacity.domain.line_state import Line
from services.capacity.domain.needs import Need, check_capabilities, check_papers_kept, check_prices
from services.capacity.domain.plan import PLAN
from services.capacity.domain.plan_state import Booked, Plan
from services.capacity.domain.plant import Plant
from services.capacity.domain.slots import SLOTS
from services.capacity.domain.work import WORK
from services.capacity.domain.work_identity import work_stream
from services.capacity.domain.work_state import Closed, Finished, NoWork, Work
from services.capacity.handlers.draft import plan_stream, slots_stream
from shared.eventstore.handling import load
from shared.eventstore.port import EventLog, StreamAppend

Fits = Callable[[Booking], bool]


class BookedWork:
    """Reads the log. Its marks name what was read, so that nothing is booked meanwhile that it did not see."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def mark(self, line_id: str) -> StreamAppend:
        """The version of the line's bookings as they are read now."""
        stream = slots_stream(line_id)
        return StreamAppend(stream, self._log.stream_version(stream), [])

    def on_line(self, line_id: str, fits: Fits = lambda _: True) -> list[Need]:
        """Firm bookings that *fits*, whose work is not finished."""
        state = load(self._log, SLOTS, slots_stream(line_id)).state
        firm = [one for one in state.bookings if not one.expires_us and fits(one)]
        return [need for one in firm for need in self._needs(line_id, one)]

    def _needs(self, line_id: str, booking: Booking) -> Iterator[Need]:
        plan: Plan = load(self._log, PLAN, plan_stream(booking.order_id)).state
        if not isinstance(plan, Booked):
            return
        for step in plan.current.steps:
            if step.slot_id != booking.slot_id:
                continue
            work_id = plan.current.work_ids[step.process_id]
            work: Work = load(self._log, WORK, work_stream(work_id)).state
            if isinstance(work, NoWork | Closed | Finished):
                return
            recipe = recipe_step(plan.demand, step)
            yield Need(
                work_id=work_id,
                order_id=booking.order_id,
                process_id=step.process_id,
                slot_id=step.slot_id,
                line_id=line_id,
                capability=recipe.capability,
                format=recipe.format,
                unit=recipe.unit,
                licence_category=recipe.licence_category,
                food_contact=recipe.food_contact,
                starts_at=step.starts_at,
                ends_at=step.ends_at,
            )

    def guard_line(self, before: Line, after: Line) -> Sequence[StreamAppend]:
        """What was read to let the line become *after*; nothing where it loses nothing.

        Raises Refused CAPABILITY_BOOKED, PRICE_BOOKED.
        """
        narrowed = {
            one.code for one in before.capabilities if one not in after.capabilities and _loses(one.code, before, after)
        }
        unpriced = {one.capability for one in before.prices} - {one.capability for one in after.prices}
        if not narrowed | unpriced:
            return []
        mark = self.mark(before.line_id)
        needs = self.on_line(before.line_id, lambda one: one.run.capability in narrowed | unpriced)
        check_capabilities(needs, before.capabilities, after.capabilities)
        check_prices(needs, before.prices, after.prices)
        return [mark]

    def guard_plant(self, before: Plant, after: Plant) -> Sequence[StreamAppend]:
        """What was read to let the plant's papers become those of *after*. Raises Refused PAPER_BOOKED."""
        if (before.licences, before.proofs) == (after.licences, after.proofs):
            return []
        marks = [self.mark(line_id) for line_id in before.lines.values()]
        needs = self.of_plant(before)
        check_papers_kept(needs, (before.licences, before.proofs), (after.licences, after.proofs))
        return marks

    def of_plant(self, plant: Plant) -> list[Need]:
        """What is booked on all lines of the plant."""
        return [need for line_id in plant.lines.values() for need in self.on_line(line_id)]


def _loses(code: str, before: Line, after: Line) -> bool:
    """Whether the capability is gone, or another unit or fewer formats than before."""
    old = next(one for one in before.capabilities if one.code == code)
    new = next((one for one in after.capabilities if one.code == code), None)
    return new is None or new.unit != old.unit or not set(old.formats) <= set(new.formats)
