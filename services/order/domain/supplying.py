"""Material the buyer brings (来料): is it enough, and what can be made of what came."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.order.domain.answering import check_answer
from services.order.domain.asking import planning_requested, resized
from services.order.domain.cancelling import end_parts
from services.order.domain.commands import AnswerReplan, ReportSupply
from services.order.domain.events import (
    SHORT_CHOICES,
    AnyOrderEvent,
    OrderChanged,
    ShortfallAnswered,
    SupplyArrived,
    SupplyFellShort,
)
from services.order.domain.refusals import Why
from services.order.domain.situations import Body, Order, Running, Shortfall
from services.order.domain.standing import standing_of
from services.order.domain.values import Makeable, OrderLine
from shared.contracts.explosion import explode
from shared.contracts.planning import PlannedStep, Supply, Variant
from shared.contracts.remaining import Part, part_of
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused
from shared.kernel.rounding import PPM, apportion


def need_of(variant: Variant, item: str, quantity: int) -> int:
    """Units of the buyer's *item* that *quantity* good units of *variant* need."""
    exploded = explode(variant.steps, quantity)
    return sum(one.quantity for one in exploded.needs if one.item == item and one.source == "buyer")


def eats(variant: Variant, item: str) -> bool:
    return any(one.item == item and one.source == "buyer" for step in variant.steps for one in step.inputs)


def check_supplies(lines: Sequence[OrderLine], supplies: Sequence[Supply], *, partial_ok: bool) -> None:
    """Raises Refused: SUPPLY_TWICE, SUPPLY_UNKNOWN, SUPPLY_SHORT.

    Short is what is less than the thriftiest variant of each line needs together; a buyer who takes a part of the
    order may bring less.
    """
    seen: set[str] = set()
    for index, supply in enumerate(supplies):
        if supply.item in seen:
            raise Refused(Why.SUPPLY_TWICE, pointer=f"/supplies/{index}/item", item=supply.item)
        seen.add(supply.item)
        needs = [
            min(need_of(one, supply.item, line.demand.quantity_net) for one in eating)
            for line in lines
            if (eating := [one for one in line.demand.variants if eats(one, supply.item)])
        ]
        if not needs:
            raise Refused(Why.SUPPLY_UNKNOWN, pointer=f"/supplies/{index}/item", item=supply.item)
        if sum(needs) > supply.quantity and not partial_ok:
            raise Refused(
                Why.SUPPLY_SHORT,
                pointer=f"/supplies/{index}/quantity",
                item=supply.item,
                needed=sum(needs),
                found=supply.quantity,
                unit=supply.unit,
            )


def makeable(variant: Variant, item: str, available: int, ordered: int) -> int:
    """The most good units, up to *ordered*, that *available* of *item* is enough for (need grows with quantity)."""
    low, high = 0, ordered
    while low < high:
        middle = (low + high + 1) // 2
        if need_of(variant, item, middle) <= available:
            low = middle
        else:
            high = middle - 1
    return low


def what_can_be_made(running: Running, item: str, available: int) -> list[Makeable]:
    """Per line that eats *item* in the booked plan: what its share of *available* makes.

    Shares follow what each line needs, by largest remainder, so that they add up to what there is.
    """
    chosen: Mapping[str, str] = {one.order_line_id: one.variant for one in running.promise.steps}
    eating = [
        (line, variant)
        for line in running.body.lines
        for variant in line.demand.variants
        if variant.code == chosen.get(line.demand.order_line_id) and eats(variant, item)
    ]
    if not eating:
        return []
    needs = [need_of(variant, item, line.demand.quantity_net) for line, variant in eating]
    shares = apportion(available, needs)
    return [
        Makeable(
            line.demand.order_line_id,
            makeable(variant, item, share, line.demand.quantity_net),
            line.demand.unit,
        )
        for (line, variant), share in zip(eating, shares, strict=True)
    ]


