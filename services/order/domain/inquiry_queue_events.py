"""What can happen to one buyer's queue of inquiries: one joins it, and one leaves it answered so that the next is sent."""

from datetime import datetime

from shared.kernel.event import Event


class InquiryQueued(Event, frozen=True):
    """*spent*: what this buyer's questions cost that time has not made up for yet, this one's included. *is_sent*: it
    need not wait for another of this buyer's.
    """

    inquiry_id: str
    buyer_org_id: str
    spent: int
    is_sent: bool
    queued_at: datetime


class InquiryDequeued(Event, frozen=True):
    """It was answered. *next_inquiry_id* "": none waits, or another is still being planned."""

    inquiry_id: str
    buyer_org_id: str
    next_inquiry_id: str
    left_at: datetime
