"""The questions asked of the log's tables by readers and by the writer: plain SQL on the driver, one answer each."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from shared.eventstore.codec import (
    COLUMNS,
    EMPTY_DIGEST,
    Row,
    decode_event,
    event_id_of,
    instant,
    microseconds,
    recorded,
    row_links,
)
from shared.eventstore.identity import Proof
from shared.eventstore.port import Claim, Head, LogDamaged, Progress
from shared.kernel.event import Event, EventTypes

Driver = sqlite3.Connection | sqlite3.Cursor

_VERSION = "SELECT version FROM event WHERE stream = ? ORDER BY version DESC LIMIT 1"
_VERSION_AS_OF = "SELECT max(version) FROM event WHERE stream = ? AND position <= ?"
_TAIL = "SELECT position, digest, recorded_us FROM event ORDER BY position DESC LIMIT 1"
_PLACES = "SELECT version, event_id, position FROM event WHERE stream = ? AND version > ? AND version <= ? ORDER BY 1"
_PROGRESS = "SELECT mark FROM progress WHERE consumer = ? AND source = ?"
_MARKS = "SELECT consumer, source, mark, log_id, epoch, digest FROM progress ORDER BY 1, 2"
_DIGEST = "SELECT digest FROM event WHERE position = ?"
_CLAIM = "SELECT fingerprint, answer, expires_us FROM claim WHERE scope = ? AND key = ?"
_RECORDED = "SELECT recorded_us FROM event WHERE position = ?"
_ALL = f"SELECT {COLUMNS} FROM event ORDER BY position"  # noqa: S608 - constants only


def events(types: EventTypes, stream: str, rows: Sequence[tuple[str, bytes]]) -> list[Event]:
    """The events of a whole stream, decoded; the lean way for folding."""
    decode = types.decode
    try:
        return [decode(type_name, data) for type_name, data in rows]
    except (msgspec.MsgspecError, UnicodeDecodeError, LookupError) as broken:
        raise LogDamaged(f"stream {stream} cannot be read: {broken}") from broken


def version(driver: Driver, stream: str) -> int:
    row = driver.execute(_VERSION, (stream,)).fetchone()
    return 0 if row is None else int(row[0])


def version_as_of(driver: Driver, stream: str, position: int) -> int:
    return int(driver.execute(_VERSION_AS_OF, (stream, position)).fetchone()[0] or 0)


def position_as_of(driver: Driver, at: datetime) -> int:
    """The last position recorded at or before *at*, by halving: recorded instants never fall."""
    wanted, found = microseconds(at), tail(driver)
    low, high = 0, found[0] if found else 0
    while low < high:
        middle = (low + high + 1) // 2
        if driver.execute(_RECORDED, (middle,)).fetchone()[0] <= wanted:
            low = middle
        else:
            high = middle - 1
    return low


def tail(driver: Driver) -> tuple[int, bytes, int] | None:
    """Position, digest and recorded microseconds of the last event."""
    row: tuple[int, bytes, int] | None = driver.execute(_TAIL).fetchone()
    return row


def head(driver: Driver) -> Head:
    found = tail(driver)
    return Head(0, EMPTY_DIGEST) if found is None else Head(found[0], found[1])


def places(driver: Driver, stream: str, after_version: int, up_to_version: int) -> list[tuple[str, int]]:
    rows = driver.execute(_PLACES, (stream, after_version, up_to_version)).fetchall()
    return [(event_id_of(stream, at_version, stored), position) for at_version, stored, position in rows]


def progress(driver: Driver, consumer: str, source: str) -> int:
    row = driver.execute(_PROGRESS, (consumer, source)).fetchone()
    return 0 if row is None else int(row[0])


def marks(driver: Driver) -> list[Progress]:
    """Every stored mark; those of older releases have no proof."""
    return [
        Progress(consumer, source, mark, proof=None if log_id is None else Proof(log_id, epoch, digest))
        for consumer, source, mark, log_id, epoch, digest in driver.execute(_MARKS).fetchall()
    ]


def digest_at(driver: Driver, position: int) -> bytes | None:
    """The running digest at *position*, None beyond the head."""
    if position == 0:
        return EMPTY_DIGEST
    row = driver.execute(_DIGEST, (position,)).fetchone()
    return None if row is None else bytes(row[0])


def claim(driver: Driver, scope: str, key: str) -> Claim | None:
    row = driver.execute(_CLAIM, (scope, key)).fetchone()
    return None if row is None else Claim(scope, key, row[0], row[1], instant(row[2]))


def verify(driver: Driver, types: EventTypes, name: str) -> Head:
    """Walk the log from its first event. Raises LogDamaged at the first contradiction, naming its position."""
    last, recorded_us = Head(0, EMPTY_DIGEST), 0
    versions: dict[str, int] = {}
    for row in driver.execute(_ALL):
        last = _follow(row, last, versions, types, name)
        if row[7] < recorded_us:
            raise LogDamaged(
                f"log {name}, position {row[0]}: recorded at {instant(row[7])}, before the event in front of it"
            )
        recorded_us = row[7]
    return last


def _follow(row: Row, last: Head, versions: dict[str, int], types: EventTypes, name: str) -> Head:
    position, stream, at_version = row[0], row[1], row[2]
    if position != last.position + 1:
        raise LogDamaged(f"log {name}: expected position {last.position + 1}, found {position}")
    if at_version != versions.get(stream, 0) + 1:
        raise LogDamaged(
            f"log {name}, position {position}: expected version {versions.get(stream, 0) + 1} of {stream}, "
            f"found {at_version}"
        )
    if not row_links(last.digest, row):
        raise LogDamaged(f"log {name}, position {position}: the stored digest is not that of the stored bytes")
    decode_event(types, position, row[4], row[5])
    recorded(types, [row])
    versions[stream] = at_version
    return Head(position, row[8])
