"""Nobody holds a region for nothing: what one brand can do to another's earliest day by free quotes is little."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.capacity.domain.matching.rules import standard_rules
from services.order.packs.terms import terms
from shared.kernel.clock import instant_text
from shared.kernel.rounding import PPM
from tests.rival.market import BEGINS, Market, a_market

ORDERS = 60
DAYS_MOVED_MAX = standard_rules().held_window_days * standard_rules().held_share_ppm // PPM + 1
"""The share of a line that quotes of one brand hold, in days of its offered hours, and the day that is begun."""


@pytest.fixture
def market() -> Market:
    return a_market()


def cans(decoration: str, quantity: int, artwork: str) -> dict[str, Any]:
    options = {"artwork": artwork, "decoration": decoration}
    amount = {"value": str(quantity), "unit": "can"}
    return {
        "lines": [{"product": "can-330-sleek", "options": options, "quantity": amount}],
        "deliver_to": {"district": "420100", "address": "x"},
        "requested_by": instant_text(BEGINS + timedelta(days=19)),
    }


def earliest(market: Market, decoration: str) -> date:
    rival = market.brand(2)
    found = rival.get(f"/v1/inquiries/{rival.ask(cans(decoration, 8_000, 'mine'))}").get_json()
    return date.fromisoformat(found["earliest_promise_on"])


@pytest.mark.parametrize("decoration", ["digital", "sleeve"])
def test_free_quotes_of_one_brand_move_anothers_earliest_day_by_a_bounded_number(
    market: Market, decoration: str
) -> None:
    before, hoarder = earliest(market, decoration), market.brand(3)
    answers = [
        hoarder.send("POST", "/v1/orders", {**cans(decoration, 20_000, f"g{n}"), "reference": f"g{n}"})
        for n in range(ORDERS)
    ]
    states = [
        hoarder.get(f"/v1/orders/{one.get_json()['id']}").get_json()["state"]
        for one in answers
        if one.status_code == 201
    ]
    assert 0 < states.count("quoted") <= terms().unbooked_max
    assert states.count("quoted") < ORDERS
    assert 0 <= (earliest(market, decoration) - before).days <= DAYS_MOVED_MAX
    market.clock.advance(timedelta(minutes=31))
    assert (earliest(market, decoration) - before).days <= 1
