"""The buyer's own material (来料): noted on the plan when it comes, handed to the work that eats it."""

from datetime import datetime

from services.capacity.domain.plan_state import Booked, supplies_of
from services.capacity.domain.work_commands import ReceiveMaterial
from services.capacity.domain.work_state import Closed, NoWork
from services.capacity.handlers.draft import Draft
from shared.contracts.line_time import LotMove


def hand_over_supplies(draft: Draft, order_id: str, at: datetime) -> None:
    """Give each work order what it still needs of the lots that came, in the order in which the work begins."""
    plan = draft.plan_of(order_id)
    if not isinstance(plan, Booked):
        return
    steps = sorted(plan.current.steps, key=lambda one: one.starts_at)  # of equals the first of the plan
    work_ids = [plan.current.work_ids[one.process_id] for one in steps]
    for item, lots in supplies_of(plan).items():
        left = _left(draft, work_ids, lots)
        for work_id in work_ids:
            given = _given(draft, work_id, item, left)
            if given:
                draft.work(work_id, ReceiveMaterial(item, "", given, at))


def _left(draft: Draft, work_ids: list[str], lots: tuple[LotMove, ...]) -> dict[str, LotMove]:
    """lot id -> what no work order has got of it."""
    left = {lot.lot_id: lot for lot in lots}
    for work_id in work_ids:
        work = draft.work_of(work_id)
        if not isinstance(work, NoWork | Closed):
            for lot_id, stock in work.stock.items():
                if lot_id in left:
                    lot = left[lot_id]
                    left[lot_id] = LotMove(lot_id, lot.item, lot.quantity - stock.received, lot.unit)
    return left


def _given(draft: Draft, work_id: str, item: str, left: dict[str, LotMove]) -> list[LotMove]:
    work = draft.work_of(work_id)
    if isinstance(work, NoWork | Closed):
        return []
    needed = sum(one.quantity for one in work.terms.inputs if one.item == item and one.source == "buyer")
    needed -= sum(stock.received for stock in work.stock.values() if stock.item == item)
    given = []
    for lot_id, lot in left.items():
        taken = min(lot.quantity, needed)
        if taken > 0:
            given.append(LotMove(lot_id, item, taken, lot.unit))
            left[lot_id] = LotMove(lot_id, item, lot.quantity - taken, lot.unit)
            needed -= taken
    return given
