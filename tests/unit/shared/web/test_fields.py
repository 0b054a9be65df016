from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.kernel.clock import instant_text
from shared.kernel.money import Money
from shared.kernel.units import Quantity
from shared.web.fields import (
    BaseSchema,
    Choice,
    Day,
    Flag,
    Given,
    Id,
    Instant,
    LanguageText,
    Many,
    MoneyField,
    Part,
    QuantityField,
    Record,
    Text,
    Whole,
)
from shared.web.problems import faults


class Inner(BaseSchema):
    text = Text(required=True, high=5)


class Everything(BaseSchema):
    text = Text(low=2, high=5)
    code = Text(pattern="[A-Z]{3}")
    whole = Whole(low=-2, high=9)
    query = Whole(from_text=True)
    flag = Flag()
    choice = Choice(["red", "blue"])
    id = Id("ord")
    at = Instant()
    day = Day()
    money = MoneyField()
    balance = MoneyField(signed=True)
    quantity = QuantityField()
    stock = QuantityField(zero=True)
    name = LanguageText(high=5)
    parts = Many(Part(Inner), low=1, high=2)
    options = Record(high=2)


SCHEMA = Everything()
ORDER = "ord_01M8QEDC00DHW93DTR98H6BCFN"


def _codes(**body: Any) -> set[tuple[str, str]]:
    try:
        SCHEMA.load(body)
    except ValidationError as error:
        rows = list(faults(error.messages, "zh"))
        assert all(row["detail"] for row in rows)
        return {(row["pointer"], row["code"]) for row in rows}
    return set()


