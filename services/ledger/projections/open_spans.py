"""Which set-ups, runs and stoppages had begun and not ended, now or as of any earlier size of the ledger?

Such a span is posted when it ends: until then the figures of its line are unfinished, and say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa

from services.ledger.domain.line_book import LineRegister
from services.ledger.domain.production_days import day_text, local_day
from services.ledger.projections import rows
from services.ledger.projections.book_tables import LINE, OPEN_SPAN
from services.ledger.projections.scope import Scope, conditions, monday_of
from shared.kernel.principal import Principal

SPANS_MAX = 1_000  # told at most: as many lines may be at work at once
Span = tuple[str, str, int]
"""Work or stoppage id, kind (setup | run | stoppage) and first second."""

_CLOSE = f"UPDATE {OPEN_SPAN.name} SET closed = ? WHERE line_id = ? AND span_id = ? AND kind = ? AND closed IS NULL"  # noqa: S608 - own names


def spans_of(register: LineRegister) -> set[Span]:
    """What is open on a line by its register."""
    works = {(work, one.phase, one.start) for work, one in register.opens.items()}
    return works | {(stop, "stoppage", one.start) for stop, one in register.stops.items()}


@dataclass
class SpanRows:
    """Rows of one page of entries: what began, and what ended of it or of what was stored before."""

    _begun: dict[tuple[str, str, str], list[object]] = field(default_factory=dict)
    _whole: list[list[object]] = field(default_factory=list)
    _ended: list[tuple[object, ...]] = field(default_factory=list)

    def follow(self, entry: int, line_id: str, before: set[Span], now: set[Span]) -> None:
        """What entry number *entry* ended and began on a line."""
        for span_id, kind, _ in sorted(before - now):
            row = self._begun.pop((line_id, span_id, kind), None)
            if row is None:
                self._ended.append((entry, line_id, span_id, kind))
            else:
                self._whole.append([*row[:-1], entry])
        for span_id, kind, start in sorted(now - before):
            day = day_text(local_day(start))
            self._begun[line_id, span_id, kind] = [line_id, span_id, kind, entry, start, day, None]

    def put_back(self, connection: sa.Connection) -> None:
        for values in self._ended:
            rows.write(connection, _CLOSE, *values)
        rows.insert(connection, OPEN_SPAN, [tuple(row) for row in (*self._whole, *self._begun.values())])


class OpenSpan(NamedTuple):
    """*since*: whole second since 1970; *day*: the local date on which it began."""

    line_id: str
    line_name: str
    plant_id: str
    district: str
    kind: str
    since: int
    day: str


def list_open(connection: sa.Connection, scope: Scope, principal: Principal) -> list[OpenSpan]:
    """Spans of the lines and days of *scope* that are open, longest first; those that began before its end."""
    spans = OPEN_SPAN.c
    found = conditions(
        Scope(end=scope.end, line=scope.line, plant=scope.plant, county=scope.county), principal, spans.day
    )
    if scope.size is None:
        found.append(spans.closed.is_(None))
    else:
        found += [spans.opened < scope.size, sa.or_(spans.closed.is_(None), spans.closed >= scope.size)]
    query = (
        sa.select(spans.line_id, LINE.c.name, LINE.c.plant_id, LINE.c.district, spans.kind, spans.since, spans.day)
        .join_from(OPEN_SPAN, LINE, LINE.c.line_id == spans.line_id)
        .where(*found)
        .order_by(spans.since, spans.line_id, spans.span_id)
        .limit(SPANS_MAX)
    )
    return [OpenSpan(*row) for row in connection.execute(query)]


def is_unfinished(by: Sequence[str], key: Sequence[str], open_spans: Sequence[OpenSpan]) -> bool:
    """Whether any of *open_spans* runs on in the group of *key*: on its line, plant, county, from its day on."""
    return any(_runs_in(dict(zip(by, key, strict=True)), span) for span in open_spans)


def _runs_in(group: Mapping[str, str], span: OpenSpan) -> bool:
    own = {"line": span.line_id, "plant": span.plant_id, "county": span.district}
    if any(group.get(name, value) != value for name, value in own.items()):
        return False
    begun = {"day": span.day, "week": monday_of(span.day), "month": span.day[:7]}
    return all(group.get(name, since) >= since for name, since in begun.items())
