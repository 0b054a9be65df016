"""No rival can tell: a short run of `python -m tests.rival`, and a leak of each kind that it must find."""

import pytest

from tests.rival.difference import leaks
from tests.rival.market import Market, a_market
from tests.rival.planted import LEAKS
from tests.rival.worlds import a_world, in_both

FIRST, WORLDS, QUESTIONS = 100, 6, 3


@pytest.fixture(scope="module")
def market() -> Market:
    return a_market()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + WORLDS))
def test_a_brand_cannot_tell_what_another_has_ordered(market: Market, seed: int) -> None:
    assert list(leaks(*in_both(market, a_world(seed, QUESTIONS)))) == []


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_put_in_on_purpose_is_found(market: Market, leak: str) -> None:
    worlds = (a_world(seed, QUESTIONS) for seed in range(FIRST, FIRST + WORLDS))
    assert any(list(leaks(*in_both(market, world, LEAKS[leak]))) for world in worlds)
