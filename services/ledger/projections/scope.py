"""Which part of the books a question is about, and who asks: the wall between tenants is inside every query."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from services.ledger.projections.book_tables import LINE
from shared.kernel.principal import Principal, Role

GROUPINGS = ("line", "plant", "county", "day", "week", "month", "all")
"""What figures can be asked by; keys of a group are in the asked order. `all` is one group of everything."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Lines and production days [first, end) of a question; "" and None: no limit. *size*: entries before it count."""

    first: str = ""
    end: str = ""
    line: str = ""
    plant: str = ""
    county: str = ""
    size: int | None = None

    def within(self, by: Sequence[str], key: Sequence[str]) -> "Scope":
        """The part of this scope that one group is made of."""
        narrowed = self
        for grouping, value in zip(by, key, strict=True):
            if grouping == "day":
                narrowed = narrowed.during(value, _next_day(value))
            elif grouping == "week":
                narrowed = narrowed.during(value, _next_day(value, 7))
            elif grouping == "month":
                narrowed = narrowed.during(f"{value}-01", _next_month(value))
            elif grouping == "line":
                narrowed = replace(narrowed, line=value)
            elif grouping == "plant":
                narrowed = replace(narrowed, plant=value)
            elif grouping == "county":
                narrowed = replace(narrowed, county=value)
        return narrowed

    def during(self, first: str, end: str) -> "Scope":
        return replace(self, first=max(self.first, first), end=min(self.end or end, end))


def _next_day(day: str, days: int = 1) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def monday_of(day: str) -> str:
    """The Monday of the week that *day* lies in: a week's key."""
    found = date.fromisoformat(day)
    return (found - timedelta(days=found.weekday())).isoformat()


def _next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}-01"


def conditions(scope: Scope, principal: Principal, day: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
    """Conditions over `LINE` and a production *day*. A factory sees its own lines, the office all, others none."""
    found: list[sa.ColumnElement[bool]] = []
    if principal.role is Role.FACTORY:
        found.append(LINE.c.factory_org_id == principal.org_id)
    elif principal.role not in {Role.OFFICE, Role.SYSTEM}:
        found.append(sa.false())
    for column, value in (
        (LINE.c.line_id, scope.line),
        (LINE.c.plant_id, scope.plant),
        (LINE.c.district, scope.county),
    ):
        if value:
            found.append(column == value)
    if scope.first:
        found.append(day >= scope.first)
    if scope.end:
        found.append(day < scope.end)
    return found
