"""Clients of one line who write down what they ask and what they are told, on threads and in processes that die."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

import msgspec

from services.capacity.domain.hours import microseconds_of, seconds_of
from services.capacity.domain.plan_commands import CancelPlan
from services.capacity.policies import on_planning_requested
from shared.contracts import capacity
from shared.kernel.ids import derived_id
from tests.support.capacity_world import BUYER, SETTINGS, World, accepts, asks
from tests.support.last_hours import CANS, LAST, decided
from tests.support.line_model import Accept, Ask, GiveUp, History, Line, LineState, Move, What
from tests.support.linearizable import Call, explains
from tests.support.planning_world import T0

_KINDS: dict[str, type[Ask | Accept | GiveUp | Move]] = {one.__name__: one for one in (Ask, Accept, GiveUp, Move)}
LINE = Line(seconds_of(T0), seconds_of(LAST), int(SETTINGS.hold_for.total_seconds()))


class Notebook:
    """A history as a file of lines: each call is noted before it is made, and again when it was answered.

    Several processes may write to one; the clock is the machine's, the same for all of them.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._lock, self._count = Lock(), 0

    def begin(self, what: What) -> str:
        with self._lock:
            self._count += 1
            name = f"{os.getpid()}/{self._count}"
        self._write(name, what)
        return name

    def end(self, name: str, what: What) -> None:
        self._write(name, what)

    def _write(self, name: str, what: What) -> None:
        row = [name, monotonic(), type(what).__name__, asdict(what)]
        os.write(self._file, json.dumps(row).encode() + b"\n")

    def close(self) -> None:
        os.close(self._file)


def history_in(path: Path) -> History:
    """The calls of a notebook; those that were never answered have no end."""
    begun: dict[str, tuple[float, What]] = {}
    calls: History = []
    for name, at, what in _rows(path):
        if name in begun:
            calls.append(Call(what, begun.pop(name)[0], at))
        else:
            begun[name] = (at, what)
    return calls + [Call(what, at) for at, what in begun.values()]


def _rows(path: Path) -> Iterator[tuple[str, float, What]]:
    for row in path.read_text("ascii").splitlines():
        name, at, kind, fields = json.loads(row)
        answer = fields.get("answer")
        fields |= {"answer": tuple(answer)} if isinstance(answer, list) else {}
        yield name, at, _KINDS[kind](**fields)


def is_serial(history: History) -> bool:
    """Whether one order of all calls explains what every client was told."""
    return explains(history, LineState(seconds_of(T0), ()), LINE.apply)


class Client:
    """One buyer's dealings with the line, each noted in *notebook*."""

    def __init__(self, world: World, notebook: Notebook, chance: random.Random) -> None:
        self._world, self._notebook, self._chance = world, notebook, chance
        self._planning: Any = world.service.handlers.planning

    def try_for_an_hour(self, order: str) -> None:
        """Ask; then accept, or give up; what is booked is given up now and then."""
        quote = self._ask(order)
        if quote is None:
            return
        if self._chance.random() < 0.3:
            self._give_up(order, quote.quote_id)
        elif self._accept(order, quote) and self._chance.random() < 0.6:
            self._give_up(order, "")

    def move_on(self, by: timedelta) -> None:
        """Let the platform's time go on, so that holds expire."""
        to = self._world.clock.now() + by
        what = Move(seconds_of(to))
        name = self._notebook.begin(what)
        self._world.clock.set(to)
        self._notebook.end(name, what)

    def _ask(self, order: str) -> capacity.QuoteOffered | None:
        name = self._notebook.begin(Ask(order))
        alone = msgspec.structs.replace(asks(CANS, order_id=order), buyer_org_id=derived_id("org", order))
        asked = on_planning_requested(alone, T0)  # one buyer's quotes hold a share of the line at most
        (answer,) = decided(self._world, lambda: self._planning.plan(asked))
        if not isinstance(answer, capacity.QuoteOffered):
            self._notebook.end(name, Ask(order, "full"))
            return None
        (step,) = {(one.starts_at, one.ends_at) for option in answer.options for one in option.steps}
        held = (seconds_of(step[0]), seconds_of(step[1]), microseconds_of(answer.expires_at) // 1_000_000)
        self._notebook.end(name, Ask(order, held))
        return answer

    def _accept(self, order: str, quote: capacity.QuoteOffered) -> bool:
        name = self._notebook.begin(Accept(order))
        fact = accepts(quote.quote_id, quote.options[0], order)
        facts = decided(self._world, lambda: self._planning.confirm(fact))
        is_booked = not any(isinstance(one, capacity.QuoteLost) for one in facts)
        self._notebook.end(name, Accept(order, "booked" if is_booked else "lost"))
        return is_booked

    def _give_up(self, order: str, quote_id: str) -> None:
        what = GiveUp(order)
        name = self._notebook.begin(what)
        if quote_id:
            decided(self._world, lambda: self._planning.drop(order, quote_id))
        else:
            decided(self._world, lambda: self._planning.cancel(CancelPlan(order, BUYER, T0)))
        self._notebook.end(name, what)
