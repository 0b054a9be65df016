"""Load, decide, append: how a command becomes events, with bounded retries when somebody wrote first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from shared.eventstore.port import EventLog, Mark, StreamAppend, WrongVersion
from shared.kernel.decider import Decider
from shared.kernel.event import Cause, Event

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E", bound=Event)
R = TypeVar("R")

TRIES_MAX = 8


@dataclass(frozen=True, slots=True)
class Loaded(Generic[S]):
    """A stream's state and the version it was folded at (0: the stream is absent)."""

    state: S
    version: int


@dataclass(frozen=True, slots=True)
class Prepared(Generic[R]):
    """What a handler decided and has not written yet: appends for one transaction, and the result for the caller."""

    appends: Sequence[StreamAppend]
    result: R


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """A prepared decision after its transaction: *position* is what a reader waits for to see it."""

    result: R
    position: int
    versions: dict[str, int]


def load(log: EventLog, decider: Decider[C, S, E], stream: str, up_to_version: int | None = None) -> Loaded[S]:
    """The state of *stream*, as of *up_to_version* when given."""
    events, version = log.read_events(stream, up_to_version)
    return Loaded(decider.fold(cast("Sequence[E]", events)), version)


def decide(decider: Decider[C, S, E], loaded: Loaded[S], stream: str, command: C) -> StreamAppend:
    """The append that *command* leads to. Raises Refused; the append is empty when nothing is to be said."""
    return StreamAppend(stream, loaded.version, decider.decide(command, loaded.state))


def transact(
    log: EventLog,
    prepare: Callable[[], Prepared[R]],
    cause: Cause,
    marks: Sequence[Mark] = (),
    tries_max: int = TRIES_MAX,
) -> Done[R]:
    """Prepare and append in one transaction; prepare again when another writer was first.

    After *tries_max* lost races the last WrongVersion is raised. Refused passes through and nothing is written.
    """
    for attempt in range(1, tries_max + 1):
        prepared = prepare()
        appends = [one for one in prepared.appends if one.events]
        try:
            appended = log.append(appends, cause, marks)
        except WrongVersion:
            if attempt == tries_max:
                raise
            continue
        return Done(prepared.result, appended.position, appended.versions)
    raise AssertionError("unreachable: the loop returns or raises")
