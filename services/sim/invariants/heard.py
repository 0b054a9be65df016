"""Nothing is told in vain: when all has drained, what one service said of a living order has its effect in the other."""

from collections.abc import Iterator

from services.capacity.domain import plan_events as plans
from services.capacity.domain import work_events as works
from services.order.domain import events as orders
from services.sim.invariants.book import Book, Past
from services.sim.seams import Platform
from shared.eventstore.port import Recorded


class EverythingHeard(Book):
    """What one service told that the other must have noted, of orders that have not ended."""

    name = "everything is heard"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._ended: set[str] = set()
        self._cancelled: set[str] = set()
        self._parts: set[str] = set()
        self._at_door: dict[tuple[str, str], int] = {}
        self._noted: dict[tuple[str, str], int] = {}
        self._brought: dict[tuple[str, str], int] = {}
        self._recorded: dict[tuple[str, str], int] = {}
        self._questions: dict[str, str] = {}
        self._replies: set[str] = set()
        self.entries = {
            orders.OrderCancelled: self._end,
            orders.OrderClosed: self._end,
            orders.PartsCancelled: self._parts_ended,
            plans.PartsDropped: self._parts_dropped,
            orders.DeliveryArrived: self._arrived,
            orders.SupplyArrived: self._supply_came,
            orders.ReplanAnswered: self._reply,
            works.GoodsDelivered: self._delivered,
            plans.SupplyRecorded: self._supply_noted,
            plans.PlanChangeProposed: self._question,
            plans.PlanChangeAnswered: self._question_over,
            plans.PlanChanged: self._question_over,
            plans.PlanConfirmed: self._question_over,
            plans.PlanCancelled: self._plan_ended,
        }

    def _end(self, event: orders.OrderCancelled | orders.OrderClosed, _: Recorded) -> Iterator[str]:
        self._ended.add(event.order_id)
        if isinstance(event, orders.OrderCancelled):
            self._cancelled.add(event.order_id)
        yield from ()

    def _parts_ended(self, event: orders.PartsCancelled, _: Recorded) -> Iterator[str]:
        self._parts.add(event.order_id)
        yield from ()

    def _parts_dropped(self, event: plans.PartsDropped, recorded: Recorded) -> Iterator[str]:
        self._parts.discard(event.order_id)
        yield from self._question_over(event, recorded)

    def _plan_ended(self, event: plans.PlanCancelled, recorded: Recorded) -> Iterator[str]:
        self._cancelled.discard(event.order_id)
        yield from self._question_over(event, recorded)

    def _delivered(self, event: works.GoodsDelivered, _: Recorded) -> Iterator[str]:
        if event.at_door:
            self._at_door[event.order_id, event.delivery_id] = event.quantity
        yield from ()

    def _arrived(self, event: orders.DeliveryArrived, _: Recorded) -> Iterator[str]:
        self._noted[event.order_id, event.delivery_id] = event.quantity
        yield from ()

    def _supply_came(self, event: orders.SupplyArrived, _: Recorded) -> Iterator[str]:
        self._brought[event.order_id, event.item] = event.quantity
        yield from ()

    def _supply_noted(self, event: plans.SupplyRecorded, _: Recorded) -> Iterator[str]:
        self._recorded[event.order_id, event.item] = event.quantity
        yield from ()

    def _question(self, event: plans.PlanChangeProposed, _: Recorded) -> Iterator[str]:
        self._questions[event.order_id] = event.replan_id
        yield from ()

    def _question_over(self, event: plans.PlanEvent, _: Recorded) -> Iterator[str]:
        self._questions.pop(event.order_id, None)
        yield from ()

    def _reply(self, event: orders.ReplanAnswered, _: Recorded) -> Iterator[str]:
        self._replies.add(event.replan_id)
        yield from ()

    def at_rest(self, platform: Platform) -> Iterator[str]:  # noqa: ARG002 - the books say it all
        for (order_id, delivery_id), quantity in self._at_door.items():
            noted = self._noted.get((order_id, delivery_id))
            if noted != quantity and (noted is not None or order_id not in self._ended):
                yield f"{order_id}: {quantity} of {delivery_id} came to the door, the order has {noted}"
        for order_id, delivery_id in self._noted.keys() - self._at_door.keys():
            yield f"{order_id}: {delivery_id} is noted and came to no door"
        for (order_id, item), quantity in self._brought.items():
            known = self._recorded.get((order_id, item), 0)
            if known != quantity and order_id not in self._ended:
                yield f"{order_id}: {quantity} of {item} came, capacity knows of {known}"
        for order_id in sorted(self._cancelled):
            yield f"{order_id} is cancelled, capacity plans it still"
        for order_id in sorted(self._parts - self._ended):
            yield f"{order_id} has given parts up, capacity plans them still"
        for order_id, replan_id in self._questions.items():
            if replan_id in self._replies and order_id not in self._ended:
                yield f"{order_id}: {replan_id} is answered, capacity waits still"
