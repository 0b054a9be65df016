"""What a buyer does once its order is booked: brings material, answers, changes its mind, receives, disputes, signs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from services.order.domain.commands import (
    AnswerReplan,
    BuyerCommand,
    CloseOrder,
    ConfirmDelivery,
    DisputeDelivery,
    ReportSupply,
)
from services.order.domain.judging import blocked_in
from services.order.domain.situations import Delivery, Failure, Quote, Running, Shortfall
from services.sim.life.diary import hours
from services.sim.life.doors import entrusting
from services.sim.life.matter import Look, Matter, option_of
from services.sim.seams import Platform
from shared.contracts.planning import Supply


@dataclass(frozen=True, slots=True)
class Visit:
    """A look at a booked *order* at *now*."""

    matter: Matter
    platform: Platform
    chance: Random
    order: Running
    now: datetime

    def do(self, route: str, make: Callable[[datetime], BuyerCommand]) -> bool:
        return self.matter.do(self.platform, route, make)


_LATE_DAYS_MAX = 12  # beyond the promise, after which a buyer is content with what came, or cancels


def next_while_running(matter: Matter, platform: Platform, chance: Random, order: Running) -> Look:
    """The most urgent thing first; one thing a look."""
    now = platform.now()
    visit = Visit(matter, platform, chance, order, now)
    for deed in (_answer, _make_up, _bring, _revise, _think_again, _receive, _sign, _wind_up):
        words = deed(visit)
        if words:
            return words, hours(chance, 0.5, 6)
    due = [one.arrives_at for one in order.body.supplies if one.item not in matter.brought]
    return "waits", min([hours(chance, 10, 30), *(max(one - now, timedelta(minutes=5)) for one in due)])


def is_still_coming(order: Running) -> bool:
    """Whether goods of a cancelled order are to be judged, or may still come."""
    waits = any(one.confirmed is None for one in order.deliveries.values())
    return waits or any(one.state in {"in_progress", "completed", "released"} for one in order.work.values())


def receive_the_rest(matter: Matter, platform: Platform, chance: Random, order: Running) -> Look:
    """A cancelled order: what had begun comes all the same."""
    words = _receive(Visit(matter, platform, chance, order, platform.now()))
    return words or "waits for what had begun", hours(chance, 10, 30)


def _answer(visit: Visit) -> str:
    """A replan question is answered by most, and left to its default by some; a few never answer any."""
    asked = visit.order.asked
    if asked is None or visit.matter.never_answers or visit.now >= asked.answer_by or visit.chance.random() < 0.4:
        return ""
    others = [one for one in asked.choices if one != "accept"]
    choice = "accept" if visit.chance.random() < 0.8 or not others else visit.chance.choice(others)
    visit.do(
        f"POST /v1/orders/{{order_id}}/replans/{asked.replan_id}/answer",
        lambda at: AnswerReplan(asked.replan_id, choice, at=at),
    )
    return f"answers a replan: {choice}"


def _make_up(visit: Visit) -> str:
    """Material came short: bring the rest, want less, or wait."""
    short = next(iter(visit.order.shortfalls.values()), None)
    if short is None or visit.matter.brought.get(short.item, 0) > 3 or visit.order.delivered_at is not None:
        return ""
    if visit.chance.random() < 0.3 and visit.order.revision is None and not visit.order.is_in_production:
        quantities = {one.order_line_id: one.quantity for one in short.makeable if one.quantity > 0}
        return f"wants less: {visit.matter.change(visit.platform, quantities=quantities)}" if quantities else ""
    if visit.chance.random() < 0.7:
        return _rest(visit, short)
    return ""


def _rest(visit: Visit, short: Shortfall) -> str:
    missing = short.expected - short.quantity
    return _brought(visit, short.item, missing, short.unit) if missing > 0 else ""


def _bring(visit: Visit) -> str:
    """Announced material comes at its time: whole, in two parts, or short."""
    for supply in visit.order.body.supplies:
        if supply.arrives_at > visit.now or supply.item in visit.matter.brought or visit.order.delivered_at is not None:
            continue
        return _brought(visit, supply.item, _portion(supply, visit.chance), supply.unit)
    return ""


def _portion(supply: Supply, chance: Random) -> int:
    lot = chance.random()
    if lot < 0.7:
        return supply.quantity
    return max(1, supply.quantity * (chance.randint(40, 60) if lot < 0.85 else chance.randint(60, 99)) // 100)


def _brought(visit: Visit, item: str, quantity: int, unit: str) -> str:
    terms = visit.matter.ordering(visit.platform).terms
    visit.matter.brought[item] = visit.matter.brought.get(item, 0) + 1
    done = visit.do(
        "POST /v1/orders/{order_id}/supplies",
        lambda at: ReportSupply(item, quantity, unit, min(visit.now, at), terms, at),
    )
    return f"brings {quantity} {unit} {item}" if done else f"brings {item} in vain"


def _revise(visit: Visit) -> str:
    """The new plan of a change: accepted while its quote is open, asked for again a few times."""
    if visit.order.revision is None:
        return ""
    match visit.order.revision.answer:
        case Quote() as quote if quote.is_open(visit.now) and visit.chance.random() < 0.9:
            visit.matter.accept(visit.platform, quote, option_of(quote, visit.chance))
            return "accepts the changed plan"
        case Quote() | Failure() if visit.matter.plans < 4:
            visit.matter.ask_again(visit.platform)
            return "asks for another plan of its change"
        case _:
            return ""


def _think_again(visit: Visit) -> str:
    """Some change or cancel after all."""
    if visit.matter.will_change and visit.order.revision is None and visit.chance.random() < 0.5:
        visit.matter.will_change = False
        agrees = visit.chance.random() < 0.85
        if visit.chance.random() < 0.6:
            line = visit.chance.choice(visit.order.body.lines).demand
            quantity = max(1, line.quantity_net * visit.chance.randint(60, 130) // 100)
            return visit.matter.change(visit.platform, quantities={line.order_line_id: quantity}, agrees=agrees)
        later = visit.order.body.requested_by + timedelta(days=visit.chance.randint(1, 10))
        return visit.matter.change(visit.platform, requested_by=later, agrees=agrees)
    if visit.matter.will_cancel and visit.chance.random() < 0.3:
        visit.matter.will_cancel = False
        return visit.matter.cancel(visit.platform, agrees=visit.chance.random() < 0.85)
    return ""


def _receive(visit: Visit) -> str:
    """What arrived is confirmed, mostly whole; some of it is disputed first."""
    waiting = next((one for one in visit.order.deliveries.values() if one.confirmed is None), None)
    if waiting is None:
        return ""
    is_bad = blocked_in(visit.order, waiting) > 0
    if not waiting.grounds and visit.chance.random() < (0.7 if is_bad else 0.08):
        return _dispute(visit, waiting)
    if is_bad and visit.chance.random() < 0.8:
        return ""
    whole = visit.chance.random() < 0.9
    quantity = None if whole else waiting.quantity * visit.chance.randint(90, 100) // 100
    visit.do(
        f"POST /v1/deliveries/{waiting.delivery_id}/confirm",
        lambda at: ConfirmDelivery(waiting.delivery_id, quantity, at),
    )
    return "confirms a delivery" if whole else "confirms a part of a delivery"


def _dispute(visit: Visit, delivery: Delivery) -> str:
    visit.do(
        f"POST /v1/deliveries/{delivery.delivery_id}/dispute",
        lambda at: DisputeDelivery(delivery.delivery_id, "破损", at),
    )
    return "disputes a delivery"


def _sign(visit: Visit) -> str:
    """The report of entrusted production, once, for drinks."""
    if (
        visit.matter.is_signed
        or all(one.kind != "drink" for one in visit.order.body.lines)
        or visit.chance.random() < 0.5
    ):
        return ""
    visit.matter.is_signed, by = True, visit.matter.me.principal
    done = visit.platform.command(
        "order",
        by,
        f"POST /v1/orders/{visit.matter.order_id}/entrusted-production-report/signatures",
        lambda: entrusting(visit.platform.house).sign(visit.matter.order_id, "", by, visit.platform.now("order")),
    )
    return "signs the report of entrusted production" if done else "cannot sign"


def _wind_up(visit: Visit) -> str:
    """Long after the promise: content with what came, or done with it."""
    if visit.now < visit.order.promise.promise_at + timedelta(days=_LATE_DAYS_MAX):
        return ""
    if visit.order.deliveries:
        visit.do("POST /v1/orders/{order_id}/close", CloseOrder)
        return "closes with what came"
    return visit.matter.cancel(visit.platform)
