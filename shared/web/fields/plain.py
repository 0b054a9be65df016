"""Whole numbers and flags: nothing that merely looks like one."""
# ruff: noqa: ARG002 - marshmallow calls (de)serialisers with more than these need

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from shared.web.fields.speaking import Spoken
from shared.web.said import Said, fault, shown

WHOLE_MAX = 10**12


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
            raise fault(
                "range",
                f"应在 {self.low} 到 {self.high} 之间，收到 {shown(value)}。",
                f"Expected {self.low} to {self.high}, found {shown(value)}.",
            )
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
