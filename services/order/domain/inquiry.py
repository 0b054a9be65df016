"""The inquiry aggregate: who could, when, for about how much. Nothing is reserved, so an answer is all that follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

import msgspec

from services.order.domain.inquiry_events import InquiryAnswered, InquiryMade, InquirySent
from services.order.domain.placing import check_arrivals, check_dates, check_line_dates, check_lines
from services.order.domain.refusals import Why
from services.order.domain.supplying import check_supplies
from services.order.domain.terms import Terms
from services.order.domain.values import OrderLine
from shared.contracts.planning import Limits, Place, PlanOption, Supply
from shared.contracts.reasons import PlanReason, Relaxation
from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused

InquiryEvent = InquiryMade | InquirySent | InquiryAnswered


@dataclass(frozen=True, slots=True)
class MakeInquiry:
    inquiry_id: str
    buyer_org_id: str
    lines: tuple[OrderLine, ...]
    deliver_to: Place
    requested_by: datetime
    limits: Limits
    supplies: tuple[Supply, ...]
    terms: Terms
    at: datetime
    requested_from: datetime | None = None
    waits: bool = False
    preview_of: str = ""  # the order whose change this asks about


@dataclass(frozen=True, slots=True)
class SendInquiry:
    """Its turn has come."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ReceiveAnswer:
    """*options* empty: nobody could."""

    options: tuple[PlanOption, ...]
    refusals: tuple[PlanReason, ...]
    relaxation: Relaxation | None
    at: datetime
    earliest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unasked:
    """Never made."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Waiting for an answer."""

    made: InquiryMade


@dataclass(frozen=True, slots=True)
class Answered:
    made: InquiryMade
    answer: InquiryAnswered


Inquiry = Unasked | Asked | Answered


InquiryCommand = MakeInquiry | SendInquiry | ReceiveAnswer


def decide(command: InquiryCommand, inquiry: Inquiry) -> Sequence[InquiryEvent]:
    match command:
        case MakeInquiry():
            return _make(command, inquiry)
        case SendInquiry():
            return _send(command, inquiry)
        case ReceiveAnswer():
            return _answer(command, inquiry)
        case _:
            assert_never(command)


def _make(command: MakeInquiry, inquiry: Inquiry) -> Sequence[InquiryEvent]:
    if not isinstance(inquiry, Unasked):
        raise Refused(Why.ORDER_EXISTS, order_id=command.inquiry_id)
    few = replace(command.terms, lines_max=min(command.terms.lines_max, command.terms.inquiries.lines_max))
    check_lines(command.lines, command.terms if command.preview_of else few)  # an order is asked about whole
    check_dates(command.requested_from, command.requested_by, command.at, command.terms)
    check_line_dates(command.lines, command.at, command.terms)
    check_supplies(command.lines, command.supplies, partial_ok=command.limits.partial_ok)
    check_arrivals(command.supplies, command.requested_by)
    return [
        InquiryMade(
            inquiry_id=command.inquiry_id,
            buyer_org_id=command.buyer_org_id,
            lines=list(command.lines),
            deliver_to=command.deliver_to,
            earliest_start_at=command.at,
            requested_by=command.requested_by,
            limits=command.limits,
            supplies=list(command.supplies),
            made_at=command.at,
            requested_from=command.requested_from,
            waits=command.waits,
            preview_of=command.preview_of,
        )
    ]


def _send(command: SendInquiry, inquiry: Inquiry) -> Sequence[InquiryEvent]:
    if not isinstance(inquiry, Asked) or not inquiry.made.waits:
        return []
    made = inquiry.made
    return [InquirySent(inquiry_id=made.inquiry_id, buyer_org_id=made.buyer_org_id, made=made, sent_at=command.at)]


def _answer(command: ReceiveAnswer, inquiry: Inquiry) -> Sequence[InquiryEvent]:
    """The first answer counts."""
    if not isinstance(inquiry, Asked):
        return []
    return [
        InquiryAnswered(
            inquiry_id=inquiry.made.inquiry_id,
            buyer_org_id=inquiry.made.buyer_org_id,
            options=list(command.options),
            refusals=list(command.refusals),
            relaxation=command.relaxation,
            answered_at=command.at,
            earliest_at=command.earliest_at,
        )
    ]


def evolve(inquiry: Inquiry, event: InquiryEvent) -> Inquiry:
    match event:
        case InquiryMade():
            return Asked(event)
        case InquirySent():
            return Asked(msgspec.structs.replace(inquiry.made, waits=False)) if isinstance(inquiry, Asked) else inquiry
        case InquiryAnswered():
            return Answered(inquiry.made, event) if isinstance(inquiry, Asked) else inquiry
        case _:
            assert_never(event)


INQUIRY: Decider[InquiryCommand, Inquiry, InquiryEvent] = Decider(Unasked(), decide, evolve)


def stream_of(inquiry_id: str) -> str:
    return f"inquiry-{inquiry_id}"
