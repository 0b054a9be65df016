"""The made-up trade that all contestants do: shifts are reported on lines, about 230 bytes an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from shared.bus.port import Outgoing
from shared.contracts.envelope import Fact, FactTypes
from shared.eventstore.database import driver_of
from shared.eventstore.port import Recorded, StreamAppend
from shared.kernel.decider import Decider
from shared.kernel.event import Cause, Event, EventTypes

AT: Final = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
SHIFT_ON: Final = "2026-12-01"
REMARK: Final = "two pallets waited for sleeves; restart after film change"


class ShiftReported(Event, frozen=True):
    line_id: str
    work_id: str
    shift_on: str
    good: int
    scrap: int
    run_s: int
    setup_s: int
    remark: str


TYPES = EventTypes({"shift-reported.v1": ShiftReported})


@dataclass(frozen=True, slots=True)
class Totals:
    """What a line has made so far."""

    reports: int
    good: int
    run_s: int


@dataclass(frozen=True, slots=True)
class ReportShift:
    line_id: str
    work_id: str
    good: int
    scrap: int
    run_s: int


def _decide(command: ReportShift, totals: Totals) -> Sequence[ShiftReported]:
    if command.run_s < 0 or totals.run_s + command.run_s > 10**9:
        raise ValueError(f"line {command.line_id} cannot have run {command.run_s} s")
    return [
        ShiftReported(
            line_id=command.line_id,
            work_id=command.work_id,
            shift_on=SHIFT_ON,
            good=command.good,
            scrap=command.scrap,
            run_s=command.run_s,
            setup_s=1_200,
            remark=REMARK,
        )
    ]


def _evolve(totals: Totals, event: ShiftReported) -> Totals:
    return Totals(totals.reports + 1, totals.good + event.good, totals.run_s + event.run_s)


LINE: Decider[ReportShift, Totals, ShiftReported] = Decider(Totals(0, 0, 0), _decide, _evolve)


class ShiftPublished(Fact, frozen=True):
    line_id: str
    work_id: str
    good: int
    scrap: int
    run_s: int


FACTS = FactTypes({"bench.shift-published.v1": ShiftPublished})


def publish(recorded: Recorded) -> Sequence[Outgoing]:
    event = recorded.event
    if not isinstance(event, ShiftReported):
        return ()
    fact = ShiftPublished(
        line_id=event.line_id, work_id=event.work_id, good=event.good, scrap=event.scrap, run_s=event.run_s
    )
    return (Outgoing(event.line_id, fact),)


def line_id(number: int) -> str:
    return f"lin_01KB0000000000000000{number:06d}"


def stream(number: int) -> str:
    return f"line-{line_id(number)}"


def command(number: int, index: int) -> ReportShift:
    return ReportShift(line_id(number), f"wrk_01KB0000000000000000{index:06d}", 10_000 + index, index % 90, 3_600)


def cause(index: int) -> Cause:
    return Cause(
        correlation_id=f"cor_01KB0000000000000000{index:06d}",
        org_id="org_01KB00000000000000000000P1",
        subject="usr_01KB00000000000000000000U1",
        at=AT,
    )


CREATE_VIEW: Final = "CREATE TABLE line_totals (line_id TEXT PRIMARY KEY, reports INTEGER, good INTEGER, run_s INTEGER)"
UPSERT_VIEW: Final = (
    "INSERT INTO line_totals (line_id, reports, good, run_s) VALUES (?, 1, ?, ?) ON CONFLICT (line_id) DO UPDATE "
    "SET reports = reports + 1, good = good + excluded.good, run_s = run_s + excluded.run_s"
)


class LineTotals:
    """The view of the projection measure: one upsert an event, by the driver, as facts.md advises for hot views."""

    name = "line_totals"
    handles: frozenset[str] | None = frozenset({"shift-reported.v1"})
    code_digest = "1"

    def __init__(self) -> None:
        self.tables: Sequence[sa.Table] = [
            sa.Table(
                "line_totals",
                sa.MetaData(),
                sa.Column("line_id", sa.Text, primary_key=True),
                sa.Column("reports", sa.Integer),
                sa.Column("good", sa.Integer),
                sa.Column("run_s", sa.Integer),
            )
        ]

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        events = [one.event for one in page]
        rows = [(one.line_id, one.good, one.run_s) for one in events if isinstance(one, ShiftReported)]
        driver_of(connection).executemany(UPSERT_VIEW, rows)


Asked = tuple[str, ReportShift, Cause]
"""A request as it comes in: the stream it concerns, the command, who asked. Made before the clock starts."""


def asked(number: int, index: int) -> Asked:
    return stream(number), command(number, index), cause(index)


class Decided(NamedTuple):
    """What a writer of 16 is about to append."""

    append: StreamAppend
    cause: Cause
    command: ReportShift


def decided_by_16(each: int) -> list[list[Decided]]:
    """For each of 16 writers *each* appends over lines of his own, ten a line."""
    lines = max(1, each // 10)
    return [
        [_decided(writer * lines + one % lines, one // lines, writer * each + one) for one in range(each)]
        for writer in range(16)
    ]


def _decided(number: int, version: int, index: int) -> Decided:
    asked_for = command(number, index)
    return Decided(append_to(number, version, LINE.decide(asked_for, LINE.initial)), cause(index), asked_for)


def append_to(number: int, expected_version: int, events: Sequence[Event]) -> StreamAppend:
    return StreamAppend(stream(number), expected_version, events)
