"""What can happen to an inquiry: asked, and answered. Nothing is reserved by either."""

from datetime import datetime

from services.order.domain.values import OrderLine
from shared.contracts.planning import Limits, Place, PlanOption, Supply
from shared.contracts.reasons import PlanReason, Relaxation
from shared.kernel.event import Event


class InquiryMade(Event, frozen=True, omit_defaults=True):
    """*waits*: another of its buyer's is being planned; it is put to planning by `InquirySent`. *preview_of*: the order
    whose change it asks about, "" for a question of its own.
    """

    inquiry_id: str
    buyer_org_id: str
    lines: list[OrderLine]
    deliver_to: Place
    earliest_start_at: datetime
    requested_by: datetime
    limits: Limits
    supplies: list[Supply]
    made_at: datetime
    requested_from: datetime | None = None
    waits: bool = False
    preview_of: str = ""


class InquirySent(Event, frozen=True):
    """Its turn has come. *made*: what was asked, so that publishing needs this event alone."""

    inquiry_id: str
    buyer_org_id: str
    made: InquiryMade
    sent_at: datetime


class InquiryAnswered(Event, frozen=True, omit_defaults=True):
    """*options* empty: nobody could; *refusals* say why, *relaxation* what would help. *earliest_at*: the end of the day
    on which the goods could come at the soonest, by whatever way.
    """

    inquiry_id: str
    buyer_org_id: str
    options: list[PlanOption]
    refusals: list[PlanReason]
    relaxation: Relaxation | None
    answered_at: datetime
    earliest_at: datetime | None = None
