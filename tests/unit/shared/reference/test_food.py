import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.food import category_details, check_digit, parse_number


@pytest.mark.parametrize(
    "printed",
    ["SC11464010500015", "SC11333019700024", "SC11837048101233", "SC11834020305037", "SC12636098200051"],
)
def test_numbers_found_printed_on_packs_pass_the_check_digit(printed: str) -> None:
    assert check_digit(printed[2:-1]) == printed[-1]


@given(digits=st.text("0123456789", min_size=13, max_size=13), place=st.integers(0, 12), other=st.integers(1, 9))
def test_one_mistyped_digit_never_passes(digits: str, place: int, other: int) -> None:
    wrong = digits[:place] + str((int(digits[place]) + other) % 10) + digits[place + 1 :]
    assert check_digit(wrong) != check_digit(digits)


def test_a_number_falls_into_its_parts() -> None:
    parts = parse_number("SC10642120290017")
    assert (parts.kind, parts.category, parts.province, parts.city, parts.county) == ("1", "06", "42", "12", "02")
    assert (parts.sequence, parts.check) == ("9001", "7")


@pytest.mark.parametrize("text", ["", "SC1064212029001", "SC106421202900177", "QS10642120290017", "SC1064212029001x"])
def test_other_text_is_no_licence_number(text: str) -> None:
    with pytest.raises(ValueError, match="SC and 14 digits"):
        parse_number(text)


def test_beverages_have_seven_category_details() -> None:
    assert list(category_details()) == ["0601", "0602", "0603", "0604", "0605", "0606", "0607"]
