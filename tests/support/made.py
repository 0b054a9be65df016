"""Events made by hand for tests that look at a few of their fields: what is not given is as empty as its type allows."""

from collections.abc import Iterable
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from shared.eventstore.port import Recorded
from shared.kernel.event import Cause, Event

T0 = datetime(2026, 12, 1, tzinfo=UTC)
CAUSE = Cause(correlation_id="req_1", org_id="org_1", subject="usr_1", at=T0)
S = TypeVar("S", bound=msgspec.Struct)


def made(kind: type[S], **given: object) -> S:
    """A *kind* with the fields *given*; texts are empty, counts 0, instants T0, lists empty, optional fields None."""
    hints = get_type_hints(kind)
    needed = [one.name for one in msgspec.structs.fields(kind) if one.required and one.name not in given]
    return kind(**{name: _empty(hints[name]) for name in needed}, **given)


def _empty(hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return None if NoneType in arguments else _empty(arguments[0])
    if origin is Literal:
        return arguments[0]
    if hint is datetime:
        return T0
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return made(hint)
    return (origin or hint)()


def log_of(*events: Event, stream: str = "a-stream") -> list[Recorded]:
    """*events* as the log of one service, all of one stream."""
    return [
        Recorded(number, stream, number, f"{stream}/{number}", type(event).__name__, event, CAUSE, T0)
        for number, event in enumerate(events, start=1)
    ]


def found(book: Any, events: Iterable[Recorded]) -> list[str]:
    """What *book* finds in *events*, taken as one append."""
    return [*book.entered(events), *book.settled()]
