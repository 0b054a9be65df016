"""Money and quantities: decimal text outside, never a float."""
# ruff: noqa: ARG002 - marshmallow calls (de)serialisers with more than these need

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

from shared.kernel.money import Money, parse_money
from shared.kernel.units import Quantity
from shared.web.fields.speaking import Spoken, exact_members
from shared.web.said import Said

_UNIT = r"^[A-Za-z][A-Za-z0-9_-]{0,19}$"
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")


class MoneyField(Spoken, fields.Field[Money]):
    """`{"amount": "4860.00", "currency": "CNY"}`, never negative unless *signed*."""

    openapi: Mapping[str, object] = {
        "type": "object",
        "required": ["amount", "currency"],
        "additionalProperties": False,
        "properties": {
            "amount": {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"},
            "currency": {"type": "string", "enum": ["CNY"]},
        },
    }

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.signed = signed

    def _serialize(self, value: Money | None, attr: str | None, obj: Any, **_: Any) -> dict[str, str] | None:
        return None if value is None else {"amount": str(value), "currency": value.currency}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Money:
        members = exact_members(value, {"amount", "currency"})
        if members["currency"] != "CNY":
            raise ValidationError({"currency": [Said("currency", "目前只支持 CNY。", "Only CNY is supported.")]})
        amount = members["amount"]
        wrong = Said("not_amount", "应为金额，例如 4860.00。", "Expected an amount such as 4860.00.")
        if not isinstance(amount, str):
            raise ValidationError({"amount": [wrong]})
        try:
            money = parse_money(amount)
        except ValueError:
            raise ValidationError({"amount": [wrong]}) from None
        if money.fen < 0 and not self.signed:
            raise ValidationError({"amount": [Said("negative", "不能为负数。", "May not be negative.")]})
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
            wrong = Said(
                "not_decimal",
                '应为十进制数字文本，例如 "12000"。',
                'Expected decimal text such as "12000", not negative.',
            )
            raise ValidationError({"value": [wrong]})
        if not self.zero and not amount.strip("0."):
            raise ValidationError({"value": [Said("zero", "必须大于零。", "Must be more than zero.")]})
        if not isinstance(unit, str) or not re.fullmatch(_UNIT, unit):
            raise ValidationError(
                {"unit": [Said("not_unit", "应为单位代码，例如 can。", "Expected a unit such as can.")]}
            )
        return Given(amount, unit)
