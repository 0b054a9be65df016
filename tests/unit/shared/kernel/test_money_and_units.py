"""Money and quantities: exact decimal text in, integers inside, nothing else accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import Money, parse_money
from shared.kernel.units import Quantity, convert


@given(st.integers(-(10**14), 10**14))
def test_money_text_reads_back(fen: int) -> None:
    assert parse_money(str(Money(fen))) == Money(fen)


@pytest.mark.parametrize("text", ["", "1.234", "1e3", " 1", "１", "--1", "01", "NaN", "1,000", "9" * 15])
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 4860\.00"):
        parse_money(text)


def test_a_thousand_cans_are_a_thousand_cans() -> None:
    assert convert("12", "thousand_can", "can", {"thousand_can": 1000}) == Quantity(12_000, "can")
    assert convert("0.5", "thousand_can", "can", {"thousand_can": 1000}) == Quantity(500, "can")


@pytest.mark.parametrize("value", ["1e999999999", "-1", "", "0.0005", "NaN", "1" * 16, "½"])
def test_quantities_that_are_no_whole_number_of_base_units_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        convert(value, "thousand_can", "can", {"thousand_can": 1000})


def test_an_unknown_unit_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"can, pallet, found 'kg'"):
        convert("1", "kg", "can", {"pallet": 8400})


@pytest.mark.parametrize("value", [-1, 10**12 + 1])
def test_a_quantity_outside_its_bounds_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        Quantity(value, "can")
