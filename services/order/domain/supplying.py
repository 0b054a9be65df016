"""Material the buyer brings (来料): is it enough, and what can be made of what came."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.order.domain.asking import planning_requested, resized
from services.order.domain.commands import ReportSupply
from services.order.domain.events import AnyOrderEvent, OrderChanged, SupplyArrived, SupplyFellShort
from services.order.domain.refusals import Why
from services.order.domain.situations import Body, Order, Running
from services.order.domain.standing import standing_of
from services.order.domain.values import Makeable, OrderLine
from shared.contracts.explosion import explode
from shared.contracts.planning import Supply, Variant
from shared.kernel.refusal import Refused
from shared.kernel.rounding import apportion


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
    return [
        arrived,
        SupplyFellShort(
            order_id=body.order_id,
            buyer_org_id=body.buyer_org_id,
            item=command.item,
            quantity=total,
            expected=announced.quantity,
            unit=announced.unit,
            makeable=made,
            asked_at=command.at,
        ),
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
    )
    target = replace(body, lines=lines)
    attempt = order.attempt + 1
    return [changed, planning_requested(target, attempt, "short_supply", command.at, order.promise.quote_id)]
