"""Situations of an order, each reached by the commands that lead to it."""

from dataclasses import dataclass, field

import pytest

from services.order.domain.commands import (
    AcceptQuote,
    PlaceOrder,
    ReceiveConfirmation,
    ReceiveQuote,
)
from services.order.domain.order import ORDER
from shared.contracts import capacity
from tests.support.order_world import NOW, a_confirmation, a_quote, demands, placing
from tests.support.stories import Story, given


@dataclass
class Situation:
    """A story with the quote it was given."""

    story: Story
    placed: PlaceOrder = field(default_factory=placing)

    @property
    def quote(self) -> capacity.QuoteOffered:
        return a_quote(demands(self.placed), variant="sleeve-small")


def placed_with(command: PlaceOrder) -> Situation:
    return Situation(given(ORDER).after(command), command)


def quoted_with(command: PlaceOrder) -> Situation:
    found = placed_with(command)
    return Situation(found.story.after(ReceiveQuote(found.quote)), command)


def accepted_with(command: PlaceOrder) -> Situation:
    found = quoted_with(command)
    option_id = found.quote.options[0].option_id
    return Situation(found.story.after(AcceptQuote(found.quote.quote_id, option_id, NOW)), command)


def confirmed_with(command: PlaceOrder) -> Situation:
    found = accepted_with(command)
    return Situation(found.story.after(ReceiveConfirmation(a_confirmation(found.quote))), command)


@pytest.fixture
def a_placed_order() -> Situation:
    return placed_with(placing())


@pytest.fixture
def a_quoted_order() -> Situation:
    return quoted_with(placing())


@pytest.fixture
def an_accepted_order() -> Situation:
    return accepted_with(placing())


@pytest.fixture
def a_confirmed_order() -> Situation:
    return confirmed_with(placing())
