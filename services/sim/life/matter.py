"""One order as its buyer keeps it in mind, and the buyer's deeds on it, each as its route does it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from services.order.domain.commands import (
    AcceptQuote,
    BuyerCommand,
    CancelOrder,
    ChangeOrder,
    RequestQuote,
)
from services.order.domain.situations import Quote
from services.order.handlers.ordering import Ordering
from services.sim.life.doors import order_of
from services.sim.life.world import Party
from services.sim.seams import Platform
from shared.contracts.planning import Limits, Place
from shared.kernel.refusal import Refused

Look = tuple[str, timedelta | None]
"""What was done in a few words, and how long to wait before the next look; None: nothing is left to do."""

_CHANGES = 0.08
_CANCELS = 0.04
_MOVES_ONE_IN = 14
_REPEATS_ONE_IN = 10
_ONE_IN = 12  # never answers a question: what then happens is what the question said


class Matter:
    """*will_change*, *will_cancel*, *will_move* (to another address), *will_repeat* (the order, once it is over): what the
    buyer will come to think of. *brought*: item -> times it came.
    """

    def __init__(self, me: Party, order_id: str, chance: Random) -> None:
        self.me, self.order_id = me, order_id
        self.never_answers = sum(order_id.encode()) % _ONE_IN == 0  # no draw: every other life goes on as it did
        self.will_change = chance.random() < _CHANGES
        self.will_cancel = chance.random() < _CANCELS
        self.will_move = sum(order_id.encode()) % _MOVES_ONE_IN == 0
        self.will_repeat = sum(order_id.encode()) % _REPEATS_ONE_IN == 0
        self.brought: dict[str, int] = {}
        self.plans = 0
        self.is_signed = False

    @staticmethod
    def ordering(platform: Platform) -> Ordering:
        return order_of(platform.house).handlers

    def do(self, platform: Platform, route: str, make: Callable[[datetime], BuyerCommand]) -> bool:
        """Whether the command took effect, as far as the buyer can tell."""
        by = self.me.principal
        done = platform.command(
            "order",
            by,
            route.format(order_id=self.order_id),
            lambda: self.ordering(platform).act(self.order_id, make(platform.now("order")), by),
        )
        return done is not None

    def ask_again(self, platform: Platform) -> bool:
        self.plans += 1
        terms = self.ordering(platform).terms
        return self.do(platform, "POST /v1/orders/{order_id}/quotes", lambda at: RequestQuote(terms, at))

    def accept(self, platform: Platform, quote: Quote, option_id: str) -> bool:
        quote_id = quote.quote_id
        return self.do(platform, f"POST /v1/quotes/{quote_id}/accept", lambda at: AcceptQuote(quote_id, option_id, at))

    def change(
        self,
        platform: Platform,
        *,
        quantities: Mapping[str, int] | None = None,
        requested_by: datetime | None = None,
        limits: Limits | None = None,
        deliver_to: Place | None = None,
        agrees: bool = True,
    ) -> str:
        """Look at the fee first and agree to it; a buyer in a hurry (*agrees* False) names none."""
        terms = self.ordering(platform).terms

        def command(fee_fen: int | None, at: datetime) -> ChangeOrder:
            return ChangeOrder(quantities or {}, requested_by, limits, fee_fen, terms, at, deliver_to=deliver_to)

        fee_fen: int | None = None
        if agrees:
            try:
                shown = command(None, platform.now("order"))
                fee_fen = self.ordering(platform).preview_change(self.order_id, shown, self.me.principal).fee_fen
            except Refused as no:
                return f"cannot change: {no.why}"
        done = self.do(platform, "POST /v1/orders/{order_id}/changes", lambda at: command(fee_fen, at))
        return f"changes for {fee_fen} fen" if done else "changes in vain"

    def cancel(self, platform: Platform, *, agrees: bool = True) -> str:
        """As for `change`."""
        terms, fee_fen = self.ordering(platform).terms, None
        if agrees:
            try:
                shown = CancelOrder(None, terms, platform.now("order"))
                fee_fen, _ = self.ordering(platform).preview_cancellation(self.order_id, shown, self.me.principal)
            except Refused as no:
                return f"cannot cancel: {no.why}"
        done = self.do(platform, "POST /v1/orders/{order_id}/cancellation", lambda at: CancelOrder(fee_fen, terms, at))
        return f"cancels for {fee_fen} fen" if done else "cancels in vain"


def option_of(quote: Quote, chance: Random) -> str:
    """The option a buyer takes: mostly the cheapest or the fastest."""
    ranked: Sequence[tuple[int, str]]
    if chance.random() < 0.5:
        ranked = sorted((one.price_fen, one.option_id) for one in quote.options)
    else:
        ranked = sorted((int(one.promise_at.timestamp()), one.option_id) for one in quote.options)
    return ranked[0][1] if chance.random() < 0.8 else chance.choice(ranked)[1]
