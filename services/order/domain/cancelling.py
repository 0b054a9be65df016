"""Ending parts of an order before they are made: those a question was about; the others go on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.order.domain.delivering import all_delivered
from services.order.domain.events import AnyOrderEvent, CancelledWhy, OrderCancelled, PartsCancelled
from services.order.domain.evolution import evolve
from services.order.domain.situations import Running
from services.order.domain.terms import Terms
from shared.contracts.remaining import Agreed, Part, part_of, without


def end_parts(
    order: Running,
    parts: frozenset[Part],
    *,
    why: CancelledWhy,
    by_default: bool,
    terms: Terms | None,
    at: datetime,
    begun_too: bool = False,
) -> Sequence[AnyOrderEvent]:
    """*parts* end without a fee, save those that are being made to their end, which end only *begun_too*. The order itself
    ends where nothing is left of it, and is delivered where all that is left has come.
    """
    ending = parts if begun_too else parts - order.parts_going_on
    gone = [one.process_id for one in order.promise.steps if part_of(one) in ending]
    if not gone:
        return []
    body, promise = order.body, order.promise
    if len(gone) == len(promise.steps):
        return [
            OrderCancelled(
                order_id=body.order_id,
                buyer_org_id=body.buyer_org_id,
                fee_fen=0,
                why=why,
                cancelled_at=at,
                by_default=by_default,
            )
        ]
    rest = without(Agreed(promise.steps, promise.trips, promise.price_fen, promise.promise_at), gone)
    ended = PartsCancelled(
        order_id=body.order_id,
        buyer_org_id=body.buyer_org_id,
        process_ids=gone,
        fee_fen=0,
        why=why,
        by_default=by_default,
        price_fen=rest.price_fen,
        promise_at=rest.promise_at,
        cancelled_at=at,
    )
    return [ended, *all_delivered(evolve(replace(order, asked=None), ended), terms, at)]
