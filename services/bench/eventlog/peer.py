"""The peer: the PyPI package `eventsourcing` on its SQLite engine, used as its documentation does.

Its database runs with the same journal and durability (WAL, synchronous=FULL by SQLite's default). It is not asked
to publish in the append measures, which favours it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import OperationalError, Tracking
from eventsourcing.sqlite import SQLiteDatastore, SQLiteTrackingRecorder

from services.bench.eventlog import trade
from services.bench.eventlog.ours import timed_threads

SECTION_MAX = 1_000


class Line(Aggregate):
    """A line in the package's own idiom: the same fields in the event, the same totals in the state."""

    class ShiftReported(Aggregate.Event):
        """The package's event: fields by annotation, its effect in `apply`."""

        line_id: str
        work_id: str
        shift_on: str
        good: int
        scrap: int
        run_s: int
        setup_s: int
        remark: str

        def apply(self, aggregate: Any) -> None:
            aggregate.reports += 1
            aggregate.good += self.good
            aggregate.run_s += self.run_s

    def __init__(self, line_id: str) -> None:
        self.line_id = line_id
        self.reports, self.good, self.run_s = 0, 0, 0

    @staticmethod
    def create_id(line_id: str) -> UUID:
        return uuid5(NAMESPACE_URL, line_id)

    def report(self, asked: trade.ReportShift) -> None:
        self.trigger_event(
            self.ShiftReported,
            line_id=asked.line_id,
            work_id=asked.work_id,
            shift_on=trade.SHIFT_ON,
            good=asked.good,
            scrap=asked.scrap,
            run_s=asked.run_s,
            setup_s=1_200,
            remark=trade.REMARK,
        )


class Lines(Application[UUID]):
    """The package's application object: repository and save, with notification sections as large as our pages."""

    log_section_size = SECTION_MAX


def _opened(path: Path) -> Lines:
    return Lines(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(path),
            "AGGREGATE_CACHE_MAXSIZE": "5000",  # as we keep folded states, so may the peer; it fast-forwards them too
            "AGGREGATE_CACHE_FASTFORWARD": "y",
        }
    )


def _command(app: Lines, asked: trade.ReportShift) -> None:
    line: Line = app.repository.get(Line.create_id(asked.line_id))
    line.report(asked)
    app.save(line)


def append_one_writer(path: Path, commands: int, streams: int) -> float:
    """Seconds for *commands*: load, command, save. Registering the lines beforehand is not counted."""
    app = _opened(path)
    for number in range(streams):
        app.save(Line(trade.line_id(number)))
    asked = [trade.command(index % streams, index) for index in range(commands)]
    began = perf_counter()
    for one in asked:
        _command(app, one)
    took = perf_counter() - began
    app.close()
    return took


def append_16_writers(path: Path, each: int) -> float:
    """Seconds for 16 threads saving *each* events on aggregates they hold; a locked database is tried again."""
    app = _opened(path)
    decided = [[one.command for one in each_writer] for each_writer in trade.decided_by_16(each)]
    held = {line_id: Line(line_id) for line_id in sorted({one.line_id for mine in decided for one in mine})}
    for line in held.values():
        app.save(line)

    def write(commands: Sequence[trade.ReportShift]) -> Callable[[], None]:
        def work() -> None:
            for one in commands:
                while not _is_saved(app, held, one):
                    pass

        return work

    took = timed_threads([write(one) for one in decided])
    app.close()
    return took


def _is_saved(app: Lines, held: dict[str, Line], asked: trade.ReportShift) -> bool:
    """Report and save; when the database is locked the aggregate is got anew, as the package's events are lost."""
    line = held[asked.line_id]
    line.report(asked)
    try:
        app.save(line)
    except OperationalError:
        held[asked.line_id] = app.repository.get(line.id)
        return False
    return True


class TotalsView(SQLiteTrackingRecorder):
    """The package's way to a view: one transaction an event, with its tracking record."""

    def construct_create_table_statements(self) -> list[str]:
        statements: list[str] = super().construct_create_table_statements()
        return [*statements, trade.CREATE_VIEW.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")]

    def add(self, reported: Line.ShiftReported, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(trade.UPSERT_VIEW, (reported.line_id, reported.good, reported.run_s))


def fill(path: Path, events: int, streams: int) -> None:
    app = _opened(path)
    each = events // streams
    for number in range(streams):
        line = Line(trade.line_id(number))
        for index in range(each):
            line.report(trade.command(number, number * each + index))
        app.save(line)
    app.close()


def project(path: Path, view_path: Path) -> float:
    """Seconds to read notifications in sections of 1,000, decode each and add it to the view."""
    app = _opened(path)
    view = TotalsView(SQLiteDatastore(str(view_path)))
    view.create_table()
    began, position = perf_counter(), 0
    while section := app.notification_log.select(start=position + 1, limit=SECTION_MAX):
        for notification in section:
            position = notification.id
            happened = app.mapper.to_domain_event(notification)
            if isinstance(happened, Line.ShiftReported):
                view.add(happened, Tracking("lines", notification.id))
    took = perf_counter() - began
    app.close()
    return took


def fold(path: Path, streams: int) -> float:
    """Seconds to get every aggregate from the repository."""
    app = _opened(path)
    began = perf_counter()
    for number in range(streams):
        app.repository.get(Line.create_id(trade.line_id(number)))
    took = perf_counter() - began
    app.close()
    return took
