"""What each log remembers of everything beside it: the other logs' ends, its claims, the story's clock.

Noted when serving begins and when it ends. Who changes one file of a stopped house, or takes one away, contradicts what
the other files remember; `verify` says so by name. Who changes all of them to fit is seen only from outside
(docs/security.md). A contradiction is never noted over: it stays until somebody has looked.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
import structlog

from services.embedded.house import House
from services.embedded.story_clocks import MARK_NAME
from services.terminal import Check
from shared.eventstore.codec import microseconds
from shared.eventstore.port import EventLog
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.tables import CLAIM, PROGRESS

OTHERS = "witness of logs"  # as consumers' names beside the marks; their sources are what is remembered
CLAIMS = "witness of claims"
CLOCK = "witness of the clock"
HOUR_US = 3_600_000_000

_log = structlog.get_logger(__name__)


class Remembered(NamedTuple):
    """A row beside the marks. The last three are of another log's position, None elsewhere."""

    consumer: str
    source: str
    mark: int
    log_id: str | None = None
    epoch: int | None = None
    digest: bytes | None = None


def note(house: House) -> None:
    """Remember how all stands now, unless something contradicts what was remembered before."""
    if house.data is None:
        return
    troubles = [one for one in checks(house) if not one.passed]
    if troubles:
        _log.error("the house is not as it was left", troubles={one.name: one.found for one in troubles})
        return
    for name, service in house.services.items():
        rows = list(_now(house, house.data, name))
        with service.log.writing() as connection:
            connection.execute(PROGRESS.delete().where(PROGRESS.c.consumer.in_([OTHERS, CLAIMS, CLOCK])))
            connection.execute(PROGRESS.insert(), [row._asdict() for row in rows])


def forget(house: House) -> None:
    """Somebody has looked: what is there now is what counts from here on."""
    for service in house.services.values():
        with service.log.writing() as connection:
            connection.execute(PROGRESS.delete().where(PROGRESS.c.consumer.in_([OTHERS, CLAIMS, CLOCK])))


def _now(house: House, data: Path, name: str) -> Iterator[Remembered]:
    for other, service in house.services.items():
        if other != name:
            head = service.log.head()
            identity = service.log.identity
            yield Remembered(
                OTHERS, other, head.position, identity.log_id, identity.epoch_at(head.position), head.digest
            )
    for hour, count in claims_by_hour(house, name).items():
        yield Remembered(CLAIMS, str(hour), count)
    yield Remembered(CLOCK, *clock_of_story(data))


def claims_by_hour(house: House, name: str) -> dict[int, int]:
    """The hour in which claims end -> how many, of those that have not ended yet."""
    now_us = microseconds(house.clock.now())
    hour = sa.cast(CLAIM.c.expires_us / HOUR_US, sa.Integer).label("hour")
    query = sa.select(hour, sa.func.count()).where(CLAIM.c.expires_us > now_us + HOUR_US).group_by(hour)
    with house.services[name].log.views.connect() as connection:
        return {int(found): int(count) for found, count in connection.execute(query)}


def clock_of_story(data: Path) -> tuple[str, int]:
    """Whether the directory runs on real time, is told a story, or on from one, and then by how many microseconds."""
    path = data / MARK_NAME
    if not path.exists():
        return "real", 0
    said = json.loads(path.read_text("ascii"))
    return ("shifted", int(said["shift_us"])) if "shift_us" in said else ("story", 0)


def checks(house: House) -> Iterator[Check]:
    """What is stored against what was remembered of it."""
    if house.data is None:
        return
    remembered = {name: _remembered(service.log) for name, service in house.services.items()}
    yield _logs(house, remembered)
    yield _claims(house, remembered)
    yield _clock(house.data, remembered)


def _remembered(log: LogWithViews) -> list[Remembered]:
    query = sa.select(*(PROGRESS.c[field] for field in Remembered._fields))
    with log.views.connect() as connection:
        rows = connection.execute(query.where(PROGRESS.c.consumer.in_([OTHERS, CLAIMS, CLOCK]))).all()
    return [Remembered(*row) for row in rows]


def _logs(house: House, remembered: Mapping[str, list[Remembered]]) -> Check:
    faults = [
        f"{name} remembers {row.source} at {row.mark}, which {why}"
        for name, rows in remembered.items()
        for row in rows
        if row.consumer == OTHERS and (why := _contradiction(house.services[row.source].log, row))
    ]
    return _check("every log is as the others remember it", faults, "all of them")


def _contradiction(log: EventLog, row: Remembered) -> str:
    """Why *log* is not the one remembered; empty when it is, or when a stated recovery began another history since."""
    identity, head = log.identity, log.head().position
    if identity.log_id != row.log_id:
        return "is another log now"
    if row.mark > head:
        return "" if identity.epoch > (row.epoch or 0) else f"ends at {head}: events are gone"
    proof = log.proof_at(row.mark)
    if proof is None or (proof.epoch, proof.digest) == (row.epoch, row.digest) or proof.epoch > (row.epoch or 0):
        return ""
    return "tells another history up to there: events were changed"


def _claims(house: House, remembered: Mapping[str, list[Remembered]]) -> Check:
    ended = microseconds(house.clock.now()) // HOUR_US + 1
    faults = []
    for name, rows in remembered.items():
        now = claims_by_hour(house, name)
        kept = {int(row.source): row.mark for row in rows if row.consumer == CLAIMS and int(row.source) > ended}
        gone = {hour: count - now.get(hour, 0) for hour, count in kept.items() if now.get(hour, 0) < count}
        faults += [f"{name} lacks {sum(gone.values())} of {sum(kept.values())}"] if gone else []
    return _check("no idempotency claim is gone before its time", faults, "none")


def _clock(data: Path, remembered: Mapping[str, list[Remembered]]) -> Check:
    """Real time stays real; a story that was left runs on by the very shift that it was left with."""
    kind, shift_us = clock_of_story(data)
    allowed = {("real", 0)} if kind == "real" else {("story", 0), (kind, shift_us)}
    faults = [
        f"{name} remembers {row.source} time {row.mark / 1e6:+.0f} s, {MARK_NAME} says {kind} {shift_us / 1e6:+.0f} s"
        for name, rows in remembered.items()
        for row in rows
        if row.consumer == CLOCK
        and (row.source, row.mark) not in allowed
        and (kind, row.source) != ("story", "shifted")
    ]
    return _check("the clock runs as it was left", faults, f"{kind} time")


def _check(name: str, faults: list[str], well: str) -> Check:
    return Check(name, passed=not faults, found="; ".join(faults[:5]) or well)
