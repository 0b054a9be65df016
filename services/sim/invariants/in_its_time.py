"""Work begins in the time that is booked for it: not in a slot that was given up, nor while its buyer is asked about another."""

from collections.abc import Iterator

from services.capacity.domain import plan_events as plans
from services.capacity.domain import work_events as works
from services.capacity.domain.slots import SlotsConfirmed, SlotsHeld, SlotsReleased
from services.sim.invariants.book import Book, Past
from shared.eventstore.port import Recorded


class BegunInItsTime(Book):
    """Which slots are firm on which line, what buyers are asked to let move, and what has begun."""

    name = "work begins in its time"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._firm: dict[str, str] = {}
        self._questions: dict[str, plans.PlanChangeProposed] = {}
        self._begun: set[str] = set()
        self.entries = {
            SlotsHeld: self._taken,
            SlotsConfirmed: self._taken,
            SlotsReleased: self._given_up,
            plans.PlanChangeProposed: self._question,
            plans.PlanChangeAnswered: self._question_over,
            plans.PlanChanged: self._question_over,
            plans.PlanConfirmed: self._question_over,
            plans.PlanCancelled: self._question_over,
            works.SetupStarted: self._started,
            works.RunStarted: self._started,
        }

    def _taken(self, event: SlotsHeld | SlotsConfirmed, _: Recorded) -> Iterator[str]:
        self._firm |= {one.slot_id: event.line_id for one in event.slots if one.expires_at is None}
        yield from ()

    def _given_up(self, event: SlotsReleased, _: Recorded) -> Iterator[str]:
        """What a finished run leaves of its slot is no slot given up."""
        if event.kept_until is None:
            for one in event.slots:
                self._firm.pop(one.slot_id, None)
        yield from ()

    def _question(self, event: plans.PlanChangeProposed, _: Recorded) -> Iterator[str]:
        self._questions[event.order_id] = event
        yield from ()

    def _question_over(self, event: plans.PlanEvent, _: Recorded) -> Iterator[str]:
        self._questions.pop(event.order_id, None)
        yield from ()

    def _started(self, event: works.SetupStarted | works.RunStarted, recorded: Recorded) -> Iterator[str]:
        """Where there is a set-up, work begins with it; the run that follows goes on in whatever time it needs."""
        if event.work_id in self._begun:
            return
        self._begun.add(event.work_id)
        if self._firm.get(event.slot_id) != event.line_id:
            yield f"capacity/{recorded.position}: {event.work_id} begins in {event.slot_id}, which is not booked"
        asked = self._questions.get(event.order_id)
        change = None if asked is None else asked.change
        if asked is not None and change is not None and all(one.slot_id != event.slot_id for one in change.steps):
            yield f"capacity/{recorded.position}: {event.work_id} begins while {asked.replan_id} would move it"
