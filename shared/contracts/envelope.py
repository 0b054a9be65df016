"""The envelope of every published fact: CloudEvents 1.0 with our ordering extensions, and the registry of facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Base of all published facts. JSON-able fields only; money `…_fen: int`; instants aware UTC."""


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """CloudEvents 1.0 attributes, and the extensions that give order and thread to facts.

    *position* is the publishing log's position, *part* numbers several facts of one event from 0. *sequence* counts
    the log's published facts from 1 without gaps (0: the publisher did not say): who misses one knows it. *logid*,
    *epoch* and *logdigest* (hex) prove the position. *data* is the fact's canonical JSON, kept byte for byte.
    """

    id: str  # "<log>/<position>/<part>": the same fact always has the same id; later epochs: "<log>.<epoch>/…"
    source: str  # "/gongfang/<log>"
    type: str  # e.g. "capacity.slot-confirmed.v1"
    time: datetime  # when it happened, by the publisher's clock
    subject: str  # the key: order id or line id
    data: msgspec.Raw
    position: int
    part: int
    correlationid: str
    sequence: int = 0
    logid: str = ""
    epoch: int = 0
    logdigest: str = ""
    actor: str = ""  # who caused it: organisation id, "system" for the platform
    specversion: str = "1.0"
    datacontenttype: str = "application/json"


class FactTypes:
    """Registry of published facts: wire name with version -> class. Raises LookupError for unknown names."""

    def __init__(self, *registries: Mapping[str, type[Fact]]) -> None:
        self._classes: dict[str, type[Fact]] = {}
        for registry in registries:
            overlap = self._classes.keys() & registry.keys()
            if overlap:
                raise ValueError(f"expected one class per fact name, found twice: {sorted(overlap)}")
            self._classes.update(registry)
        self._names = {cls: name for name, cls in self._classes.items()}
        self._decoders = {name: msgspec.json.Decoder(cls).decode for name, cls in self._classes.items()}
        self._encode = msgspec.json.Encoder(order="deterministic").encode

    @property
    def classes(self) -> Mapping[str, type[Fact]]:
        return self._classes

    def name_of(self, fact: Fact) -> str:
        return self._names[type(fact)]

    def encode(self, fact: Fact) -> bytes:
        return self._encode(fact)

    def decode(self, name: str, data: bytes | msgspec.Raw) -> Fact:
        try:
            return self._decoders[name](data)
        except KeyError:
            raise LookupError(f"fact {name!r} is not in shared/contracts") from None
