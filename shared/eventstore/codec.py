"""How an event stands in a row: column order, bytes, instants, and the running digest that chains the rows."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct

import msgspec

from shared.eventstore.port import LogDamaged, Recorded
from shared.kernel.event import Cause, Event, EventTypes

EMPTY_DIGEST = bytes(32)  # the digest of a log without events

Row = tuple[int, str, int, str | None, str, bytes, bytes, int, bytes]
"""position, stream, version, event id (None: derived), type, data, cause, recorded microseconds, digest."""

COLUMNS = "position, stream, version, event_id, type, data, cause, recorded_us, digest"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_pack = Struct(">qqqIIIII").pack  # big-endian: position, version, microseconds, then five lengths
_decode_cause = msgspec.json.Decoder(Cause).decode

encode_cause = msgspec.json.Encoder(order="deterministic").encode


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970, exact where a float would not be."""
    return (at - _EPOCH) // _MICROSECOND


def instant(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def event_id_of(stream: str, version: int, stored: str | None) -> str:
    """The id an event goes by: the one its writer gave, else its place in its stream."""
    return f"{stream}@{version}" if stored is None else stored


def link(  # noqa: PLR0917 - the order is that of the stored columns, and rows are passed whole
    previous: bytes,
    position: int,
    stream: str,
    version: int,
    event_id: str | None,
    type_name: str,
    data: bytes,
    cause: bytes,
    recorded_us: int,
) -> bytes:
    """SHA-256 over *previous* and every stored field; lengths come first, so no two rows share their bytes."""
    name = event_id or ""
    lengths = (len(stream), len(name), len(type_name), len(cause), len(data))
    head = _pack(position, version, recorded_us, *lengths)
    return sha256(previous + head + f"{stream}{name}{type_name}".encode() + cause + data).digest()


def row_links(previous: bytes, row: Row) -> bool:
    """Whether *row* carries the digest that follows from *previous* and its own fields."""
    return link(previous, *row[:8]) == row[8]


def decode_event(types: EventTypes, position: int, type_name: str, data: bytes) -> Event:
    """The typed event. Raises LogDamaged for bytes that are no event of that type, naming the position."""
    try:
        return types.decode(type_name, data)
    except (msgspec.MsgspecError, UnicodeDecodeError, LookupError) as broken:
        raise LogDamaged(f"position {position}: {type_name} cannot be read: {broken}") from broken


def recorded(types: EventTypes, rows: Iterable[Row]) -> list[Recorded]:
    """Rows as callers see them. Neighbours written by one append share their cause, so it is decoded once."""
    decode = types.decode
    found: list[Recorded] = []
    raw_cause: bytes | None = None
    cause: Cause | None = None
    recorded_us, recorded_at = 0, _EPOCH
    for position, stream, version, event_id, type_name, data, cause_bytes, us, digest in rows:
        try:
            if cause is None or cause_bytes != raw_cause:
                raw_cause, cause = cause_bytes, _decode_cause(cause_bytes)
            event = decode(type_name, data)
        except (msgspec.MsgspecError, UnicodeDecodeError, LookupError) as broken:
            raise LogDamaged(f"position {position}: {type_name} of {stream} cannot be read: {broken}") from broken
        if us != recorded_us:
            try:
                recorded_us, recorded_at = us, _EPOCH + timedelta(microseconds=us)
            except OverflowError as broken:
                raise LogDamaged(f"position {position}: {us} microseconds are no instant") from broken
        name = f"{stream}@{version}" if event_id is None else event_id
        found.append(Recorded(position, stream, version, name, type_name, event, cause, recorded_at, digest))
    return found