@pytest.mark.parametrize(
    ("field", "value", "loaded"),
    [
        ("text", "茶饮", "茶饮"),
        ("code", "ABC", "ABC"),
        ("whole", -2, -2),
        ("query", "12", 12),
        ("flag", True, True),
        ("choice", "red", "red"),
        ("id", ORDER, ORDER),
        ("at", "2026-12-01T16:00:00+08:00", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("at", "2026-12-01t08:00:00.5z", datetime(2026, 12, 1, 8, microsecond=500_000, tzinfo=UTC)),
        ("money", {"amount": "4860.00", "currency": "CNY"}, Money(486_000)),
        ("money", {"amount": "0.1", "currency": "CNY"}, Money(10)),
        ("balance", {"amount": "-0.01", "currency": "CNY"}, Money(-1)),
        ("quantity", {"value": "12000", "unit": "can"}, Given("12000", "can")),
        ("stock", {"value": "0", "unit": "can"}, Given("0", "can")),
        ("name", {"zh": "茶", "en": "tea"}, {"zh": "茶", "en": "tea"}),
        ("options", {"colours": 4}, {"colours": 4}),
    ],
)
def test_good_values_become_kernel_values(field: str, value: object, loaded: object) -> None:
    assert SCHEMA.load({field: value}) == {field: loaded}


@pytest.mark.parametrize(
    ("field", "value", "pointer", "code"),
    [
        ("text", "x", "", "length"),
        ("text", "xxxxxx", "", "length"),
        ("text", "   ", "", "length"),
        ("text", "a\x00b", "", "control_character"),
        ("text", "a\x1bb", "", "control_character"),
        ("text", 5, "", "not_text"),
        ("text", None, "", "null"),
        ("code", "ABCD", "", "pattern"),
        ("code", "ABC\n", "", "pattern"),
        ("whole", 10, "", "range"),
        ("whole", 1.0, "", "not_whole"),
        ("whole", "1", "", "not_whole"),
        ("whole", True, "", "not_whole"),
        ("query", "1e3", "", "not_whole"),
        ("query", "١", "", "not_whole"),
        ("flag", 1, "", "not_flag"),
        ("flag", "yes", "", "not_flag"),
        ("choice", "green", "", "unknown_choice"),
        ("choice", ["red"], "", "unknown_choice"),
        ("id", "org_" + ORDER[4:], "", "not_id"),
        ("id", ORDER + "X", "", "not_id"),
        ("id", 5, "", "not_id"),
        ("at", "2026-12-01T08:00:00", "", "not_instant"),
        ("at", "2026-12-01", "", "not_instant"),
        ("at", "2026-13-01T08:00:00Z", "", "not_instant"),
        ("at", "0001-01-01T00:00:00+23:59", "", "not_instant"),
        ("at", 1_796_083_200, "", "not_instant"),
        ("day", "2026-02-30", "", "not_day"),
        ("day", "20261201", "", "not_day"),
        ("money", {"amount": "1.234", "currency": "CNY"}, "/amount", "not_amount"),
        ("money", {"amount": 12.5, "currency": "CNY"}, "/amount", "not_amount"),
        ("money", {"amount": "-1", "currency": "CNY"}, "/amount", "negative"),
        ("money", {"amount": "-0.00", "currency": "CNY"}, "/amount", "negative"),
        ("money", {"amount": "1", "currency": "USD"}, "/currency", "currency"),
        ("money", {"amount": "1"}, "/currency", "required"),
        ("money", "1", "", "not_object"),
        ("quantity", {"value": "-5", "unit": "can"}, "/value", "negative"),
        ("quantity", {"value": "0", "unit": "can"}, "/value", "zero"),
        ("quantity", {"value": "0.000", "unit": "can"}, "/value", "zero"),
        ("quantity", {"value": "1e999999999", "unit": "can"}, "/value", "not_decimal"),
        ("quantity", {"value": "9" * 40, "unit": "can"}, "/value", "not_decimal"),
        ("quantity", {"value": 12000, "unit": "can"}, "/value", "not_decimal"),
        ("quantity", {"value": "1", "unit": ""}, "/unit", "not_unit"),
        ("quantity", {"value": "1", "unit": "can", "extra": 1}, "/extra", "unknown_field"),
        ("name", {"zh": "茶"}, "/en", "required"),
        ("name", {"zh": "茶" * 6, "en": "x"}, "/zh", "length"),
        ("name", {"zh": 5, "en": 6}, "/zh", "not_text"),
        ("parts", [], "", "items"),
        ("parts", [{"text": "a"}] * 3, "", "items"),
        ("parts", {"text": "a"}, "", "not_list"),
        ("parts", [{"text": "a"}, {"text": "abcdef"}], "/1/text", "length"),
        ("options", [], "", "not_object"),
        ("options", {"a": 1, "b": 2, "c": 3}, "", "items"),
        ("options", {"a": 2**53}, "", "not_plain"),
        ("options", {"a": 1.5}, "", "not_plain"),
        ("options", {"a": "x" * 201}, "", "not_plain"),
        ("options", {"a\x00": 1}, "", "not_plain"),
        ("options", {"a": {"b": 1}}, "", "not_plain"),
        ("colour", 1, "", "unknown_field"),
    ],
)
def test_bad_values_are_named_by_pointer_and_code(field: str, value: object, pointer: str, code: str) -> None:
    assert (f"/{field}{pointer}", code) in _codes(**{field: value})


@given(fen=st.integers(-(10**14), 10**14))
def test_money_survives_out_and_in(fen: int) -> None:
    shown = SCHEMA.dump({"balance": Money(fen)})
    assert SCHEMA.load(shown) == {"balance": Money(fen)}


@given(value=st.integers(1, 10**12))
def test_quantities_survive_out_and_in(value: int) -> None:
    shown = SCHEMA.dump({"quantity": Quantity(value, "can")})
    assert SCHEMA.load(shown) == {"quantity": Given(str(value), "can")}


@given(at=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive by Hypothesis' own rule
def test_instants_survive_out_and_in(at: datetime) -> None:
    assert SCHEMA.load({"at": instant_text(at)}) == {"at": at}
    assert SCHEMA.dump({"at": at}) == {"at": instant_text(at)}


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150)
@given(body=st.dictionaries(st.sampled_from(list(Everything._declared_fields)), _ANYTHING, max_size=4))
def test_whatever_is_sent_is_loaded_or_named_and_never_breaks(body: dict[str, Any]) -> None:
    _codes(**body)


def test_text_is_kept_in_one_unicode_form() -> None:
    assert SCHEMA.load({"text": "Ca\u0301"})["text"] == "Cá"
