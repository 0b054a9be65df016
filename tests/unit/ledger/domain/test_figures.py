"""Indicators are exact quotients of summed elements; without a denominator they are nothing, and say why."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ledger.domain.accounts import BUSY, Account, UnitAccount
from services.ledger.domain.figures import Sums, decimal_text, element_value, elements, indicators, ratio

seconds = st.integers(0, 10**7)


def sums(**time: int) -> Sums:
    found = Sums()
    for account, amount in time.items():
        found.add_time(Account(account), "org_a" if account in {"apt", "aust", "adet"} else "", amount, "org_own")
    return found


@pytest.mark.parametrize("code", list(indicators()))
def test_nothing_recorded_gives_null_with_a_reason_and_never_zero(code: str) -> None:
    found = ratio(indicators()[code], Sums())
    assert found.value is None
    assert found.reason == "zero_denominator"


def test_quantities_in_different_units_are_never_added() -> None:
    found = sums(apt=3600, available=3600)
    found.add_units("can", 96_000, UnitAccount.RELEASED, 48_000)
    found.add_units("bottle", 24_000, UnitAccount.RELEASED, 6_000)
    assert ratio(indicators()["quality_ratio"], found).reason == "units_mixed"
    assert ratio(indicators()["oee"], found).value == "0.375000"  # ideal times add: 1,800 s + 900 s of 7,200 s


def test_without_a_registered_rate_there_is_no_effectiveness() -> None:
    found = sums(apt=3600)
    found.add_units("can", 0, UnitAccount.GOOD, 1)
    assert ratio(indicators()["effectiveness"], found).reason == "ideal_rate_missing"
    assert ratio(indicators()["availability"], found).value == "1.000000"


def test_effectiveness_above_one_is_shown_and_not_cut() -> None:
    found = sums(apt=3600)
    found.add_units("can", 1000, UnitAccount.GOOD, 1500)
    assert ratio(indicators()["effectiveness"], found).value == "1.500000"


def test_the_owner_is_no_third_party_and_no_client() -> None:
    found = Sums()
    found.add_time(Account.APT, "org_own", 100, "org_own")
    found.add_time(Account.APT, "org_a", 50, "org_own")
    found.add_time(Account.COMMITTED, "org_b", 50, "org_own")
    assert (found.third_party_busy, found.clients) == (50, {"org_a"})
    assert ratio(indicators()["sharing_ratio"], found).value == "0.333333"


@given(st.fixed_dictionaries({account.value: seconds for account in Account if account is not Account.CALENDAR}))
def test_the_elements_keep_the_identities_of_the_standard(time: dict[str, int]) -> None:
    found = sums(**time)
    value = {code: element_value(one, found) for code, one in elements().items()}
    overrun = {base: sum(time[f"overrun_{base}_{use}"] for use in BUSY) for base in ("planned", "downtime", "closed")}
    assert value["AUPT"] == value["APT"] + value["AUST"]
    assert value["AUBT"] == value["AUPT"] + value["ADET"]
    assert value["PBT"] == value["AUBT"] + value["ADOT"] + overrun["planned"]
    assert value["POT"] == value["PBT"] + time["planned_downtime"] + overrun["downtime"]
    assert value["CAL"] == value["POT"] + time["closed"] + overrun["closed"] == sum(time.values())
    assert value["OVERRUN"] == sum(overrun.values())
    interrupted = value["ADET"] + value["UNATTAINABLE"]
    assert value["PUBLISHED"] == value["APT"] + value["AUST"] + interrupted + value["IDLE"] + value["WITHDRAWN"]


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_decimal_text_is_the_nearest_with_six_places(above: int, below: int) -> None:
    value = Fraction(above, below)
    assert abs(Fraction(decimal_text(value)) - value) <= Fraction(1, 2_000_000)
    assert len(decimal_text(value).split(".")[1]) == 6


def test_every_indicator_names_elements_of_the_registry_its_formula_and_source() -> None:
    assert [one.code for one in indicators().values() if one.headline] == ["allocation_efficiency"]
    for one in indicators().values():
        assert set(one.elements) <= set(elements())
        assert one.formula
        assert one.source
        assert one.zh
