"""How a running order follows its buyer's material: what came, what was too little, and what was said about that."""

from dataclasses import replace
from typing import assert_never

from services.order.domain.events import ShortfallAnswered, SupplyArrived, SupplyFellShort
from services.order.domain.situations import Running, Shortfall


def material(order: Running, event: SupplyArrived | SupplyFellShort | ShortfallAnswered) -> Running:
    match event:
        case SupplyArrived():
            return _supplied(order, event)
        case SupplyFellShort():
            shortfall = Shortfall(
                event.item,
                event.quantity,
                event.expected,
                event.unit,
                tuple(event.makeable),
                event.asked_at,
                event.question_id,
                event.answer_by,
                event.default_choice,
            )
            return replace(order, shortfalls={**order.shortfalls, event.item: shortfall})
        case ShortfallAnswered():
            left = {item: one for item, one in order.shortfalls.items() if item != event.item}
            return replace(order, shortfalls=left)
        case _:
            assert_never(event)


def _supplied(order: Running, event: SupplyArrived) -> Running:
    """What arrives later ends the question that was asked before; it is asked anew when it still is not enough."""
    shortfalls = {item: one for item, one in order.shortfalls.items() if item != event.item}
    body = order.body.with_arrival(event.item, event.quantity)
    revision = order.revision
    if revision is not None:
        revision = replace(revision, target=revision.target.with_arrival(event.item, event.quantity))
    return replace(order, body=body, shortfalls=shortfalls, revision=revision)
