"""Who a work order's events are about: the fields every one of them carries, and the stream they stand in."""

from typing import TypedDict

from services.capacity.domain.refusals import Why
from services.capacity.domain.work_events import WorkOffered
from services.capacity.domain.work_state import (
    Accepted,
    Closed,
    Countered,
    Finished,
    Live,
    NoWork,
    Offered,
    Running,
    SettingUp,
    Work,
)
from shared.kernel.clock import instant_text
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused


class Identity(TypedDict):
    """The fields of `WorkEvent`."""

    work_id: str
    order_id: str
    buyer_org_id: str
    process_id: str
    line_id: str
    plant_id: str
    factory_org_id: str
    district: str
    slot_id: str
    capability: str
    unit: str


def identity(terms: WorkOffered) -> Identity:
    """What every event about *terms* carries."""
    return Identity(
        work_id=terms.work_id,
        order_id=terms.order_id,
        buyer_org_id=terms.buyer_org_id,
        process_id=terms.process_id,
        line_id=terms.line_id,
        plant_id=terms.plant_id,
        factory_org_id=terms.factory_org_id,
        district=terms.district,
        slot_id=terms.slot_id,
        capability=terms.capability,
        unit=terms.unit,
    )


def work_stream(work_id: str) -> str:
    return f"work-{work_id}"


def work_id_of(offer_id: str) -> str:
    """An offer is the first word about a work order: same id, other prefix."""
    return "wrk_" + offer_id.removeprefix("off_")


def offer_id_of(work_id: str) -> str:
    return "off_" + work_id.removeprefix("wrk_")


def lot_id_of(work_id: str, label: str) -> str:
    """The traceability lot *label* of a work order's output."""
    return derived_id("lot", work_id, label)


def inspection_lot_id_of(lot_id: str) -> str:
    """A lot has one inspection."""
    return "ins_" + lot_id.removeprefix("lot_")


def live(work: Work) -> Live:
    """The work while it is wanted. Raises Refused: UNKNOWN_WORK, WORK_WITHDRAWN."""
    if isinstance(work, NoWork):
        raise Refused(Why.UNKNOWN_WORK)
    if isinstance(work, Closed):
        raise Refused(Why.WORK_WITHDRAWN, id=work.terms.work_id)
    return work


def not_running(work: Work) -> Refused:
    """Why a command that needs a running line is refused in the situation *work*."""
    found = live(work)
    work_id = found.terms.work_id
    match found:
        case Offered() | Countered():
            return Refused(Why.WORK_NOT_ACCEPTED, id=work_id)
        case Accepted():
            return Refused(Why.WORK_NOT_STARTED, id=work_id)
        case SettingUp():
            return Refused(Why.SETUP_OPEN, id=work_id)
        case Finished():
            return Refused(Why.WORK_FINISHED, id=work_id, at=instant_text(found.finished_at))
        case _:
            return Refused(Why.WORK_STARTED, id=work_id, at=instant_text(found.started_at))


def not_finished(work: Work) -> Refused:
    """Why a command that needs finished output is refused in the situation *work*."""
    found = live(work)
    if isinstance(found, SettingUp | Running):
        return Refused(Why.WORK_NOT_FINISHED, id=found.terms.work_id)
    return not_running(work)
