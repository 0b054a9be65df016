"""Silence never costs: what a default decided leaves no buyer with a higher price, a later promise or a fee."""

from collections.abc import Iterator

from services.order.domain import events as orders
from services.sim.invariants.book import Book, Past
from shared.eventstore.port import Recorded


class SilenceCostsNothing(Book):
    """What each buyer was asked about the terms it has agreed to."""

    name = "silence costs nothing"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._asked: dict[str, orders.ReplanAsked] = {}
        self.entries = {
            orders.PlanMoved: self._moved,
            orders.ReplanAsked: self._question,
            orders.ReplanAnswered: self._answered,
            orders.PartsCancelled: self._ended,
            orders.OrderCancelled: self._ended,
        }

    def _moved(self, event: orders.PlanMoved, recorded: Recorded) -> Iterator[str]:
        """Nobody was asked, so it is no dearer and no later than what the fact itself says stood before."""
        if event.new_price_fen > event.old_price_fen or event.new_promise_at > event.old_promise_at:
            yield f"order/{recorded.position}: {event.order_id} moves to worse terms without being asked"

    def _question(self, event: orders.ReplanAsked, _: Recorded) -> Iterator[str]:
        self._asked[event.order_id] = event
        yield from ()

    def _answered(self, event: orders.ReplanAnswered, recorded: Recorded) -> Iterator[str]:
        asked = self._asked.pop(event.order_id, None)
        if asked is None or not event.by_default or event.choice != "accept":
            return
        if asked.new_price_fen > asked.old_price_fen or asked.new_promise_at > asked.old_promise_at:
            yield f"order/{recorded.position}: the silence of {event.order_id} accepts what is dearer or later"

    def _ended(self, event: orders.PartsCancelled | orders.OrderCancelled, recorded: Recorded) -> Iterator[str]:
        if event.by_default and event.fee_fen:
            yield f"order/{recorded.position}: the silence of {event.order_id} costs {event.fee_fen} fen"
