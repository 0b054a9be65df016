"""The platform's terms: what a change or a cancellation costs, and the limits of an order. Figures come from data."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.order.domain.situations import Running
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
class Terms:
    """*under_ppm*: a line is delivered when that little is lacking; *over_ppm*: more than that is not paid for."""

    cancellation: CancellationTerms
    change: ChangeTerms
    under_ppm: int
    over_ppm: int
    lines_max: int
    quantity_max: int
    horizon: timedelta
    attempts_max: int

    def is_enough(self, delivered: int, ordered: int) -> bool:
        """Whether *delivered* of *ordered* units counts as all: delivered >= ordered x (1 - under)."""
        return delivered * PPM >= ordered * (PPM - self.under_ppm)

    def payable(self, confirmed: int, ordered: int) -> int:
        """Units to pay for: what was confirmed, at most ordered x (1 + over), rounded down."""
        return min(confirmed, ordered * (PPM + self.over_ppm) // PPM)


def cancellation_fee_fen(running: Running, terms: CancellationTerms, at: datetime) -> int:
    """What cancelling a confirmed order at *at* costs: begun steps in full, near and far ones in part.

    Each step is rounded half up; trips that have not left cost nothing. Never more than the price agreed.
    """
    fee = 0
    for step in running.promise.steps:
        if running.has_begun(step.process_id):
            ppm = terms.started_ppm
        else:
            ppm = terms.fenced_ppm if step.starts_at - at <= terms.fence else terms.booked_ppm
        fee += half_up_div(step.price_fen * ppm, PPM)
    return min(fee, running.promise.price_fen)


def change_fee_fen(running: Running, terms: ChangeTerms, at: datetime) -> int:
    """What asking for a changed plan of a confirmed order costs, should the buyer accept it."""
    first_at = min((step.starts_at for step in running.promise.steps), default=running.promise.promise_at)
    ppm = terms.fenced_ppm if first_at - at <= terms.fence else terms.booked_ppm
    return max(terms.minimum_fen, half_up_div(running.promise.price_fen * ppm, PPM))
