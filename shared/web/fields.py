"""The words the API speaks: typed, bounded fields that say in both languages what is wrong, and the base schema.

Services build their schemas from these alone; a field of marshmallow's own would answer in English only.
Loaded values are kernel values (`Money`, aware datetimes); quantities stay text and unit (`Given`) until the item's
conversion factors are known. The same fields dump.
"""
# ruff: noqa: ARG002 - marshmallow calls (de)serialisers with more than these need

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields

from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.ids import is_id
from shared.kernel.money import Money, parse_money
from shared.kernel.units import Quantity
from shared.web.said import NOT_OBJECT, NULL, REQUIRED, UNKNOWN, Said, fault

TEXT_MAX = 200
ITEMS_MAX = 100
WHOLE_MAX = 10**12
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNIT = r"^[A-Za-z][A-Za-z0-9_-]{0,19}$"
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class BaseSchema(Schema):
    """Refuses unknown members and keeps the declared order."""

    class Meta:
        unknown = RAISE

    error_messages: ClassVar[dict[str, str]] = {"unknown": UNKNOWN, "type": NOT_OBJECT}  # type: ignore[misc] # a plain dict upstream


class Spoken:
    """Makes a field's own faults bilingual. *said* maps marshmallow's message keys to what we say."""

    said: ClassVar[Mapping[str, Said]] = {}
    openapi: Mapping[str, object] = {}

    def make_error(self, key: str, **_: Any) -> ValidationError:
        common = {"required": REQUIRED, "null": NULL}
        return ValidationError([self.said.get(key) or common.get(key) or Said(key, "内容不正确。", "Not valid.")])


