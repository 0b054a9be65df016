"""Events and how they are named in the log: typed structs, registered, never imported by stored name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of all private events. Fields are JSON-able; instants are aware datetimes; money is `…_fen: int`."""


class Cause(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why something was written: who asked, when (by the service's clock), and the thread through the whole story."""

    correlation_id: str
    causation_id: str | None = None  # event or fact id that led to this, None for a person's request
    org_id: str
    subject: str
    at: datetime


Upcaster = Callable[[dict[str, object]], dict[str, object]]


class EventTypes:
    """The registry of one service's stored event types.

    *current* maps stored names with version such as `order-placed.v2` to classes; *upcasters* maps an older stored
    name to (next stored name, pure dict -> dict). Raises LookupError for a name that is not registered.
    """

    def __init__(
        self,
        current: Mapping[str, type[Event]],
        upcasters: Mapping[str, tuple[str, Upcaster]] | None = None,
    ) -> None:
        self._classes = dict(current)
        self._names = {cls: name for name, cls in current.items()}
        if len(self._names) != len(self._classes):
            raise ValueError("expected one stored name per event class, found a class registered twice")
        self._decoders = {name: msgspec.json.Decoder(cls).decode for name, cls in current.items()}
        self._upcasters = dict(upcasters or {})
        self._encode = msgspec.json.Encoder(order="deterministic").encode

    @property
    def names(self) -> list[str]:
        """Stored names of the current versions, sorted."""
        return sorted(self._classes)

    def class_of(self, name: str) -> type[Event]:
        return self._classes[name]

    def name_of(self, event: Event) -> str:
        try:
            return self._names[type(event)]
        except KeyError:
            raise LookupError(
                f"{type(event).__name__} is not registered; add it to the service's event types"
            ) from None

    def stored(self, event: Event) -> tuple[str, bytes]:
        """The name and the bytes under which *event* is stored."""
        name = self._names.get(type(event))
        return self.name_of(event) if name is None else name, self._encode(event)

    def encode(self, event: Event) -> bytes:
        return self._encode(event)

    def decode(self, name: str, data: bytes) -> Event:
        """The event stored as *name* with *data*, upcast to its current version first where it is older."""
        decode = self._decoders.get(name)
        if decode is not None:
            return decode(data)
        return self._decode_older(name, data)

    def _decode_older(self, name: str, data: bytes) -> Event:
        if name not in self._upcasters:
            raise LookupError(f"stored event type {name!r} is not registered; known: {', '.join(self.names)}")
        fields = msgspec.json.decode(data, type=dict[str, object])
        while name in self._upcasters:
            name, upcast = self._upcasters[name]
            fields = upcast(fields)
        return msgspec.convert(fields, self._classes[name])
