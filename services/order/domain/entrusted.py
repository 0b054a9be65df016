"""The report of entrusted production (委托生产): drafted from a drink order, signed by the buyer and each factory.

Each factory sees and signs its own part: what others make, and who they are, is the buyer's. A signature stands with the
digest of what was signed. When a plan changes, the draft changes and must be signed anew by those whose part changed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import msgspec

from services.order.domain.entrusted_events import EntrustedReportSigned
from services.order.domain.refusals import Why
from services.order.domain.situations import Cancelled, Closed, Order, Running
from shared.kernel.decider import Decider
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused
from shared.reference.food import check_digit, parse_number


class EntrustedPart(msgspec.Struct, frozen=True, gc=False):
    """What one plant makes: product, licence category, good units, period. *factory_org_id* "" when not told."""

    factory_org_id: str
    plant_id: str
    plant_name: str
    district: str
    order_line_id: str
    product_zh: str
    product_en: str
    licence_category: str
    quantity: int
    unit: str
    from_at: datetime
    to_at: datetime


class Draft(msgspec.Struct, frozen=True, gc=False):
    """What both sides sign. *parts* in the plan's order: only steps that need a food production licence."""

    report_id: str
    order_id: str
    buyer_org_id: str
    parts: list[EntrustedPart]

    @property
    def digest(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()

    @property
    def factories(self) -> list[str]:
        return sorted({one.factory_org_id for one in self.parts if one.factory_org_id})

    def as_signed_by(self, org_id: str) -> "Draft":
        """What *org_id* puts its name to: a factory its own parts, the buyer all of them."""
        if org_id == self.buyer_org_id:
            return self
        return msgspec.structs.replace(self, parts=[one for one in self.parts if one.factory_org_id == org_id])


def draft_of(order: Order) -> Draft | None:
    """The report of a drink order that was confirmed, None for any other; what was signed stays to be read when the order
    has ended, in whatever way.
    """
    running = order.running if isinstance(order, Closed | Cancelled) else order
    if not isinstance(running, Running):
        return None
    parts = []
    for step in running.promise.steps:
        line = running.body.line(step.order_line_id)
        if line is None or line.kind != "drink":
            continue
        recipe = next(
            (
                one
                for variant in line.demand.variants
                if variant.code == step.variant
                for one in variant.steps
                if one.step == step.step
            ),
            None,
        )
        if recipe is None or not recipe.licence_category:
            continue
        parts.append(
            EntrustedPart(
                factory_org_id=step.factory_org_id,
                plant_id=step.plant_id,
                plant_name=step.plant_name,
                district=step.district,
                order_line_id=step.order_line_id,
                product_zh=line.product_zh,
                product_en=line.product_en,
                licence_category=recipe.licence_category,
                quantity=step.quantity_net,
                unit=step.unit,
                from_at=step.starts_at,
                to_at=step.ends_at,
            )
        )
    if not parts:
        return None
    body = running.body
    return Draft(derived_id("ent", body.order_id), body.order_id, body.buyer_org_id, parts)


@dataclass(frozen=True, slots=True)
class SignReport:
    """*org_id* signs *draft* as it is now; a factory gives its licence number."""

    draft: Draft
    org_id: str
    licence_number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    party: Literal["entrusting", "entrusted"]
    content_digest: str
    licence_number: str
    signed_at: datetime
    part_digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """*signatures*: organisation -> its last signature."""

    signatures: Mapping[str, Signature] = field(default_factory=dict)

    def holds(self, org_id: str, draft: Draft) -> bool:
        """Whether the organisation has signed what *draft* says of it. Factories once signed the whole: that holds too."""
        found = self.signatures.get(org_id)
        return found is not None and found.content_digest in {draft.as_signed_by(org_id).digest, draft.digest}

    def is_signed(self, draft: Draft) -> bool:
        """Whether every party has signed the draft as it is."""
        return all(self.holds(one, draft) for one in [draft.buyer_org_id, *draft.factories])

    def holds_between(self, draft: Draft, factory_org_id: str) -> bool:
        """Whether the buyer has signed what *draft* says of this factory, whatever became of the others' parts."""
        found = self.signatures.get(draft.buyer_org_id)
        part = draft.as_signed_by(factory_org_id).digest
        return (found is not None and part == found.part_digests.get(factory_org_id)) or self.holds(
            draft.buyer_org_id, draft
        )


def decide(command: SignReport, report: Report) -> Sequence[EntrustedReportSigned]:
    draft = command.draft
    is_buyer = command.org_id == draft.buyer_org_id
    if not is_buyer and command.org_id not in draft.factories:
        raise Refused(Why.UNKNOWN_ORDER)
    if not is_buyer:
        _check_licence(command.licence_number)
    if report.holds(command.org_id, draft):
        raise Refused(Why.SIGNED_ALREADY)
    return [
        EntrustedReportSigned(
            report_id=draft.report_id,
            order_id=draft.order_id,
            buyer_org_id=draft.buyer_org_id,
            party="entrusting" if is_buyer else "entrusted",
            org_id=command.org_id,
            content_digest=draft.as_signed_by(command.org_id).digest,
            licence_number="" if is_buyer else command.licence_number,
            signed_at=command.at,
            part_digests={one: draft.as_signed_by(one).digest for one in draft.factories} if is_buyer else {},
        )
    ]


def _check_licence(number: str) -> None:
    try:
        parts = parse_number(number)
    except ValueError as fault:
        raise Refused(Why.LICENCE_NUMBER, pointer="/licence_number", found=number[:40]) from fault
    if check_digit(number[2:15]) != parts.check:
        raise Refused(Why.LICENCE_NUMBER, pointer="/licence_number", found=number[:40])


def evolve(report: Report, event: EntrustedReportSigned) -> Report:
    signature = Signature(event.party, event.content_digest, event.licence_number, event.signed_at, event.part_digests)
    return replace(report, signatures={**report.signatures, event.org_id: signature})


REPORT: Decider[SignReport, Report, EntrustedReportSigned] = Decider(Report(), decide, evolve)


def stream_of(order_id: str) -> str:
    return f"entrusted-{order_id}"
