"""A data directory with a past: the seeded world, one order told to its end and copied, and all views caught up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

import msgspec

from services.bench import history
from services.demo import making, ordering
from services.demo.seeding import World
from services.demo.stage import Stage
from services.demo.telling import STORY_FROM, seeded
from services.demo.trail import Trail
from services.embedded.house import House
from services.embedded.running import opened, served
from services.terminal import Terminal

BUYER, TO = "B1", ("420100", "武汉")
LEAD = timedelta(days=40)
COPY_LASTS_FOR = timedelta(hours=4)  # each copy lies this much earlier than the one before, so that no two runs overlap


@dataclass(frozen=True, slots=True)
class _Told:
    """The seeded world with one order told: where it stands in the copied logs, and its events in all logs."""

    world: World
    places: dict[str, tuple[int, int]]  # service -> positions after which it begins and with which it ends
    events: int


def with_copies(data: Path, terminal: Terminal, copies: int) -> World:
    """Seed the world, tell one order to its end, copy it *copies* times, let ledger and views work through it."""
    told = _told(data, terminal)
    _copy(data, terminal, told, range(copies))
    return told.world


def kept_with_copies(data: Path, terminal: Terminal, copies: int) -> World:
    """The same in a directory that is kept: made once, found again by the next call. Each use adds a little to it."""
    known = data.with_suffix(".world.json")
    if known.exists():
        return msgspec.json.decode(known.read_bytes(), type=World)
    world = with_copies(data, terminal, copies)
    known.write_bytes(msgspec.json.encode(world))
    known.chmod(0o600)  # credentials of fictional parties, but credentials
    return world


def with_events(data: Path, terminal: Terminal, events_min: int) -> World:
    """The same, with as many copies as bring all logs together to *events_min* events.

    The ledger makes fewer events of a copy than of the order that was told: how many, shows the first round, and what
    is missing then is copied in a second.
    """
    told = _told(data, terminal)
    begun, copies, of_a_copy = _events_at(data), 0, float(told.events)
    while (missing := events_min - _events_at(data)) > 0:
        more = ceil(missing / of_a_copy)
        _copy(data, terminal, told, range(copies, copies + more))
        copies += more
        of_a_copy = (_events_at(data) - begun) / copies
    return told.world


def _events_at(data: Path) -> int:
    with opened(data, STORY_FROM) as house:
        return events_in(house)


def events_in(house: House) -> int:
    """Events in all logs together."""
    return sum(service.log.head().position for service in house.services.values())


def _told(data: Path, terminal: Terminal) -> _Told:
    data.mkdir()
    with opened(data, STORY_FROM) as house, served(house) as address:
        world = seeded(house, address, terminal)
        heads = {name: house.services[name].log.head().position for name in history.COPIED}
        before = events_in(house)
        with staged(address, world) as stage:
            _tell_one(stage)
        places = {name: (head, house.services[name].log.head().position) for name, head in heads.items()}
        return _Told(world, places, events_in(house) - before)


def _copy(data: Path, terminal: Terminal, told: _Told, copies: range) -> None:
    """*copies*: the numbers of those to make; each number may be used once in a directory."""
    with opened(data, STORY_FROM) as house:
        patterns = [history.pattern_of(house.services[name].log, *told.places[name]) for name in history.COPIED]
        with terminal.progress("past orders", len(copies)) as advance:
            for first in range(0, len(copies), history.ABREAST):
                numbers = copies[first : first + history.ABREAST]
                abreast = [history.Copy(number, COPY_LASTS_FOR * (number + 1)) for number in numbers]
                for pattern in patterns:
                    history.write(pattern, abreast)
                advance(len(abreast))
        history.pass_over(house, patterns[0].strokes[0].cause)
    with opened(data, STORY_FROM) as house:
        house.step_to_rest()


@contextmanager
def staged(address: str, world: World) -> Iterator[Stage]:
    """A stage whose trail nobody reads."""
    stage = Stage(address, world, Trail(Terminal(as_json=True)))
    try:
        yield stage
    finally:
        stage.close()


def place(stage: Stage) -> dict[str, Any]:
    """An order of canned tea, as it stands once it is quoted."""
    tea = ordering.line("tea-can-330", 12_000, "can", artwork="bench", colour="dark")
    return ordering.place(stage, BUYER, [tea], to=TO, by=stage.now + LEAD)


def _tell_one(stage: Stage) -> None:
    """One order from placing to closing."""
    stage.next_morning()
    order = place(stage)
    quote = ordering.newest_quote(stage, BUYER, order["id"])
    ordering.accept(stage, BUYER, quote, quote["options"][0])
    making.accept_offers(stage, order["id"])
    making.produce(stage, order["id"])
    closed = ordering.confirm_deliveries(stage, BUYER, order["id"])
    stage.expect(closed["state"] == "closed", "a closed order", closed["state"])
