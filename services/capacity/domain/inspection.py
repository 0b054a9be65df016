"""Authority on inspection lots: what is inspected when a run ends, by whom, and what a disposition means."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.capacity.domain.execution import sample_size
from services.capacity.domain.refusals import Why
from services.capacity.domain.work_commands import CorrectReport, DispositionLot
from services.capacity.domain.work_events import (
    InspectionDispositioned,
    InspectionOpened,
    Totals,
    WorkOffered,
    WorkOrderEvent,
)
from services.capacity.domain.work_identity import identity, inspection_lot_id_of, not_finished
from services.capacity.domain.work_state import Finished, Inspection, Work, finished_state, produced, totals_of
from shared.contracts.line_time import LotMove
from shared.kernel.refusal import Refused

LABORATORY = "LAB_TEST"  # the capability whose owner decides on the release of what it is fed


def opened_at_finish(
    terms: WorkOffered, lots: Mapping[str, LotMove], totals: Totals, now: datetime
) -> Sequence[WorkOrderEvent]:
    """An inspection for every output lot. A step without a sampling plan releases by process control, at once."""
    events: list[WorkOrderEvent] = []
    remaining = len(lots)
    for lot in lots.values():
        inspection_lot_id = inspection_lot_id_of(lot.lot_id)
        events.append(
            InspectionOpened(
                **identity(terms),
                inspection_lot_id=inspection_lot_id,
                lot_id=lot.lot_id,
                quantity=lot.quantity,
                sampling_plan=terms.sampling_plan,
                sample_size=sample_size(lot.quantity) if terms.sampling_plan else 0,
                inspector_org_id=terms.inspector_org_id,
                opened_at=now,
            )
        )
        if not terms.sampling_plan and terms.inspector_org_id == terms.factory_org_id:
            remaining -= 1
            events.append(
                InspectionDispositioned(
                    **identity(terms),
                    inspection_lot_id=inspection_lot_id,
                    lot_id=lot.lot_id,
                    disposition="released",
                    quantity=lot.quantity,
                    automatic=True,
                    grounds="",
                    by_org_id=terms.factory_org_id,
                    is_last=remaining == 0,
                    any_released=True,
                    totals=totals,
                    dispositioned_at=now,
                )
            )
    return events


def dispose(command: DispositionLot, work: Work) -> Sequence[WorkOrderEvent]:
    """A verdict, be it over a lot that has one, has left or was eaten: a verdict is an event, not an end."""
    if not isinstance(work, Finished):
        raise not_finished(work)
    found = work.inspections.get(command.inspection_lot_id)
    if found is None:
        raise Refused(Why.UNKNOWN_INSPECTION, id=command.inspection_lot_id)
    if not _may_judge(found, command, work):
        raise Refused(Why.NOT_INSPECTOR, id=command.inspection_lot_id)
    if found.disposition == command.disposition:
        raise Refused(Why.DISPOSITIONED, id=command.inspection_lot_id, disposition=found.disposition)
    if (command.disposition == "blocked" or found.disposition is not None) and not command.grounds.strip():
        raise Refused(Why.GROUNDS_MISSING, pointer="/grounds")
    others = [one for one in work.inspections.values() if one is not found]
    judged = replace(found, disposition=command.disposition)
    after = replace(work, inspections={**work.inspections, found.inspection_lot_id: judged})
    return [
        InspectionDispositioned(
            **identity(work.terms),
            inspection_lot_id=found.inspection_lot_id,
            lot_id=found.lot_id,
            disposition=command.disposition,
            quantity=quantity_of(work, found.lot_id),
            automatic=False,
            grounds=command.grounds,
            by_org_id=command.by_org_id,
            is_last=all(one.disposition is not None for one in others),
            any_released=command.disposition == "released" or any(map(_is_released, others)),
            totals=totals_of(work.reports),
            dispositioned_at=command.at,
            before=found.disposition or "",
            stage=finished_state(after),
            to_buyer=command.to_buyer,
        )
    ]


def restated(work: Finished, command: CorrectReport, after: Finished) -> Sequence[WorkOrderEvent]:
    """The verdicts over lots of which *command* says that there is more or less than was judged: they stay, restated."""
    events: list[WorkOrderEvent] = []
    waiting = any(one.disposition is None for one in after.inspections.values())
    for one in after.inspections.values():
        quantity = quantity_of(after, one.lot_id)
        if one.disposition is None or quantity == quantity_of(work, one.lot_id):
            continue
        events.append(
            InspectionDispositioned(
                **identity(work.terms),
                inspection_lot_id=one.inspection_lot_id,
                lot_id=one.lot_id,
                disposition=one.disposition,
                quantity=quantity,
                automatic=True,
                grounds=command.grounds,
                by_org_id=one.inspector_org_id,
                is_last=not waiting,
                any_released=any(map(_is_released, after.inspections.values())),
                totals=totals_of(after.reports),
                dispositioned_at=command.at,
                before=one.disposition,
                stage=finished_state(after),
            )
        )
    return events


def _may_judge(found: Inspection, command: DispositionLot, work: Finished) -> bool:
    """Only the inspector releases; who made the lot may say as well that it is bad."""
    if found.inspector_org_id == command.by_org_id:
        return True
    return command.disposition == "blocked" and command.by_org_id == work.terms.factory_org_id


def _is_released(one: Inspection) -> bool:
    return one.disposition == "released"


def quantity_of(work: Finished, lot_id: str) -> int:
    """How much was made of an output lot, 0 when reports were corrected to nothing."""
    made = produced(work.reports).get(lot_id)
    return 0 if made is None else made.quantity


def lots_with(work: Finished, *dispositions: str | None) -> list[str]:
    """Output lots whose inspection stands at one of *dispositions* (None: waits)."""
    return [one.lot_id for one in work.inspections.values() if one.disposition in dispositions]
