"""Reads the platform's terms from `terms.yaml`; every figure is checked and named by path."""

from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec
import yaml

from services.order.domain.terms import CancellationTerms, ChangeTerms, InquiryTerms, Terms, WaitingTerms
from services.order.packs.faults import PackFault
from services.order.packs.reading import read_yaml
from services.order.packs.shapes import Count, Positive, Ppm, Shape

TERMS_AT = Path(__file__).with_name("terms.yaml")


class CancellationShape(Shape, frozen=True):
    booked_ppm: Ppm
    fenced_ppm: Ppm
    started_ppm: Ppm
    fence_hours: Positive


class ChangeShape(Shape, frozen=True):
    booked_ppm: Ppm
    fenced_ppm: Ppm
    minimum_fen: Count
    fence_hours: Positive


class DeliveryShape(Shape, frozen=True):
    under_ppm: Ppm
    over_ppm: Ppm


class WaitingShape(Shape, frozen=True):
    unbooked_hours: Positive
    overdue_days: Positive
    receipt_days: Positive
    dispute_days: Positive
    answer_least_minutes: Positive
    start_share_ppm: Ppm


class OrdersShape(Shape, frozen=True):
    lines_max: Positive
    quantity_max: Positive
    horizon_days: Positive
    attempts_max: Positive
    unbooked_max: Positive


class InquiriesShape(Shape, frozen=True):
    a_day_max: Positive
    lines_max: Positive
    cost_at_once: Positive
    cost_an_hour: Positive
    waiting_max: Positive
    retry_seconds: Positive
    answer_minutes_max: Positive


class TermsShape(Shape, frozen=True):
    cancellation: CancellationShape
    change: ChangeShape
    waiting: WaitingShape
    delivery: DeliveryShape
    orders: OrdersShape
    inquiries: InquiriesShape


def read_terms(content: bytes) -> Terms:
    """Raises PackFault with the path of the first fault."""
    try:
        shape = msgspec.convert(read_yaml(content), TermsShape, strict=True)
    except yaml.YAMLError as fault:
        raise PackFault(TERMS_AT.name, "$", f"expected YAML: {fault}") from fault
    except msgspec.ValidationError as fault:
        detail, _, path = str(fault).partition(" - at `")
        raise PackFault(TERMS_AT.name, path.rstrip("`") or "$", detail) from fault
    cancellation, change, waiting = shape.cancellation, shape.change, shape.waiting
    return Terms(
        cancellation=CancellationTerms(
            booked_ppm=cancellation.booked_ppm,
            fenced_ppm=cancellation.fenced_ppm,
            started_ppm=cancellation.started_ppm,
            fence=timedelta(hours=cancellation.fence_hours),
        ),
        change=ChangeTerms(
            booked_ppm=change.booked_ppm,
            fenced_ppm=change.fenced_ppm,
            minimum_fen=change.minimum_fen,
            fence=timedelta(hours=change.fence_hours),
        ),
        waiting=WaitingTerms(
            unbooked=timedelta(hours=waiting.unbooked_hours),
            overdue=timedelta(days=waiting.overdue_days),
            receipt=timedelta(days=waiting.receipt_days),
            dispute=timedelta(days=waiting.dispute_days),
            answer_least=timedelta(minutes=waiting.answer_least_minutes),
            start_share_ppm=waiting.start_share_ppm,
        ),
        under_ppm=shape.delivery.under_ppm,
        over_ppm=shape.delivery.over_ppm,
        lines_max=shape.orders.lines_max,
        quantity_max=shape.orders.quantity_max,
        horizon=timedelta(days=shape.orders.horizon_days),
        attempts_max=shape.orders.attempts_max,
        unbooked_max=shape.orders.unbooked_max,
        inquiries=InquiryTerms(**msgspec.structs.asdict(shape.inquiries)),
    )


@cache
def terms() -> Terms:
    """The terms that ship with the service."""
    return read_terms(TERMS_AT.read_bytes())
