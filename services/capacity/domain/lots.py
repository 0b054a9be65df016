"""Authority on what a report eats and makes: which lots feed it, and how a correction spreads over its own lots."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from services.capacity.domain.refusals import Why
from services.capacity.domain.work_events import WorkInput
from services.capacity.domain.work_state import Report, Stock
from shared.contracts.line_time import LotMove
from shared.kernel.refusal import Refused
from shared.kernel.rounding import apportion, ceil_div


def restored(stock: Mapping[str, Stock], report: Report) -> dict[str, Stock]:
    """*stock* as if *report* had eaten nothing. Of a lot that was blocked since, it may say again what it ate."""
    eaten = {lot.lot_id: lot.quantity for lot in report.lots_in}
    return {
        lot_id: replace(
            lot,
            received=lot.consumed if lot.blocked else lot.received,
            consumed=lot.consumed - eaten.get(lot_id, 0),
            blocked="",
        )
        for lot_id, lot in stock.items()
    }


def eaten_by_recipe(
    inputs: Iterable[WorkInput], stock: Mapping[str, Stock], started: int, eaten: Mapping[str, int]
) -> list[LotMove]:
    """What *started* units in all must have eaten by the recipe, less *eaten* (item -> quantity) already, from the
    oldest lots first. Pooled purchases without lots are not counted. Raises Refused MATERIAL_SHORT, LOT_BLOCKED.
    """
    moves: list[LotMove] = []
    for one in inputs:
        if one.source == "pooled":
            continue
        needed = ceil_div(started * one.ratio_num, one.ratio_den) - eaten.get(one.item, 0)
        moves.extend(_oldest_first(one, stock, needed))
    return moves


def _oldest_first(one: WorkInput, stock: Mapping[str, Stock], needed: int) -> Sequence[LotMove]:
    lots = [lot for lot in stock.values() if lot.item == one.item]
    found = sum(lot.usable for lot in lots)
    if found < needed:
        _check_unblocked(lots, needed)
        raise Refused(Why.MATERIAL_SHORT, item=one.item, found=found, needed=needed, unit=one.unit)
    moves = []
    for lot in lots:
        taken = min(lot.usable, needed)
        if taken > 0:
            moves.append(LotMove(lot.lot_id, lot.item, taken, lot.unit, lot.label))
            needed -= taken
    return moves


def _check_unblocked(lots: Iterable[Stock], needed: int) -> None:
    """Raises Refused LOT_BLOCKED when there would be enough but for lots that were found bad."""
    found = list(lots)
    blocked = next((lot for lot in found if lot.blocked and lot.left), None)
    if blocked is not None and sum(lot.left for lot in found) >= needed:
        raise Refused(Why.LOT_BLOCKED, id=blocked.lot_id, grounds=blocked.blocked)


def check_given(inputs: Sequence[WorkInput], stock: Mapping[str, Stock], lots: Sequence[LotMove]) -> None:
    """Lots named by the factory: items of the recipe, lots that arrived and have enough; pooled ones are taken as said.

    Raises Refused ITEM_NOT_IN_RECIPE, UNIT_MISMATCH, LOT_NOT_RECEIVED, LOT_BLOCKED, MATERIAL_SHORT.
    """
    by_item = {one.item: one for one in inputs}
    wanted: dict[str, int] = {}
    for lot in lots:
        one = by_item.get(lot.item)
        if one is None:
            raise Refused(Why.ITEM_NOT_IN_RECIPE, pointer="/lots_in", known=", ".join(by_item) or "-", found=lot.item)
        if lot.unit != one.unit:
            raise Refused(Why.UNIT_MISMATCH, pointer="/lots_in", expected=one.unit, found=lot.unit)
        if one.source == "pooled":
            continue
        held = stock.get(lot.lot_id)
        if held is None or held.item != lot.item:
            raise Refused(Why.LOT_NOT_RECEIVED, pointer="/lots_in", id=lot.lot_id)
        if held.blocked and lot.quantity:
            raise Refused(Why.LOT_BLOCKED, pointer="/lots_in", id=lot.lot_id, grounds=held.blocked)
        wanted[lot.lot_id] = wanted.get(lot.lot_id, 0) + lot.quantity
        if wanted[lot.lot_id] > held.left:
            raise Refused(
                Why.MATERIAL_SHORT,
                pointer="/lots_in",
                item=lot.item,
                found=held.left,
                needed=wanted[lot.lot_id],
                unit=lot.unit,
            )


def eaten_so_far(reports: Iterable[Report]) -> dict[str, int]:
    """item -> quantity that *reports* have eaten."""
    eaten: dict[str, int] = {}
    for report in reports:
        for lot in report.lots_in:
            eaten[lot.item] = eaten.get(lot.item, 0) + lot.quantity
    return eaten


def restated(report: Report, good: int, fallback: LotMove) -> list[LotMove]:
    """The report's own output lots with *good* in all, in proportion to before; *fallback* when it had none."""
    weights = [lot.quantity for lot in report.lots_out]
    if not sum(weights):
        return [LotMove(fallback.lot_id, fallback.item, good, fallback.unit)] if good else []
    shares = apportion(good, weights)
    return [msgspec.structs.replace(lot, quantity=share) for lot, share in zip(report.lots_out, shares, strict=True)]
