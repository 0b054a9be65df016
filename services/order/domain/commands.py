"""What can be asked of an order. Time, ids, terms and snapshots arrive inside; the rule asks nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.order.domain.line_change import LineChange
from services.order.domain.terms import Terms
from services.order.domain.values import OrderLine, Window
from shared.contracts import capacity
from shared.contracts.planning import Limits, Place, ReplanChoice, Supply


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    order_id: str
    buyer_org_id: str
    reference: str
    lines: tuple[OrderLine, ...]
    deliver_to: Place
    requested_from: datetime | None
    requested_by: datetime
    limits: Limits
    supplies: tuple[Supply, ...]
    terms: Terms
    at: datetime
    made_from: str = ""
    same_reference: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestQuote:
    """Ask for a fresh quote: after one expired, after a refusal, or because the buyer wants another look."""

    terms: Terms
    at: datetime


@dataclass(frozen=True, slots=True)
class AcceptQuote:
    quote_id: str
    option_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """*quantities*: order line id -> base units, only lines that change; None: as it was. *agreed_fee_fen*: the fee
    the buyer was shown, None where none was. *window* replaces date and window together, where *requested_by* moves
    the end alone. *lines*: order line id -> what else changes of it.
    """

    quantities: Mapping[str, int]
    requested_by: datetime | None
    limits: Limits | None
    agreed_fee_fen: int | None
    terms: Terms
    at: datetime
    window: Window | None = None
    deliver_to: Place | None = None
    lines: Mapping[str, LineChange] = field(default_factory=dict)

    @property
    def line_changes(self) -> dict[str, LineChange]:
        """Everything that changes of a line, by its id."""
        counted = {line_id: LineChange(quantity=quantity) for line_id, quantity in self.quantities.items()}
        return {**counted, **self.lines}


@dataclass(frozen=True, slots=True)
class CancelOrder:
    agreed_fee_fen: int | None
    terms: Terms
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerReplan:
    """*choice* None: nobody answered until `answer_by`, and the default that the question states holds. *terms* say
    when what has come is enough.
    """

    replan_id: str
    choice: ReplanChoice | None
    at: datetime
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class ReportSupply:
    """*quantity* more units of *item* arrived."""

    item: str
    quantity: int
    unit: str
    arrived_at: datetime
    terms: Terms
    at: datetime


@dataclass(frozen=True, slots=True)
class ConfirmDelivery:
    """The receiving party found *quantity* in order; None: all of it. *by_default*: it said nothing until the end. *over_taken_by*: the terms by which what is
    beyond the tolerance is taken and paid for; None: it is not taken.
    """

    delivery_id: str
    quantity: int | None
    at: datetime
    over_taken_by: Terms | None = None
    by_default: bool = False


@dataclass(frozen=True, slots=True)
class DisputeDelivery:
    delivery_id: str
    grounds: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LetLapse:
    """Nobody said anything: whatever is due by *terms* at *at* takes its stated default."""

    terms: Terms
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """The buyer is content with what arrived, though it is less than ordered."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ReceiveQuote:
    fact: capacity.QuoteOffered


@dataclass(frozen=True, slots=True)
class ReceiveRefusal:
    fact: capacity.PlanRefused


@dataclass(frozen=True, slots=True)
class ReceiveConfirmation:
    fact: capacity.QuoteConfirmed


@dataclass(frozen=True, slots=True)
class ReceiveLoss:
    fact: capacity.QuoteLost


@dataclass(frozen=True, slots=True)
class ReceivePlantAnswer:
    fact: capacity.OfferAnswered


@dataclass(frozen=True, slots=True)
class ReceivePlanChange:
    fact: capacity.PlanChanged


@dataclass(frozen=True, slots=True)
class ReceiveProgress:
    fact: capacity.WorkProgressed
    terms: Terms


@dataclass(frozen=True, slots=True)
class ReceiveDelivery:
    fact: capacity.ShipmentDelivered
    terms: Terms


@dataclass(frozen=True, slots=True)
class ReceiveVerdict:
    """A lot judged anew, or a shipment counted anew."""

    fact: capacity.LotRejudged | capacity.ShipmentCorrected


BuyerCommand = (
    PlaceOrder
    | RequestQuote
    | AcceptQuote
    | ChangeOrder
    | CancelOrder
    | AnswerReplan
    | ReportSupply
    | ConfirmDelivery
    | DisputeDelivery
    | CloseOrder
)
Report = (
    ReceiveQuote
    | ReceiveRefusal
    | ReceiveConfirmation
    | ReceiveLoss
    | ReceivePlantAnswer
    | ReceivePlanChange
    | ReceiveProgress
    | ReceiveDelivery
    | ReceiveVerdict
)
OrderCommand = BuyerCommand | Report | LetLapse
