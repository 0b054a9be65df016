"""Money and quantities: decimal text outside, never a float."""
# ruff: noqa: ARG002 - marshmallow calls (de)serialisers with more than these need

import re
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

from shared.kernel.money import Money, parse_money
from shared.kernel.units import Quantity
from shared.web.fields.speaking import Spoken, exact_members
from shared.web.said import Said, shown

_UNIT = r"^([A-Za-z][A-Za-z0-9_-]{0,19}|[\u4e00-\u9fff]{1,8})$"  # a code, or its Chinese name
_AMOUNT = r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?"
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")


def _negative(found: object) -> Said:
    return Said("negative", f"不能为负数，收到 {shown(found)}。", f"May not be negative, found {shown(found)}.")


def _no_decimal(found: object) -> Said:
    if isinstance(found, str) and found.startswith("-") and _DECIMAL.fullmatch(found[1:]):
        return _negative(found)
    return Said(
        "not_decimal",
        f'应为文本形式的数字（整数最多 15 位，小数最多 6 位），例如 "12000"，收到 {shown(found)}。',
        f'Expected a number as text, up to 15 digits and 6 decimals, such as "12000", found {shown(found)}.',
    )


class MoneyField(Spoken, fields.Field[Money]):
    """`{"amount": "4860.00", "currency": "CNY"}`, never negative unless *signed*."""

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.signed = signed
        self.openapi = {
            "x-shape": "SignedMoney" if signed else "Money",
            "type": "object",
            "required": ["amount", "currency"],
            "additionalProperties": False,
            "properties": {
                "amount": {"type": "string", "pattern": f"^{'-?' if signed else ''}{_AMOUNT}$"},
                "currency": {"type": "string", "enum": ["CNY"]},
            },
        }

    def _serialize(self, value: Money | None, attr: str | None, obj: Any, **_: Any) -> dict[str, str] | None:
        return None if value is None else {"amount": str(value), "currency": value.currency}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Money:
        members = exact_members(value, {"amount", "currency"})
        if members["currency"] != "CNY":
            found = shown(members["currency"])
            other = Said("currency", f"目前只支持 CNY，收到 {found}。", f"Only CNY is supported, found {found}.")
            raise ValidationError({"currency": [other]})
        amount = members["amount"]
        wrong = Said(
            "not_amount",
            f'应为文本形式的金额（最多两位小数），例如 "4860.00"，收到 {shown(amount)}。',
            f'Expected an amount as text with at most two decimals, such as "4860.00", found {shown(amount)}.',
        )
        if not isinstance(amount, str):
            raise ValidationError({"amount": [wrong]})
        try:
            money = parse_money(amount)
        except ValueError:
            raise ValidationError({"amount": [wrong]}) from None
        if amount.startswith("-") and not self.signed:  # "-0.00" too: the document knows no sign here
            raise ValidationError({"amount": [_negative(amount)]})
        return money


@dataclass(frozen=True, slots=True)
class Given:
    """A quantity as the caller gave it: decimal text and unit, not converted yet."""

    value: str
    unit: str


class QuantityField(Spoken, fields.Field[Given]):
    """`{"value": "12000", "unit": "can"}`, more than zero unless *zero*; dumps `Quantity` or `Given`."""

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zero = zero
        decimal = r"[0-9]{1,15}(\.[0-9]{1,6})?"
        self.openapi = {
            "x-shape": "Quantity" if zero else "PositiveQuantity",
            "type": "object",
            "required": ["value", "unit"],
            "additionalProperties": False,
            "properties": {
                "value": {"type": "string", "pattern": f"^{decimal}$" if zero else rf"^(?=.*[1-9]){decimal}$"},
                "unit": {"type": "string", "pattern": _UNIT},
            },
        }

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> dict[str, str] | None:
        if not isinstance(value, (Quantity, Given)):
            return None
        return {"value": str(value.value), "unit": value.unit}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Given:
        members = exact_members(value, {"value", "unit"})
        amount, unit = members["value"], members["unit"]
        if not isinstance(amount, str) or not _DECIMAL.fullmatch(amount):
            raise ValidationError({"value": [_no_decimal(amount)]})
        if not self.zero and not amount.strip("0."):
            zero = Said(
                "zero", f"必须大于零，收到 {shown(amount)}。", f"Must be more than zero, found {shown(amount)}."
            )
            raise ValidationError({"value": [zero]})
        if not isinstance(unit, str) or not re.fullmatch(_UNIT, unit):
            wrong = Said(
                "not_unit",
                f"应为单位代码或中文名称，例如 can、万罐，收到 {shown(unit)}。",
                f"Expected a unit, such as can or ten-thousand-can, found {shown(unit)}.",
            )
            raise ValidationError({"unit": [wrong]})
        return Given(amount, unit)
