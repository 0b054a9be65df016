"""The platform's terms: what a change or a cancellation costs, and the limits of an order. Figures come from data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.order.domain.situations import Running
from shared.contracts.planning import PlannedStep
from shared.contracts.remaining import part_of
from shared.kernel.rounding import PPM, half_up_div


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """Parts per million of a step's price: booked, beginning within *fence*, begun."""

    booked_ppm: int
    fenced_ppm: int
    started_ppm: int
    fence: timedelta


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """Parts per million of the agreed price, at least *minimum_fen*; more once the first step is within *fence*."""

    booked_ppm: int
    fenced_ppm: int
    minimum_fen: int
    fence: timedelta


@dataclass(frozen=True, slots=True)
class InquiryTerms:
    """What one buyer may ask without obligation: so many a local day, so many lines in one, so much planning at once and
    made up for in an hour (variants of all lines x weeks), so many waiting for their turn. *retry_seconds*: when a full queue is tried again;
    *answer_minutes_max*: after so long an inquiry under way is taken for lost and holds up no other.
    """

    a_day_max: int
    lines_max: int
    cost_at_once: int
    cost_an_hour: int
    waiting_max: int
    retry_seconds: int
    answer_minutes_max: int


@dataclass(frozen=True, slots=True)
class WaitingTerms:
    """How long an order waits for a word. *unbooked*: after the goods were wanted; *overdue*: after they were promised;
    *receipt*, *dispute*: after goods came or were disputed; *answer_least*: what a buyer always has to answer.
    *start_share_ppm*: the share of the material with which work is begun.
    """

    unbooked: timedelta
    overdue: timedelta
    receipt: timedelta
    dispute: timedelta
    answer_least: timedelta
    start_share_ppm: int


@dataclass(frozen=True, slots=True)
class Terms:
    """*under_ppm*: a line is delivered when that little is lacking; *over_ppm*: more than that is not paid for."""

    cancellation: CancellationTerms
    change: ChangeTerms
    waiting: WaitingTerms
    under_ppm: int
    over_ppm: int
    lines_max: int
    quantity_max: int
    horizon: timedelta
    attempts_max: int
    unbooked_max: int
    inquiries: InquiryTerms

    def is_enough(self, delivered: int, ordered: int) -> bool:
        """Whether *delivered* of *ordered* units counts as all: delivered >= ordered x (1 - under)."""
        return delivered * PPM >= ordered * (PPM - self.under_ppm)

    def payable(self, confirmed: int, ordered: int) -> int:
        """Units to pay for: what was confirmed, at most ordered x (1 + over), rounded down."""
        return min(confirmed, ordered * (PPM + self.over_ppm) // PPM)


FeeWhy = Literal["booked", "near", "begun", "broken", "made"]


@dataclass(frozen=True, slots=True)
class FeeRow:
    """What cancelling costs for one step: *why* is booked, near (within the fence), begun, broken (an open question is
    about it: its promise is broken by the other side) or made (its part is made to the end and paid as it comes).
    """

    step: PlannedStep
    why: FeeWhy
    fee_fen: int


def cancellation_rows(running: Running, terms: CancellationTerms, at: datetime) -> list[FeeRow]:
    """The fee of each step: begun ones in full, near and far ones in part, each rounded half up; none for what still
    comes, since it is paid as goods, and none where a question to the buyer is open.
    """
    rows, made, broken = [], running.parts_going_on, running.parts_asked_about
    for step in running.promise.steps:
        why: FeeWhy
        if part_of(step) in made:
            why, ppm = "made", 0
        elif part_of(step) in broken:
            why, ppm = "broken", 0
        elif running.has_begun(step.process_id):
            why, ppm = "begun", terms.started_ppm
        elif step.starts_at - at <= terms.fence:
            why, ppm = "near", terms.fenced_ppm
        else:
            why, ppm = "booked", terms.booked_ppm
        rows.append(FeeRow(step, why, half_up_div(step.price_fen * ppm, PPM)))
    return rows


def cancellation_fee_fen(running: Running, terms: CancellationTerms, at: datetime) -> int:
    """What cancelling a confirmed order at *at* costs: the sum of its steps, never more than the price agreed.

    Trips that have not left cost nothing.
    """
    return min(sum(one.fee_fen for one in cancellation_rows(running, terms, at)), running.promise.price_fen)


def change_fee_fen(running: Running, terms: ChangeTerms, at: datetime) -> int:
    """What asking for a changed plan of a confirmed order costs, should the buyer accept it."""
    first_at = min((step.starts_at for step in running.promise.steps), default=running.promise.promise_at)
    ppm = terms.fenced_ppm if first_at - at <= terms.fence else terms.booked_ppm
    return max(terms.minimum_fen, half_up_div(running.promise.price_fen * ppm, PPM))