class Text(Spoken, fields.String):
    """Bounded text without control characters; *pattern* must match the whole of it."""

    said: ClassVar[Mapping[str, Said]] = {"invalid": Said("not_text", "应为文字。", "Text was expected.")}

    def __init__(self, *, low: int = 1, high: int = TEXT_MAX, pattern: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high, self.pattern = low, high, pattern
        self.openapi = {"minLength": low, "maxLength": high} | ({"pattern": f"^{pattern}$"} if pattern else {})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not self.low <= len(text) <= self.high or (self.low and not text.strip()):
            raise fault(
                "length", f"应为 {self.low} 到 {self.high} 个字符。", f"Expected {self.low} to {self.high} characters."
            )
        if _CONTROL.search(text):
            raise fault("control_character", "不能含有控制字符。", "Control characters are not accepted.")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise fault("pattern", f"格式应为 {self.pattern}。", f"Expected the form {self.pattern}.")
        return text


class Whole(Spoken, fields.Integer):
    """A whole number between *low* and *high*; `true`, `1.0` and `"1"` in JSON are none (a query has only text)."""

    said: ClassVar[Mapping[str, Said]] = {
        "invalid": Said("not_whole", "应为整数。", "A whole number was expected."),
        "too_large": Said("range", "数字过大。", "The number is too large."),
    }

    def __init__(self, *, low: int = 0, high: int = WHOLE_MAX, from_text: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high, self.from_text = low, high, from_text
        self.openapi = {"minimum": low, "maximum": high}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if self.from_text and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid")
        if not self.low <= value <= self.high:
            raise fault("range", f"应在 {self.low} 到 {self.high} 之间。", f"Expected {self.low} to {self.high}.")
        return value


class Flag(Spoken, fields.Boolean):
    """`true` or `false`."""

    said: ClassVar[Mapping[str, Said]] = {
        "invalid": Said("not_flag", "应为 true 或 false。", "Expected true or false.")
    }
    truthy: ClassVar[set[Any]] = {True, "true"}  # type: ignore[misc] # per instance upstream
    falsy: ClassVar[set[Any]] = {False, "false"}  # type: ignore[misc] # same

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if value is True or value == "true":
            return True
        if value is False or value == "false":
            return False
        raise self.make_error("invalid")


class Choice(Spoken, fields.String):
    """One of a fixed set of codes."""

    said: ClassVar[Mapping[str, Said]] = {"invalid": Said("not_text", "应为文字。", "Text was expected.")}

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple(str(one) for one in choices)
        self.openapi = {"enum": list(self.choices)}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value not in self.choices:
            known = ", ".join(self.choices)
            raise fault("unknown_choice", f"应为以下之一：{known}。", f"Expected one of {known}.")
        return str(value)


class Id(Spoken, fields.String):
    """An id with its prefix, e.g. `ord_01J…`."""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prefix = prefix
        self.openapi = {"pattern": f"^{prefix}_[0-9A-HJKMNP-TV-Z]{{26}}$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not is_id(value, self.prefix):
            raise fault(
                "not_id", f"应为 {self.prefix}_ 开头的编号。", f"Expected an id that begins with {self.prefix}_."
            )
        return value


class Instant(Spoken, fields.Field[datetime]):
    """RFC 3339 with a zone; UTC inside."""

    openapi: Mapping[str, object] = {"type": "string", "format": "date-time"}

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else instant_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        wrong = fault(
            "not_instant",
            "应为带时区的时间，例如 2026-12-01T08:00:00Z。",
            "Expected an instant with a zone such as 2026-12-01T08:00:00Z.",
        )
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):
            raise wrong
        try:
            return parse_instant(value.upper())
        except (ValueError, OverflowError):
            raise wrong from None


class Day(Spoken, fields.Field[date]):
    """A calendar day in Asia/Shanghai, `2026-12-20`."""

    openapi: Mapping[str, object] = {"type": "string", "format": "date"}

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        wrong = fault("not_day", "应为日期，例如 2026-12-20。", "Expected a day such as 2026-12-20.")
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise wrong
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise wrong from None


def _exact_members(value: Any, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValidationError([NOT_OBJECT])
    faults: dict[str, list[str]] = {name: [UNKNOWN] for name in value.keys() - names}
    faults |= {name: [REQUIRED] for name in names - value.keys()}
    if faults:
        raise ValidationError(faults)
    return value


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
        members = _exact_members(value, {"amount", "currency"})
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
        members = _exact_members(value, {"value", "unit"})
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


class LanguageText(Spoken, fields.Field[dict[str, str]]):
    """`{"zh": …, "en": …}`, both given and bounded."""

    def __init__(self, *, high: int = TEXT_MAX, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = Text(high=high)
        inner = {"type": "string", "minLength": 1, "maxLength": high}
        self.openapi = {
            "type": "object",
            "required": ["zh", "en"],
            "additionalProperties": False,
            "properties": {"zh": inner, "en": inner},
        }

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, str]:
        members = _exact_members(value, {"zh", "en"})
        loaded: dict[str, str] = {}
        faults: dict[str, Any] = {}
        for tongue in ("zh", "en"):
            try:
                loaded[tongue] = self.text.deserialize(members[tongue])
            except ValidationError as error:
                faults[tongue] = error.messages
        if faults:
            raise ValidationError(faults)
        return loaded


class Many(Spoken, fields.List[Any]):
    """A list of *low* to *high* of *inner*."""

    said: ClassVar[Mapping[str, Said]] = {"invalid": Said("not_list", "应为列表。", "A list was expected.")}

    def __init__(self, inner: Any, *, low: int = 0, high: int = ITEMS_MAX, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.low, self.high = low, high
        self.openapi = {"minItems": low, "maxItems": high}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if not self.low <= len(value) <= self.high:
            raise fault("items", f"应有 {self.low} 到 {self.high} 项。", f"Expected {self.low} to {self.high} items.")
        return super()._deserialize(value, attr, data, **kwargs)


class Part(Spoken, fields.Nested):
    """An object with a schema of its own."""

    said: ClassVar[Mapping[str, Said]] = {"type": NOT_OBJECT}


class Record(Spoken, fields.Dict):
    """An object whose members the schema does not know beforehand (e.g. a product's options): at most *high*.

    Names and values that no *keys* and *values* field bounds are bounded here: short text, whole numbers that every
    JSON reader keeps, true, false.
    """

    said: ClassVar[Mapping[str, Said]] = {"invalid": NOT_OBJECT}

    def __init__(self, *, high: int = 50, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.high = high
        self.openapi = {"maxProperties": high}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        made = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call] # upstream forgot
        if len(made) > self.high:
            raise fault("items", f"最多 {self.high} 项。", f"At most {self.high} members are accepted.")
        if self.value_field is None and not all(_is_plain(key) and _is_plain(one) for key, one in made.items()):
            raise fault(
                "not_plain", "只能是简短的文字、整数、true 或 false。", "Only short text, whole numbers, true, false."
            )
        return made


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= TEXT_MAX and not _CONTROL.search(value)
    return isinstance(value, int) and abs(value) < 2**53
