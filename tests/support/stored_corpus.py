"""Writes a sample of every stored event type that has none yet; never touches one that exists.

Run `python -m tests.support.stored_corpus` after registering a new stored event (or a new version of one), read the
file, commit it. A sample stays for ever: it is what old logs hold. Only while nothing has been released, and no log is
kept, may `--anew` write them all again.
"""

import dataclasses
import enum
import shutil
import sys
import types as kinds
import typing
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from services.capacity.domain.events import EVENT_TYPES as CAPACITY
from services.ledger.domain.events import EVENT_TYPES as LEDGER
from services.order.domain.events import EVENT_TYPES as ORDER
from services.portal.domain.events import EVENT_TYPES as PORTAL
from shared.kernel.event import EventTypes

CORPUS = Path(__file__).parents[1] / "contract" / "eventstore" / "corpus"
SERVICES: dict[str, EventTypes] = {"order": ORDER, "capacity": CAPACITY, "ledger": LEDGER, "portal": PORTAL}


_PLAIN: dict[object, object] = {
    str: "咸宁-1",
    int: 7,
    bool: True,
    bytes: b"7",
    datetime: datetime(2026, 12, 1, 8, tzinfo=UTC),
    date: date(2026, 12, 1),
    object: {"any": [1]},
    typing.Any: {"any": [1]},
    msgspec.Raw: msgspec.Raw(b'{"any":[1]}'),
}


def example(kind: typing.Any) -> typing.Any:
    """A value of type *kind* with every optional part present and one element in every collection."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if origin in (typing.Union, kinds.UnionType):
        return example(next(one for one in arguments if one is not kinds.NoneType))
    if origin is typing.Literal:
        return arguments[0]
    if origin is typing.Annotated:
        return example(arguments[0])
    if origin is dict:
        return {example(arguments[0]): example(arguments[1])}
    if origin is tuple:
        return tuple(example(one) for one in arguments if one is not Ellipsis)
    if origin is not None:
        return origin([example(arguments[0])]) if isinstance(origin, type) and origin in (list, set, frozenset) else []
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    hints = typing.get_type_hints(kind, include_extras=True)
    names = msgspec.structs.fields(kind) if issubclass(kind, msgspec.Struct) else dataclasses.fields(kind)
    return kind(**{one.name: example(hints[one.name]) for one in names})


def path_of(service: str, name: str) -> Path:
    return CORPUS / service / f"{name}.json"


def write_missing() -> list[Path]:
    """The samples that were written."""
    missing = [(service, name) for service, types in SERVICES.items() for name in types.names]
    written = [(service, name) for service, name in missing if not path_of(service, name).exists()]
    for service, name in written:
        types = SERVICES[service]
        path_of(service, name).parent.mkdir(parents=True, exist_ok=True)
        path_of(service, name).write_bytes(types.encode(example(types.class_of(name))) + b"\n")
    return [path_of(service, name) for service, name in written]


if __name__ == "__main__":
    if "--anew" in sys.argv[1:]:
        shutil.rmtree(CORPUS, ignore_errors=True)
    for path in write_missing():
        print(path.relative_to(CORPUS))
