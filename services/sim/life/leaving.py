"""What happens to finished work: lots are judged, goods leave when lorries do, and arrive; reports get corrected late."""

from random import Random

from services.capacity.domain.inspection import LABORATORY
from services.capacity.domain.shipping import left_to_ship
from services.capacity.domain.work_events import Destination, Disposition
from services.capacity.domain.work_state import Finished, Shipment
from services.capacity.projections import lots
from services.sim.life.diary import hours, minutes
from services.sim.life.doors import capacity_of
from services.sim.life.task import Look, Task
from services.sim.seams import Platform

_BLOCKS = 0.02  # of lots
_FOUND_BAD = 0.02  # of released lots, each time somebody looks
_CLEARED = 0.3  # of blocked ones
_VERDICTS_MAX = 4
_REFUSED_MAX = 20


def leave(task: Task, platform: Platform, chance: Random, work: Finished) -> Look:
    judged = _judge(task, platform, chance, work) or _judge_anew(task, platform, chance, work)
    if judged:
        return judged, minutes(chance, 10, 60)
    arriving = next((one for one in work.shipments.values() if one.delivered_at is None), None)
    if arriving is not None:
        return _deliver(task, platform, chance, work, arriving)
    gone = {one.to_process_id for one in work.shipments.values()}
    waiting = [one for one in work.terms.destinations if one.to_process_id not in gone]
    if not waiting and left_to_ship(work) and task.refused < _REFUSED_MAX:
        return _ship(task, platform, chance, None)
    if not waiting:
        may_go_on = any(one.to_process_id for one in work.shipments.values())
        return "has delivered all", hours(chance, 12, 48) if may_go_on else None
    if not waiting[0].before_release and any(one.disposition is None for one in work.inspections.values()):
        return "waits for the laboratory", hours(chance, 3, 12)
    return _ship(task, platform, chance, waiting[0])


def _judge(task: Task, platform: Platform, chance: Random, work: Finished) -> str:
    """Judge what is this plant's to judge: its own lots, or for a laboratory those it was sent."""
    for one in work.inspections.values():
        if one.disposition is None and one.inspector_org_id == task.me.org_id:
            return _dispose(task, platform, chance, task.work_id, one.inspection_lot_id)
    if work.terms.capability != LABORATORY:
        return ""
    views, by = capacity_of(platform.house).log.views, task.me.principal
    for lot_id in work.stock:
        lot = lots.find_lot(views, lot_id, by)
        if lot is None or lot.disposition != "pending":
            continue
        work_id = lots.work_of_inspection(views, lot.inspection_lot_id, by.org_id)
        if work_id is not None:
            return _dispose(task, platform, chance, work_id, lot.inspection_lot_id)
    return ""


def _judge_anew(task: Task, platform: Platform, chance: Random, work: Finished) -> str:
    """Now and then a retained sample smells, and what was blocked turns out to be in order when it is tested again."""
    for one in work.inspections.values():
        is_good = one.disposition == "released"
        if 0 < one.verdicts <= _VERDICTS_MAX and chance.random() < (_FOUND_BAD if is_good else _CLEARED):
            return _turn(task, platform, one.inspection_lot_id, "blocked" if is_good else "released")
    return ""


def _turn(task: Task, platform: Platform, inspection_lot_id: str, to: Disposition) -> str:
    by, grounds = task.me.principal, "留样异味" if to == "blocked" else "复检合格"
    done = task.do(
        platform,
        "disposition",
        lambda desk: desk.deliveries.disposition(task.work_id, inspection_lot_id, by, to, grounds),
        of=f"inspection-lots/{inspection_lot_id}",
    )
    return "judges a lot anew" if done else "may not judge anew"


def _dispose(task: Task, platform: Platform, chance: Random, work_id: str, inspection_lot_id: str) -> str:
    by, blocked = task.me.principal, chance.random() < _BLOCKS
    grounds = "菌落总数超标" if blocked and chance.random() < 0.9 else ""
    task.do(
        platform,
        "disposition",
        lambda desk: desk.deliveries.disposition(
            work_id, inspection_lot_id, by, "blocked" if blocked else "released", grounds
        ),
        of=f"inspection-lots/{inspection_lot_id}",
    )
    return "blocks a lot" if blocked else "releases a lot"


def _ship(task: Task, platform: Platform, chance: Random, to: Destination | None) -> Look:
    """To the next receiver by its lorry; what was released after all had left (*to* None) goes by an extra one."""
    now, by = platform.now(), task.me.principal
    if to is not None and to.departs_at is not None and now < to.departs_at:
        return "waits for the lorry", to.departs_at - now
    delivery_id = platform.house.ids.new("dlv")
    to_process_id = None if to is None else to.to_process_id or None
    done = task.do(
        platform, "ship", lambda desk: desk.deliveries.ship(task.work_id, delivery_id, by, to_process_id, None)
    )
    if done:
        task.refused = 0
        return "ships", minutes(chance, 1, 10)
    task.refused += 1
    return "cannot ship", hours(chance, 2, 9) if task.refused < _REFUSED_MAX else None


def _deliver(task: Task, platform: Platform, chance: Random, work: Finished, shipment: Shipment) -> Look:
    to = next((one for one in work.terms.destinations if one.to_process_id == shipment.to_process_id), None)
    now, by = platform.now(), task.me.principal
    due = now if to is None or to.arrives_at is None else to.arrives_at
    if now < due:
        return "is on the road", due - now
    named = shipment.delivery_id if chance.random() < 0.7 else None
    done = task.do(platform, "deliver", lambda desk: desk.deliveries.deliver(task.work_id, by, named, None))
    return "delivers" if done else "cannot deliver", minutes(chance, 5, 60)