def report_supply(command: ReportSupply, order: Order) -> Sequence[AnyOrderEvent]:
    """Material arrived. Enough: noted. Short: less is planned when the buyer takes a part, else the buyer is asked."""
    if not isinstance(order, Running) or order.delivered_at is not None:
        raise Refused(Why.NOT_NOW, action="report_supply", state=standing_of(order, command.at))
    body = order.body
    announced = next((one for one in body.supplies if one.item == command.item), None)
    if announced is None:
        raise Refused(Why.SUPPLY_NOT_EXPECTED, pointer="/item", item=command.item)
    if command.unit != announced.unit:
        raise Refused(Why.SUPPLY_UNIT, pointer="/quantity/unit", expected=announced.unit, found=command.unit)
    if command.arrived_at > command.at:
        raise Refused(
            Why.DATE_FUTURE, pointer="/arrived_at", found=f"{command.arrived_at:%FT%TZ}", now=f"{command.at:%FT%TZ}"
        )
    total = body.arrived.get(command.item, 0) + command.quantity
    arrived = SupplyArrived(
        order_id=body.order_id,
        buyer_org_id=body.buyer_org_id,
        item=command.item,
        arrived=command.quantity,
        quantity=total,
        expected=announced.quantity,
        unit=announced.unit,
        arrived_at=command.arrived_at,
    )
    if total >= announced.quantity:
        return [arrived]
    made = what_can_be_made(order, command.item, total)
    if all(one.quantity >= _ordered(body, one.order_line_id) for one in made):
        return [arrived]  # less than announced, and still enough
    if _may_be_reduced(order, made) and order.attempt < command.terms.attempts_max:
        return [arrived, *_reduced(order, command, made, total)]
    return [arrived, _asked(order, command, announced, made, total)]


def _asked(
    order: Running, command: ReportSupply, announced: Supply, made: list[Makeable], total: int
) -> SupplyFellShort:
    """The question, open until the work that needs the material is to begin."""
    body, waiting = order.body, command.terms.waiting
    starts = [
        one.starts_at
        for one in order.promise.steps
        if not order.has_begun(one.process_id) and _step_eats(order, one, command.item)
    ]
    is_enough_to_begin = all(
        one.quantity * PPM >= order.wanted(one.order_line_id) * waiting.start_share_ppm for one in made
    )
    return SupplyFellShort(
        order_id=body.order_id,
        buyer_org_id=body.buyer_org_id,
        item=command.item,
        quantity=total,
        expected=announced.quantity,
        unit=announced.unit,
        makeable=made,
        asked_at=command.at,
        question_id=derived_id("rpl", body.order_id, command.item, total),
        answer_by=max(command.at + waiting.answer_least, min(starts, default=order.promise.promise_at)),
        default_choice="take_less" if is_enough_to_begin else "cancel",
    )


def _step_eats(order: Running, step: PlannedStep, item: str) -> bool:
    line = order.body.line(step.order_line_id)
    return line is not None and any(
        one.item == item and one.source == "buyer"
        for variant in line.demand.variants
        if variant.code == step.variant
        for recipe in variant.steps
        if recipe.step == step.step
        for one in recipe.inputs
    )


def parts_that_eat(order: Running, item: str) -> frozenset[Part]:
    """Parts of the booked plan that cannot be made without the buyer's *item*."""
    return frozenset(part_of(one) for one in order.promise.steps if _step_eats(order, one, item))


def answer_shortfall(command: AnswerReplan, order: Running, short: Shortfall) -> Sequence[AnyOrderEvent]:
    """As for a changed plan: the buyer's word until `answer_by`, from then on the stated default."""
    choice = check_answer(command, short.answer_by or command.at, short.default_choice, list(SHORT_CHOICES))
    body, by_default = order.body, command.choice is None
    answered = ShortfallAnswered(
        order_id=body.order_id,
        buyer_org_id=body.buyer_org_id,
        item=short.item,
        question_id=short.question_id,
        choice="cancel" if choice == "cancel" else "take_less",
        by_default=by_default,
        answered_at=command.at,
    )
    if choice != "cancel" or order.delivered_at is not None:
        return [answered]
    parts = parts_that_eat(order, short.item)
    return [
        answered,
        *end_parts(order, parts, why="short_supply", by_default=by_default, terms=command.terms, at=command.at),
    ]


def _ordered(body: Body, order_line_id: str) -> int:
    line = body.line(order_line_id)
    return 0 if line is None else line.demand.quantity_net


def _may_be_reduced(order: Running, made: Sequence[Makeable]) -> bool:
    """Without asking: the buyer takes a part, nothing has begun, and something of every line is left."""
    return order.body.limits.partial_ok and not order.is_in_production and all(one.quantity > 0 for one in made)


def _reduced(order: Running, command: ReportSupply, made: Sequence[Makeable], total: int) -> Sequence[AnyOrderEvent]:
    body = order.body.with_arrival(command.item, total)
    lines = resized(body.lines, {one.order_line_id: one.quantity for one in made})
    changed = OrderChanged(
        order_id=body.order_id,
        buyer_org_id=body.buyer_org_id,
        lines=list(lines),
        requested_by=body.requested_by,
        limits=body.limits,
        fee_fen=0,
        changed_at=command.at,
        automatic=True,
    )
    target = replace(body, lines=lines)
    attempt = order.attempt + 1
    return [changed, planning_requested(target, attempt, "short_supply", command.at, order.promise.quote_id)]
