"""What the buyer can do with an order now, action by action: each is asked of the rule that would decide it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from services.order.domain.asking import check_attempts
from services.order.domain.changing import cancellation_fee, preview_change
from services.order.domain.commands import (
    AcceptQuote,
    AnswerReplan,
    CancelOrder,
    ChangeOrder,
    CloseOrder,
    ConfirmDelivery,
    DisputeDelivery,
    OrderCommand,
    ReportSupply,
    RequestQuote,
)
from services.order.domain.order import ORDER
from services.order.domain.refusals import Why
from services.order.domain.situations import Absent, Cancelled, Closed, Delivery, Order, Running
from services.order.domain.standing import open_quote, standing_of
from services.order.domain.terms import Terms, change_fee_fen
from shared.kernel.acting import Note, names, refusal_of
from shared.kernel.refusal import Refused


def actions(order: Order, at: datetime, terms: Terms) -> list[str]:
    """What the buyer can do at *at*, in the words of the API."""
    return names(notes(order, at, terms))


def notes(order: Order, at: datetime, terms: Terms) -> list[Note]:
    """Every action there is, and whether the rule would let it pass at *at*; none for an order that is over."""
    found = [ask(order, at, terms) for ask in _ASKED]
    is_over = isinstance(order, Absent | Cancelled | Closed) and not any(one.is_allowed for one in found)
    return [] if is_over else found


def delivery_notes(order: Order, delivery: Delivery, at: datetime) -> list[Note]:
    """What its receiver can do with one delivery."""
    confirm = ConfirmDelivery(delivery.delivery_id, None, at)
    dispute = DisputeDelivery(delivery.delivery_id, "?", at)
    return [Note("confirm", _refusal(order, confirm)), Note("dispute", _refusal(order, dispute), ("grounds",))]


def quote_notes(order: Order, quote_id: str, at: datetime) -> list[Note]:
    """What its buyer can do with one quote."""
    quote = open_quote(order, at)
    if quote is None or quote.quote_id != quote_id:
        return [Note("accept", Refused(Why.QUOTE_OUTDATED, quote_id=quote_id))]
    return [_accept(order, at)]


def _refusal(order: Order, command: OrderCommand) -> Refused | None:
    return refusal_of(lambda: ORDER.decide(command, order))


def _answer(order: Order, at: datetime, _: Terms) -> Note:
    """A question about the plan, or about material that came short: either is answered alike."""
    found = [
        Note("answer_replan", _refusal(order, answer), ("choice",), answer_by)
        for answer, answer_by in _questions(order, at)
    ]
    if not found:
        return Note("answer_replan", _not_now("answer_replan", order, at))
    return next((one for one in found if one.is_allowed), found[0])


def _questions(order: Order, at: datetime) -> Iterator[tuple[AnswerReplan, datetime]]:
    if not isinstance(order, Running):
        return
    if order.asked is not None:
        yield AnswerReplan(order.asked.replan_id, order.asked.default_choice, at), order.asked.answer_by
    for one in order.shortfalls.values():
        if one.question_id and one.answer_by is not None:
            yield AnswerReplan(one.question_id, one.default_choice, at), one.answer_by


def _accept(order: Order, at: datetime, _: Terms | None = None) -> Note:
    quote = open_quote(order, at)
    if quote is None:
        return Note("accept", _not_now("accept", order, at))
    accept = AcceptQuote(quote.quote_id, quote.options[0].option_id, at)
    return Note("accept", _refusal(order, accept), ("option_id",), quote.expires_at)


def _requote(order: Order, at: datetime, terms: Terms) -> Note:
    return Note("requote", _refusal(order, RequestQuote(terms, at)))


def _change(order: Order, at: datetime, terms: Terms) -> Note:
    """A change that changes nothing is refused for that alone, once nothing else stands against it."""

    def changed() -> None:
        nothing = ChangeOrder({}, None, None, None, terms, at)
        refused = refusal_of(lambda: preview_change(nothing, order))
        if refused is not None and refused.why is not Why.NOTHING_CHANGED:
            raise refused
        check_attempts(order.attempt if isinstance(order, Running) else _attempt(order), terms)

    refused = refusal_of(changed)
    costs = isinstance(order, Running) and refused is None and change_fee_fen(order, terms.change, at) > 0
    return Note("change", refused, ("agreed_fee",) if costs else ())


def _attempt(order: Order) -> int:
    return 0 if isinstance(order, Absent | Closed) else order.body.attempt


def _report(order: Order, at: datetime, terms: Terms) -> Note:
    supplies = order.body.supplies if isinstance(order, Running) else ()
    if not supplies:
        return Note("report_supply", _not_now("report_supply", order, at))
    report = ReportSupply(supplies[0].item, 1, supplies[0].unit, at, terms, at)
    return Note("report_supply", _refusal(order, report), ("item", "quantity"))


def _of_deliveries(action: str, which: int) -> "Ask":
    def ask(order: Order, at: datetime, _: Terms) -> Note:
        waiting = _deliveries(order)
        found = [delivery_notes(order, one, at)[which] for one in waiting]
        if not found:
            return Note(action, _not_now(action, order, at))
        return Note(action, next((None for one in found if one.is_allowed), found[0].refused), ("delivery_id",))

    return ask


def _deliveries(order: Order) -> Sequence[Delivery]:
    running = order if isinstance(order, Running) else order.running if isinstance(order, Cancelled | Closed) else None
    return [] if running is None else list(running.deliveries.values())


def _close(order: Order, at: datetime, _: Terms) -> Note:
    return Note("close", _refusal(order, CloseOrder(at)))


def _cancel(order: Order, at: datetime, terms: Terms) -> Note:
    cancel = CancelOrder(None, terms, at)
    refused = refusal_of(lambda: cancellation_fee(cancel, order))
    costs = refused is None and cancellation_fee(cancel, order) > 0
    return Note("cancel", refused, ("agreed_fee",) if costs else ())


def _not_now(action: str, order: Order, at: datetime) -> Refused:
    return Refused(Why.NOT_NOW, action=action, state=standing_of(order, at))


Ask = Callable[[Order, datetime, Terms], Note]
_ASKED: Sequence[Ask] = (
    _answer,
    _accept,
    _requote,
    _change,
    _report,
    _of_deliveries("confirm_delivery", 0),
    _of_deliveries("dispute_delivery", 1),
    _close,
    _cancel,
)

PERMISSIONS: Mapping[str, str] = {
    "answer_replan": "order:accept",
    "accept": "order:accept",
    "requote": "order:place",
    "change": "order:change",
    "report_supply": "order:change",
    "confirm_delivery": "delivery:confirm",
    "confirm": "delivery:confirm",
    "dispute_delivery": "delivery:confirm",
    "dispute": "delivery:confirm",
    "close": "delivery:confirm",
    "cancel": "order:cancel",
}
"""Action -> the permission its route asks for."""
