"""How a buyer sees one order through: what it does in each situation, from placing to closing."""

from datetime import timedelta
from random import Random
from typing import assert_never

from services.order.domain.situations import (
    Absent,
    Accepted,
    Cancelled,
    Closed,
    Planning,
    Quoted,
    Running,
    Unplannable,
)
from services.sim.life.diary import hours, minutes
from services.sim.life.matter import Look, Matter, option_of
from services.sim.life.receiving import is_still_coming, next_while_running, receive_the_rest
from services.sim.seams import Platform
from shared.contracts.planning import Limits, Place
from shared.kernel.refusal import Refused

_LETS_PASS = 0.10  # of quotes
ELSEWHERE = Place("421100", "新仓库")  # where a brand moves its goods to
_PLANS_MAX = 5  # asked for before the buyer gives an order up


def look_after(matter: Matter, platform: Platform, chance: Random) -> Look:
    """See how the order stands and do what is due."""
    try:
        order = matter.ordering(platform).find(matter.order_id, matter.me.principal).state
    except Refused:
        return f"{matter.order_id} never was", None
    match order:
        case Cancelled(running=Running() as running) if is_still_coming(running):
            return receive_the_rest(matter, platform, chance, running)
        case Absent() | Cancelled() | Closed():
            return f"{matter.order_id} is over", None
        case Planning() | Accepted():
            return _wait(matter, platform, chance)
        case Unplannable():
            return _unplannable(matter, platform, chance, order)
        case Quoted():
            return _quoted(matter, platform, chance, order)
        case Running():
            return next_while_running(matter, platform, chance, order)
        case _:
            assert_never(order)


def _wait(matter: Matter, platform: Platform, chance: Random) -> Look:
    """Some cannot wait for an answer and change or cancel before it comes."""
    if matter.will_cancel and chance.random() < 0.1:
        return matter.cancel(platform), hours(chance, 1, 4)
    return "waits", minutes(chance, 5, 40)


def _unplannable(matter: Matter, platform: Platform, chance: Random, order: Unplannable) -> Look:
    """Do what the platform says would help, else ask later, else give up."""
    if matter.plans >= _PLANS_MAX:
        return matter.cancel(platform), hours(chance, 1, 4)
    matter.plans += 1
    better, body = order.failure.relaxation, order.body
    line = body.lines[0].demand
    match "" if better is None or chance.random() < 0.2 else better.kind:
        case "quantity" if better is not None and better.to.isdigit():
            words = matter.change(platform, quantities={line.order_line_id: int(better.to)})
        case "date":
            words = matter.change(platform, requested_by=body.requested_by + timedelta(days=chance.randint(3, 15)))
        case "price" | "plants":
            words = matter.change(platform, limits=Limits(partial_ok=True))
        case _ if chance.random() < 0.5:
            matter.ask_again(platform)
            words = "asks again"
        case _:
            quantity = max(1, line.quantity_net * chance.choice([2, 4, 8, 1]) // 2)
            words = matter.change(platform, quantities={line.order_line_id: quantity})
    return f"had no plan and {words}", minutes(chance, 10, 60)


def _quoted(matter: Matter, platform: Platform, chance: Random, order: Quoted) -> Look:
    quote = order.quote
    if not quote.is_open(platform.now()):
        return _expired(matter, platform, chance, order)
    if matter.will_move:
        matter.will_move = False
        return f"moves and {matter.change(platform, deliver_to=ELSEWHERE)}", timedelta(minutes=10)
    if matter.will_change and chance.random() < 0.4:
        matter.will_change = False
        line = chance.choice(order.body.lines).demand
        quantity = max(1, line.quantity_net * chance.randint(50, 150) // 100)
        return matter.change(platform, quantities={line.order_line_id: quantity}), minutes(chance, 2, 20)
    if matter.will_cancel and chance.random() < 0.4:
        matter.will_cancel = False
        return matter.cancel(platform), hours(chance, 1, 4)
    lot = chance.random()
    if lot < _LETS_PASS:
        return "lets a quote pass", minutes(chance, 30, 200)
    if lot < _LETS_PASS + 0.04 and matter.plans < _PLANS_MAX:
        matter.ask_again(platform)
        return "asks for another quote", minutes(chance, 2, 20)
    matter.accept(platform, quote, option_of(quote, chance))
    return "accepts", minutes(chance, 5, 60)


def _expired(matter: Matter, platform: Platform, chance: Random, order: Quoted) -> Look:
    """Ask afresh, try the old quote all the same, or give up."""
    if matter.plans >= _PLANS_MAX:
        return matter.cancel(platform), hours(chance, 1, 4)
    if chance.random() < 0.3:
        matter.plans += 1
        matter.accept(platform, order.quote, option_of(order.quote, chance))
        return "accepts an expired quote", minutes(chance, 2, 20)
    matter.ask_again(platform)
    return "asks afresh", minutes(chance, 2, 20)
