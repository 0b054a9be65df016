"""Instants with a zone, and calendar days."""
# ruff: noqa: ARG002 - marshmallow calls (de)serialisers with more than these need

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import fields

from shared.kernel.clock import instant_text, parse_instant
from shared.web.fields.speaking import Spoken
from shared.web.said import fault, shown

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Instant(Spoken, fields.Field[datetime]):
    """RFC 3339 with a zone; UTC inside."""

    openapi: Mapping[str, object] = {"type": "string", "format": "date-time"}

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else instant_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        wrong = fault(
            "not_instant",
            f"应为带时区的时间，例如 2026-12-01T08:00:00Z，收到 {shown(value)}。",
            f"Expected an instant with a zone such as 2026-12-01T08:00:00Z, found {shown(value)}.",
        )
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):
            raise wrong
        try:
            return parse_instant(value.upper())
        except ValueError:
            raise wrong from None


class Day(Spoken, fields.Field[date]):
    """A calendar day in Asia/Shanghai, `2026-12-20`."""

    openapi: Mapping[str, object] = {"type": "string", "format": "date"}

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        wrong = fault(
            "not_day",
            f"应为日期，例如 2026-12-20，收到 {shown(value)}。",
            f"Expected a day such as 2026-12-20, found {shown(value)}.",
        )
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise wrong
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise wrong from None
