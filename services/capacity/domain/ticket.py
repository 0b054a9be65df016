"""Authority on the job ticket: what whoever makes a step has to know of it, and what it need not (`ticket.yaml`).

One serializer makes it for work orders, offers and paper. No step's price, and no maker beyond the next hand-over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from services.capacity.domain.allocation import line_of, recipe_step
from services.capacity.domain.plan_state import Booked, Plan
from services.capacity.domain.work_events import WorkOffered
from services.capacity.domain.work_state import Accepted, Closed, Finished, Live, Running, SettingUp
from shared.contracts.planning import DemandLine, Place, PlannedStep, PlannedTrip

ARTWORK = "artwork"  # the option whose text names a design
FromWhen = Literal["never", "accepted"]


class Policy(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """From when on a plant is told what it needs to make the work, and not to decide on it."""

    buyer: FromWhen
    address: FromWhen
    neighbours: FromWhen
    artwork: FromWhen


@cache
def standard_policy() -> Policy:
    """What `ticket.yaml` says."""
    return msgspec.convert(yaml.safe_load(Path(__file__).with_name("ticket.yaml").read_text("utf-8")), Policy)


@dataclass(frozen=True, slots=True)
class HandOver:
    """Material that comes, or goods that go: the other end, *quantity* in *unit*, and the lorry's times.

    *plant_name* "" for the buyer, for what is bought, and where the policy says nothing. *address* and *contact* only where
    goods go to the buyer, as the order service sealed them.
    """

    item: str
    process_id: str
    plant_name: str
    district: str
    address: str
    contact: str
    quantity: int
    unit: str
    departs_at: datetime | None
    arrives_at: datetime | None
    cold_band: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """All of it. *features* are what runs are told apart by; *options* what the buyer chose; *buyer_org_id* by policy."""

    product_id: str
    product_zh: str
    product_en: str
    format: str
    options: Mapping[str, str]
    features: Mapping[str, str]
    artwork: str
    includes_zh: Sequence[str]
    includes_en: Sequence[str]
    sampling_plan: str
    licence_category: str
    food_contact: bool
    quarantine_minutes: int
    coming: Sequence[HandOver]
    going: Sequence[HandOver]
    buyer_org_id: str


def ticket_of(work: Live | Closed, plan: Plan, policy: Policy) -> Ticket | None:
    """The ticket of the work in the plan it stands in; None once the plan has gone on without it."""
    if not isinstance(plan, Booked):
        return None
    terms = work.terms
    step = next((one for one in plan.current.steps if one.process_id == terms.process_id), None)
    if step is None or plan.current.work_ids.get(terms.process_id) != terms.work_id:
        return None
    is_agreed = isinstance(work, Accepted | SettingUp | Running | Finished)
    line, recipe = line_of(plan.demand, step), recipe_step(plan.demand, step)
    artwork = line.options.get(ARTWORK, "") if _told(policy.artwork, is_agreed) else ""
    options = {code: value for code, value in line.options.items() if code != ARTWORK}
    return Ticket(
        product_id=line.product_id,
        product_zh=line.product_zh,
        product_en=line.product_en,
        format=recipe.format,
        options=options,
        features={code: value for code, value in recipe.features.items() if not value.startswith("dsn_")},
        artwork=artwork,
        includes_zh=recipe.includes_zh,
        includes_en=recipe.includes_en,
        sampling_plan=terms.sampling_plan or recipe.sampling_plan,
        licence_category=recipe.licence_category,
        food_contact=recipe.food_contact,
        quarantine_minutes=recipe.last_lag_minutes,
        coming=_coming(plan, step, terms, names=_told(policy.neighbours, is_agreed)),
        going=_going(plan, line, terms, Told(_told(policy.neighbours, is_agreed), _told(policy.address, is_agreed))),
        buyer_org_id=plan.demand.buyer_org_id if _told(policy.buyer, is_agreed) else "",
    )


def _told(since: FromWhen, is_agreed: bool) -> bool:  # noqa: FBT001 - both say from when on
    return since == "accepted" and is_agreed


def _coming(plan: Booked, step: PlannedStep, terms: WorkOffered, *, names: bool) -> list[HandOver]:
    """One row an input: from the step before, brought by the buyer, or bought."""
    by_name = {one.step: one for one in plan.current.steps if one.process_id in step.feeds_from}
    found = []
    for one in terms.inputs:
        feeding = by_name.get(one.item)
        trip = None if feeding is None else _trip(plan, feeding.process_id, step.process_id)
        brought = next((supply for supply in plan.demand.supplies if supply.item == one.item), None)
        found.append(
            HandOver(
                item=one.item,
                process_id="" if feeding is None else feeding.process_id,
                plant_name=feeding.plant_name if feeding is not None and names else "",
                district="" if feeding is None else feeding.district,
                address="",
                contact="",
                quantity=one.quantity,
                unit=one.unit,
                departs_at=None if trip is None else trip.departs_at,
                arrives_at=trip.arrives_at if trip is not None else None if brought is None else brought.arrives_at,
                cold_band="" if trip is None else trip.cold_band,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """Whether the receivers are named, and the buyer's address."""

    names: bool
    address: bool


def _going(plan: Booked, line: DemandLine, terms: WorkOffered, told: Told) -> list[HandOver]:
    """One row a receiver: the plant of the next step, or the buyer's door."""
    by_id = {one.process_id: one for one in plan.current.steps}
    place: Place = line.deliver_to or plan.demand.deliver_to
    found = []
    shares = sum(max(one.share, 0) for one in terms.destinations) or 1
    for one in terms.destinations:
        receiver = by_id.get(one.to_process_id)
        to_buyer = not one.to_process_id
        found.append(
            HandOver(
                item=terms.step,
                process_id=one.to_process_id,
                plant_name=receiver.plant_name if receiver is not None and told.names else "",
                district=place.district if to_buyer else one.to_district,
                address=place.address if to_buyer and told.address else "",
                contact=place.contact if to_buyer and told.address else "",
                quantity=terms.quantity_net * max(one.share, 0) // shares,
                unit=terms.unit,
                departs_at=one.departs_at,
                arrives_at=one.arrives_at,
                cold_band=one.cold_band,
            )
        )
    return found


def _trip(plan: Booked, from_process_id: str, to_process_id: str) -> PlannedTrip | None:
    return next(
        (one for one in plan.current.trips if (one.process_id, one.to_process_id) == (from_process_id, to_process_id)),
        None,
    )
