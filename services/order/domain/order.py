"""The order aggregate: which command leads to which events, in which situation. `decide` only dispatches."""

from collections.abc import Sequence
from typing import assert_never

from services.order.domain import changing, delivering, judging, lapsing, placing, quoting, replanning, supplying
from services.order.domain.commands import (
    AcceptQuote,
    AnswerReplan,
    CancelOrder,
    ChangeOrder,
    CloseOrder,
    ConfirmDelivery,
    DisputeDelivery,
    LetLapse,
    OrderCommand,
    PlaceOrder,
    ReceiveConfirmation,
    ReceiveDelivery,
    ReceiveLoss,
    ReceivePlanChange,
    ReceivePlantAnswer,
    ReceiveProgress,
    ReceiveQuote,
    ReceiveRefusal,
    ReceiveVerdict,
    ReportSupply,
    RequestQuote,
)
from services.order.domain.events import AnyOrderEvent
from services.order.domain.evolution import evolve
from services.order.domain.refusals import Why
from services.order.domain.situations import Absent, Order
from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused


def decide(command: OrderCommand, order: Order) -> Sequence[AnyOrderEvent]:
    match command:
        case PlaceOrder():
            return placing.place(command, order)
        case (
            ReceiveQuote()
            | ReceiveRefusal()
            | ReceiveConfirmation()
            | ReceiveLoss()
            | ReceivePlantAnswer()
            | ReceivePlanChange()
            | ReceiveProgress()
            | ReceiveDelivery()
            | ReceiveVerdict()
        ):
            return [] if isinstance(order, Absent) else _told(command, order)
        case LetLapse():
            return lapsing.let_lapse(command, order)
        case _:
            if isinstance(order, Absent):
                raise Refused(Why.UNKNOWN_ORDER)
            return _asked(command, order)


def _asked(
    command: RequestQuote
    | AcceptQuote
    | ChangeOrder
    | CancelOrder
    | AnswerReplan
    | ReportSupply
    | ConfirmDelivery
    | DisputeDelivery
    | CloseOrder,
    order: Order,
) -> Sequence[AnyOrderEvent]:
    match command:
        case RequestQuote():
            return placing.request_quote(command, order)
        case AcceptQuote():
            return quoting.accept(command, order)
        case ChangeOrder():
            return changing.change(command, order)
        case CancelOrder():
            return changing.cancel(command, order)
        case AnswerReplan():
            return replanning.answer_replan(command, order)
        case ReportSupply():
            return supplying.report_supply(command, order)
        case ConfirmDelivery():
            return delivering.confirm_delivery(command, order)
        case DisputeDelivery():
            return delivering.dispute_delivery(command, order)
        case CloseOrder():
            return delivering.close(command, order)
        case _:
            assert_never(command)


def _told(
    command: ReceiveQuote
    | ReceiveRefusal
    | ReceiveConfirmation
    | ReceiveLoss
    | ReceivePlantAnswer
    | ReceivePlanChange
    | ReceiveProgress
    | ReceiveDelivery
    | ReceiveVerdict,
    order: Order,
) -> Sequence[AnyOrderEvent]:
    """Facts about an order: they are never refused, at most they say nothing new."""
    match command:
        case ReceiveQuote():
            return quoting.receive_quote(command, order)
        case ReceiveRefusal():
            return quoting.receive_refusal(command, order)
        case ReceiveConfirmation():
            return quoting.receive_confirmation(command, order)
        case ReceiveLoss():
            return quoting.receive_loss(command, order)
        case ReceivePlantAnswer():
            return quoting.receive_plant_answer(command, order)
        case ReceivePlanChange():
            return replanning.receive_plan_change(command, order)
        case ReceiveProgress():
            return delivering.receive_progress(command, order)
        case ReceiveDelivery():
            return delivering.receive_delivery(command, order)
        case ReceiveVerdict():
            return judging.receive_verdict(command, order)
        case _:
            assert_never(command)


ORDER: Decider[OrderCommand, Order, AnyOrderEvent] = Decider(initial=Absent(), decide=decide, evolve=evolve)


def stream_of(order_id: str) -> str:
    return f"order-{order_id}"
