import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.domain.credit_code import check_character, is_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODIES = st.builds(
    lambda head, digits, tail: head + digits + tail,
    st.sampled_from(["91", "92", "12", "52", "A1", "N2", "Y1"]),
    st.builds(str.__add__, st.sampled_from(["11", "42", "10"]), st.text("0123456789", min_size=4, max_size=4)),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("known", ["91350100M000100Y43", "91110000600037341L", "914403001922038216"])
def test_published_codes_are_accepted(known: str) -> None:
    """The example of GB 32100-2015 and two codes of listed companies from their public reports."""
    assert is_credit_code(known)


@given(body=BODIES)
def test_a_code_with_its_own_check_character_is_accepted(body: str) -> None:
    assert is_credit_code(body + check_character(body))


@given(body=BODIES, place=st.integers(0, 16), sign=st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(body: str, place: int, sign: str) -> None:
    if body[place] == sign:
        return
    assert not is_credit_code(body[:place] + sign + body[place + 1 :] + check_character(body))


@given(body=BODIES, place=st.integers(0, 15))
def test_every_swap_of_neighbours_is_found(body: str, place: int) -> None:
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    if swapped == body:
        return
    assert not is_credit_code(swapped + check_character(body))


@pytest.mark.parametrize(
    "wrong", ["", "9" * 17, "9" * 19, "91350100m000100y43", "91350100M000100Y4I", "9135O100M000100Y43", "９" * 18]
)
def test_what_has_not_the_form_is_no_code(wrong: str) -> None:
    assert not is_credit_code(wrong)


@pytest.mark.parametrize("head", ["00", "90", "94", "Y2", "B1", "1A"])
def test_a_kind_that_nobody_registers_is_no_code(head: str) -> None:
    body = f"{head}420100MA4KWX7Q2"
    assert not is_credit_code(body + check_character(body))


@pytest.mark.parametrize("district", ["000000", "999999", "200000", "830000"])
def test_a_district_of_no_province_is_no_code(district: str) -> None:
    body = f"91{district}MA4KWX7Q2"
    assert not is_credit_code(body + check_character(body))


@pytest.mark.parametrize("wrong", ["", "9" * 18, "I" * 17])
def test_a_check_character_needs_17_of_the_alphabet(wrong: str) -> None:
    with pytest.raises(ValueError, match="17 characters"):
        check_character(wrong)
