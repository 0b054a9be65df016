"""Load, decide, append: how a command becomes events, with bounded retries when somebody wrote first."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

import msgspec

from shared.eventstore.port import ANY_VERSION, EventLog, Mark, StreamAppend, WrongVersion
from shared.eventstore.states import States
from shared.kernel.decider import Decider
from shared.kernel.event import Cause, Event

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E", bound=Event)
R = TypeVar("R")

TRIES_MAX = 8


class Loaded(msgspec.Struct, Generic[S], frozen=True):
    """A stream's state and the version it was folded at (0: the stream is absent)."""

    state: S
    version: int


class Prepared(msgspec.Struct, Generic[R], frozen=True):
    """What a handler decided and has not written yet: appends for one transaction, and the result for the caller."""

    appends: Sequence[StreamAppend]
    result: R


class Expected(msgspec.Struct, frozen=True, gc=False):
    """Hold the transaction to this: *stream* stands at *version*. Goes with the marks of a command."""

    stream: str
    version: int


class NotAsExpected(Exception):
    """A stream is not at the version that the command was based on. Nothing was written; trying again would not help."""

    def __init__(self, stream: str, expected: int, found: int) -> None:
        super().__init__(f"stream {stream}: the command was based on version {expected}, found {found}")
        self.stream, self.expected, self.found = stream, expected, found


class Done(msgspec.Struct, Generic[R], frozen=True):
    """A prepared decision after its transaction: *position* is what a reader waits for to see it."""

    result: R
    position: int
    versions: dict[str, int]


def load(log: EventLog, decider: Decider[C, S, E], stream: str, up_to_version: int | None = None) -> Loaded[S]:
    """The state of *stream*, as of *up_to_version* when given; otherwise only events since the last load are read."""
    if up_to_version is not None:
        events, version = log.read_events(stream, 0, up_to_version)
        return Loaded(decider.fold(cast("Sequence[E]", events)), version)
    states = log.states
    kept, guessed = states.found(decider, stream)
    if kept is not None and guessed is not None:
        guessed.add(stream)
        loaded = Loaded(kept[1], kept[2])
        return _checked(log, decider, stream, loaded) if States.CHECKED else loaded
    state, seen = (kept[1], kept[2]) if kept is not None else (decider.initial, 0)
    events, version = log.read_events(stream, seen)
    if events:
        state = decider.fold(cast("Sequence[E]", events), state)
        states.keep(decider, stream, state, version)
    loaded = Loaded(state, version)
    return _checked(log, decider, stream, loaded) if States.CHECKED else loaded


def load_as_of(log: EventLog, decider: Decider[C, S, E], stream: str, position: int) -> Loaded[S]:
    """The state of *stream* when the head of the log stood at *position* (`log.position_as_of` knows it for a time)."""
    return load(log, decider, stream, log.version_as_of(stream, position))


def _checked(log: EventLog, decider: Decider[C, S, E], stream: str, loaded: Loaded[S]) -> Loaded[S]:
    """*loaded*, or AssertionError when a fold of the stored events from the beginning tells another state."""
    before = repr(loaded.state)
    events, _ = log.read_events(stream, 0, loaded.version)
    whole = decider.fold(cast("Sequence[E]", events))
    if whole != loaded.state or repr(loaded.state) != before:
        raise AssertionError(
            f"{stream}: evolve changes its argument, or an event reads back differently: "
            f"kept {loaded.state!r}, folded anew {whole!r}"
        )
    return loaded


def decide(decider: Decider[C, S, E], loaded: Loaded[S], stream: str, command: C) -> StreamAppend:
    """The append that *command* leads to. Raises Refused; the append is empty when nothing is to be said."""
    return StreamAppend(stream, loaded.version, decider.decide(command, loaded.state))


def transact(
    log: EventLog,
    prepare: Callable[[], Prepared[R]],
    cause: Cause,
    marks: Sequence[Mark | Expected] = (),
    tries_max: int = TRIES_MAX,
) -> Done[R]:
    """Prepare and append in one transaction; prepare again when another writer was first.

    What is `Expected` among *marks* holds in that very transaction, or NotAsExpected is raised.

    Streams that were only read are checked with those that are written, where the handler names them (`StreamAppend`
    without events). Where nothing at all is to be written there is nothing to check.
    After *tries_max* lost races the last WrongVersion is raised. Refused passes through and nothing is written.
    """
    expected = [one for one in marks if isinstance(one, Expected)]
    stored = [one for one in marks if not isinstance(one, Expected)]
    for attempt in range(1, tries_max + 1):
        prepared = _guessed(log.states, prepare) if attempt == 1 else None
        if prepared is None or _unmet(log, prepared, expected):
            prepared = prepare()
        unmet = _unmet(log, prepared, expected)
        if unmet is not None:
            raise unmet
        appends = [*prepared.appends, *_read_only(prepared, expected)] if _writes(prepared) else []
        try:
            appended = log.append(appends, cause, stored)
        except WrongVersion:
            if attempt == tries_max:
                raise
            continue
        for one in appends:
            log.states.advance(one.stream, one.expected_version, one.events)
        return Done(prepared.result, appended.position, appended.versions)
    raise AssertionError("unreachable: the loop returns or raises")


def _unmet(log: EventLog, prepared: Prepared[R], expected: Sequence[Expected]) -> NotAsExpected | None:
    """What of *expected* does not hold. A stream that is only read is looked up; the append checks it once more."""
    known = {one.stream: one.expected_version for one in prepared.appends if one.expected_version != ANY_VERSION}
    for one in expected:
        found = known[one.stream] if one.stream in known else log.stream_version(one.stream)
        if found != one.version:
            return NotAsExpected(one.stream, one.version, found)
    return None


def _read_only(prepared: Prepared[R], expected: Sequence[Expected]) -> list[StreamAppend]:
    written = {one.stream for one in prepared.appends}
    return [StreamAppend(one.stream, one.version, ()) for one in expected if one.stream not in written]


def _guessed(states: States, prepare: Callable[[], Prepared[R]]) -> Prepared[R] | None:
    """What *prepare* decides on kept states, when the append will check every one of them; else None."""
    guessed = states.begin_guessing()
    try:
        prepared = prepare()
    except Exception:
        if not guessed:
            raise
        return None
    finally:
        states.end_guessing()
    if _writes(prepared):
        guessed.difference_update(one.stream for one in prepared.appends if one.expected_version != ANY_VERSION)
    return None if guessed else prepared


def _writes(prepared: Prepared[R]) -> bool:
    return any(one.events for one in prepared.appends)
