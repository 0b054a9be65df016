"""A plant's own rules answer for it only where all conditions of one rule hold together."""

import pytest

from services.capacity.domain.offers import accepts_at_once
from services.capacity.domain.values import AutoAcceptRule
from tests.support.work_histories import offer

OFFER = offer()  # 1,000 printed sheets for 500.00 CNY, ten hours ahead
EXACT = AutoAcceptRule(["PRINT_SHEET"], 1_000, 50_000, 10)
STRICTER = [
    AutoAcceptRule(["PRINT_CAN"], 1_000, 50_000, 10),
    AutoAcceptRule(["PRINT_SHEET"], 999, 50_000, 10),
    AutoAcceptRule(["PRINT_SHEET"], 1_000, 50_001, 10),
    AutoAcceptRule(["PRINT_SHEET"], 1_000, 50_000, 11),
]


def test_bounds_are_included_and_what_is_not_set_bounds_nothing() -> None:
    assert accepts_at_once([EXACT], OFFER)
    assert accepts_at_once([AutoAcceptRule([], 0, 0, 0)], OFFER)
    assert not accepts_at_once([], OFFER)


@pytest.mark.parametrize("rule", STRICTER)
def test_one_condition_that_fails_leaves_the_answer_to_the_plant(rule: AutoAcceptRule) -> None:
    assert not accepts_at_once([rule], OFFER)
    assert accepts_at_once([rule, EXACT], OFFER)


def test_no_two_rules_are_mixed() -> None:
    assert not accepts_at_once(STRICTER, OFFER)
