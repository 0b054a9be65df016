"""Test world of the order service: products ordered, and capacity's facts as they would come over the bus."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from services.order.domain.commands import PlaceOrder
from services.order.domain.tailoring import quantity_of, tailor
from services.order.domain.values import OrderLine
from services.order.packs.loader import catalogue
from services.order.packs.terms import terms
from shared.contracts import capacity
from shared.contracts.explosion import explode
from shared.contracts.planning import (
    DemandLine,
    Limits,
    Place,
    PlannedStep,
    PlannedTrip,
    PlanOption,
    ReplanChoice,
    Supply,
)
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.ids import derived_id

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
WANTED = NOW + timedelta(days=30)
ORDER_ID = derived_id("ord", "test")
BUYER = "org_B" + "0" * 24 + "1"
FACTORY = "org_F" + "0" * 24 + "1"


def a_line(
    product: str = "tea-can-330",
    quantity: int = 12_000,
    number: int = 0,
    order_id: str = ORDER_ID,
    supplied: Sequence[str] = (),
    **options: str,
) -> OrderLine:
    found = catalogue().products[product]
    chosen = {"artwork": "art-1", **options} if any(one.code == "artwork" for one in found.options) else options
    return tailor(
        found,
        chosen,
        quantity_of(found, str(quantity), found.unit, "/lines/0/quantity"),
        order_line_id=derived_id("orl", order_id, number),
        buyer_org_id=BUYER,
        supplied=frozenset(supplied),
        pointer=f"/lines/{number}",
    )


def placing(
    *lines: OrderLine, limits: Limits | None = None, supplies: Sequence[Supply] = (), at: datetime = NOW
) -> PlaceOrder:
    return PlaceOrder(
        order_id=ORDER_ID,
        buyer_org_id=BUYER,
        reference="PO-1",
        lines=lines or (a_line(),),
        deliver_to=Place(district="420100", address="江岸区"),
        requested_from=None,
        requested_by=WANTED,
        limits=limits or Limits(),
        supplies=tuple(supplies),
        terms=terms(),
        at=at,
    )


def an_option(
    lines: Sequence[DemandLine],
    number: int = 1,
    *,
    starts_at: datetime = NOW + timedelta(days=5),
    promise_at: datetime = NOW + timedelta(days=20),
    variant: str = "",
    quote_id: str = "",
) -> PlanOption:
    """One plan of *lines*: each step a day after the one before, at one plant a step, 1,000 yuan a step."""
    steps: list[PlannedStep] = []
    for line in lines:
        chosen = next((one for one in line.variants if one.code == variant), line.variants[0])
        quantities = explode(chosen.steps, line.quantity_net).steps
        ids = {one.step: derived_id("pro", line.order_line_id, 1, one.step) for one in chosen.steps}
        for index, step in enumerate(chosen.steps):
            begins = starts_at + timedelta(days=index)
            steps.append(
                PlannedStep(
                    process_id=ids[step.step],
                    order_line_id=line.order_line_id,
                    part=1,
                    variant=chosen.code,
                    step=step.step,
                    capability=step.capability,
                    plant_id=derived_id("plt", index),
                    plant_name=f"工厂{index}",
                    district="421202",
                    line_id=derived_id("lin", index),
                    slot_id=derived_id("slt", quote_id, number, line.order_line_id, index),
                    quantity_net=quantities[step.step].net,
                    quantity_gross=quantities[step.step].gross,
                    unit=step.unit,
                    setup_seconds=1_800,
                    starts_at=begins,
                    ends_at=begins + timedelta(hours=8),
                    price_fen=100_000,
                    feeds_from=[ids[one.step] for one in step.inputs if one.step],
                    factory_org_id=FACTORY,
                )
            )
    last = steps[-1]
    trip = PlannedTrip(
        process_id=last.process_id,
        to_process_id="",
        from_district=last.district,
        to_district="420100",
        departs_at=last.ends_at,
        arrives_at=promise_at,
        distance_km=90,
        price_fen=40_500,
    )
    price = sum(one.price_fen for one in steps) + trip.price_fen
    return PlanOption(
        option_id=derived_id("opt", quote_id, number),
        labels=["fastest", "cheapest"],
        price_fen=price,
        vat_fen=price * 13 // 100,
        promise_at=promise_at,
        slack_minutes=int((WANTED - promise_at).total_seconds() // 60),
        plants=len({one.plant_id for one in steps}),
        steps=steps,
        trips=[trip],
    )


def a_quote(
    lines: Sequence[DemandLine],
    *,
    order_id: str = ORDER_ID,
    buyer_org_id: str = BUYER,
    attempt: int = 1,
    at: datetime = NOW,
    holds_for: timedelta = timedelta(hours=2),
    variant: str = "",
) -> capacity.QuoteOffered:
    quote_id = derived_id("quo", order_id, attempt)
    return capacity.QuoteOffered(
        order_id=order_id,
        buyer_org_id=buyer_org_id,
        attempt=attempt,
        quote_id=quote_id,
        options=[
            an_option(lines, 1, quote_id=quote_id, variant=variant),
            an_option(lines, 2, quote_id=quote_id, variant=variant, promise_at=NOW + timedelta(days=25)),
        ],
        refusals=[a_reason()],
        offered_at=at,
        expires_at=at + holds_for,
    )


def a_reason(code: ReasonCode = ReasonCode.MOQ_NOT_MET) -> PlanReason:
    return PlanReason(
        code=code,
        step="can",
        capability="CAN_PRINT",
        plant_name="青浦罐业示范厂",
        line_id=derived_id("lin", "hidden"),
        facts={"batch_min": "200000", "asked": "16338"},
        relaxation=Relaxation(kind="quantity", to="200000", unit="can"),
    )


def a_refusal(
    *, order_id: str = ORDER_ID, buyer_org_id: str = BUYER, attempt: int = 1, at: datetime = NOW
) -> capacity.PlanRefused:
    return capacity.PlanRefused(
        order_id=order_id,
        buyer_org_id=buyer_org_id,
        attempt=attempt,
        reasons=[a_reason()],
        relaxation=Relaxation(kind="quantity", to="200000", unit="can"),
        refused_at=at,
    )


def a_confirmation(
    quote: capacity.QuoteOffered, number: int = 0, *, at: datetime | None = None
) -> capacity.QuoteConfirmed:
    option = quote.options[number]
    return capacity.QuoteConfirmed(
        order_id=quote.order_id,
        buyer_org_id=quote.buyer_org_id,
        quote_id=quote.quote_id,
        option=option,
        work_ids={one.process_id: derived_id("wrk", one.process_id) for one in option.steps},
        confirmed_at=at or quote.offered_at,
    )


def a_loss(quote: capacity.QuoteOffered, *, at: datetime | None = None) -> capacity.QuoteLost:
    return capacity.QuoteLost(
        order_id=quote.order_id,
        buyer_org_id=quote.buyer_org_id,
        quote_id=quote.quote_id,
        reasons=[a_reason(ReasonCode.HOLD_LOST)],
        lost_at=at or quote.offered_at,
    )


def a_plan_change(
    option: PlanOption,
    *,
    number: int = 1,
    order_id: str = ORDER_ID,
    buyer_org_id: str = BUYER,
    needs_answer: bool = True,
    cause: Literal["breakdown", "countered", "under_delivery"] = "breakdown",
    default_choice: ReplanChoice = "accept",
    at: datetime = NOW,
    later: timedelta = timedelta(days=3),
    dearer_fen: int = 10_000,
) -> capacity.PlanChanged:
    return capacity.PlanChanged(
        order_id=order_id,
        buyer_org_id=buyer_org_id,
        replan_id=derived_id("rpl", order_id, number),
        cause=cause,
        steps=option.steps,
        trips=option.trips,
        work_ids={one.process_id: derived_id("wrk", one.process_id, number) for one in option.steps},
        old_promise_at=option.promise_at,
        new_promise_at=option.promise_at + later,
        old_price_fen=option.price_fen,
        new_price_fen=option.price_fen + dearer_fen,
        needs_answer=needs_answer,
        default_choice=default_choice,
        answer_by=at + timedelta(days=2),
        changed_at=at,
        reasons=[a_reason(ReasonCode.CAPACITY_FULL)],
    )


def progress(
    step: PlannedStep,
    state: Literal["confirmed", "in_progress", "completed", "released", "blocked", "shipped", "cancelled"],
    *,
    good: int = 0,
    order_id: str = ORDER_ID,
    buyer_org_id: str = BUYER,
    at: datetime = NOW,
) -> capacity.WorkProgressed:
    return capacity.WorkProgressed(
        order_id=order_id,
        buyer_org_id=buyer_org_id,
        work_id=derived_id("wrk", step.process_id),
        process_id=step.process_id,
        state=state,
        good=good,
        scrap=0,
        rework=0,
        unit=step.unit,
        at=at,
    )


def a_shipment(
    step: PlannedStep,
    quantity: int,
    number: int = 1,
    *,
    order_id: str = ORDER_ID,
    buyer_org_id: str = BUYER,
    at: datetime = NOW,
) -> capacity.ShipmentDelivered:
    return capacity.ShipmentDelivered(
        order_id=order_id,
        buyer_org_id=buyer_org_id,
        delivery_id=derived_id("dlv", step.process_id, number),
        work_id=derived_id("wrk", step.process_id),
        process_id=step.process_id,
        quantity=quantity,
        unit=step.unit,
        lots=[derived_id("lot", step.process_id, number)],
        delivered_at=at,
    )


def demands(command: PlaceOrder) -> list[DemandLine]:
    return [one.demand for one in command.lines]


def resized(command: PlaceOrder, **changes: object) -> PlaceOrder:
    return replace(command, **changes)  # type: ignore[arg-type] # tests name real fields
