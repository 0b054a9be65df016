"""Parsers of what was stored or carried: events, rows of a log, facts on the bus, entries of the ledger, packs."""

import contextlib

import msgspec

from services.capacity.domain.events import EVENT_TYPES as CAPACITY
from services.ledger.domain.events import EVENT_TYPES as LEDGER
from services.order.domain.events import EVENT_TYPES as ORDER
from services.order.packs.faults import PackFault
from services.order.packs.loader import PACK_FILES, load, pack_contents, read_pack
from services.portal.domain.events import EVENT_TYPES as PORTAL
from shared.contracts.envelope import CloudEvent
from shared.contracts.registry import FACTS
from shared.eventstore.codec import decode_event, encode_cause, recorded, row_links
from shared.eventstore.port import LogDamaged
from shared.kernel.event import Event, EventTypes
from tests.fuzz.targets.target import Feed, Target, expect, first_line


class _Told(Event):
    """Stands for every event that once had another shape."""

    text: str
    tongue: str


_CHANGED = EventTypes({"told.v2": _Told}, {"told.v1": ("told.v2", lambda fields: {**fields, "tongue": "zh"})})
_TYPES = [ORDER, CAPACITY, LEDGER, PORTAL, _CHANGED]
_CAUSE = b'{"at":"2026-12-01T00:00:00Z","causation_id":null,"correlation_id":"c","org_id":"o","subject":"s"}'


def _events() -> Feed:
    def feed(raw: bytes) -> None:
        name, data = first_line(raw)
        for types in _TYPES:
            with contextlib.suppress(LogDamaged):
                event = decode_event(types, 1, name, data)
                again = types.decode(types.name_of(event), types.encode(event))
                expect(holds=again == event, what=f"{name} is not the same stored again")

    return feed


class _Row(msgspec.Struct):
    """A row as a damaged file might give it, in JSON."""

    type: str
    data: str
    cause: str = _CAUSE.decode()
    position: int = 1
    version: int = 1
    stream: str = "order-1"
    event_id: str | None = None
    us: int = 0


def _rows() -> Feed:
    decode = msgspec.json.Decoder(_Row).decode

    def feed(raw: bytes) -> None:
        try:
            row = decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
        if max(abs(row.us), abs(row.position), abs(row.version)) >= 2**63:
            return  # no column holds that
        data, cause = row.data.encode("utf-8", "replace"), row.cause.encode("utf-8", "replace")
        stored = (row.position, row.stream, row.version, row.event_id, row.type, data, cause, row.us, bytes(32))
        expect(holds=not row_links(bytes(32), stored), what="an all-zero digest fits")
        for types in _TYPES:
            with contextlib.suppress(LogDamaged):
                for one in recorded(types, [stored]):
                    expect(holds=one.recorded_at.tzinfo is not None, what="recorded at no instant")
                    encode_cause(one.cause)

    return feed


def _facts() -> Feed:
    decode = msgspec.json.Decoder(CloudEvent).decode
    encode = msgspec.json.encode

    def feed(raw: bytes) -> None:
        try:
            envelope = decode(raw)
            again = decode(encode(envelope))
            expect(holds=(again.id, again.position) == (envelope.id, envelope.position), what="not the same sent again")
            fact = FACTS.decode(envelope.type, envelope.data)
        except (msgspec.MsgspecError, UnicodeDecodeError, LookupError):
            return
        expect(
            holds=FACTS.decode(envelope.type, FACTS.encode(fact)) == fact, what=f"{envelope.type} changes on its way"
        )

    return feed


def _packs() -> Feed:
    before = pack_contents(files=PACK_FILES[:-1])

    def feed(raw: bytes) -> None:
        with contextlib.suppress(PackFault):
            read_pack("new.yaml", raw)
            with contextlib.suppress(PackFault):
                load({"new.yaml": raw})
            load({**before, "new.yaml": raw})  # dear: for what has at least the shape of a pack

    return feed


STORED = [
    Target("events", _events),
    Target("rows", _rows),
    Target("facts", _facts),
    Target("packs", _packs, cost=10),
]
