"""The planning board as of the end of the log: kept in memory, caught up before every decision, saved for quick starts.

What is saved is a shortcut, never an authority: it is keyed by the shape of the board's data, and a board of another
shape, or none, is simply folded from the log again.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from threading import Lock

import msgspec
import sqlalchemy as sa

from services.capacity.domain.board import Board, SavedBoard
from services.capacity.domain.hours import instant_of, microseconds_of, seconds_of
from services.capacity.domain.master_events import LINE_EVENTS, PLANT_EVENTS, AutoAcceptRulesSet
from services.capacity.domain.slots import SLOT_EVENTS
from services.capacity.domain.spans import merged
from services.capacity.domain.values import AutoAcceptRule
from shared.contracts.planning import Interval
from shared.eventstore.port import PAGE_MAX, Recorded
from shared.eventstore.projecting import LogWithViews
from shared.kernel.event import Event

SAVE_EVERY = 5_000  # events between two savings: bounds what a start has to fold
SAVE_WORTH = 100  # fewer events are folded in less time than the whole board takes to save
_FOLDED: frozenset[type[Event]] = frozenset({*PLANT_EVENTS.values(), *LINE_EVENTS.values(), *SLOT_EVENTS.values()})
METADATA = sa.MetaData()
_SAVED = sa.Table(
    "board_saved",
    METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("shape", sa.String, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("board", sa.LargeBinary, nullable=False),
)


@cache  # a schema takes milliseconds to draw up and never changes while the process runs
def shape_of(kind: type) -> str:
    """A digest of the fields of *kind* and all it holds: data of another shape is not read."""
    schema, parts = msgspec.json.schema_components([kind])
    return hashlib.sha256(msgspec.json.encode([schema, parts], order="sorted")).hexdigest()[:32]


class Saved(msgspec.Struct, frozen=True, gc=False):
    """The board, and the rules by which lines answer offers themselves: line id -> rules."""

    board: SavedBoard
    auto_accept: dict[str, list[AutoAcceptRule]]


class LiveBoard:
    """Thread-safe. `caught_up` is cheap when nothing happened, and a board once handed out is never changed."""

    def __init__(self, log: LogWithViews, save_every: int = SAVE_EVERY) -> None:
        self._log = log
        self._save_every = save_every
        self._lock = Lock()
        with log.writing() as connection:
            METADATA.create_all(connection)
        self._board, self._auto_accept, self._position = self._restored()
        self._saved_at = self._position

    @property
    def position(self) -> int:
        """The log position the board has seen."""
        return self._position

    def caught_up(self) -> Board:
        """The board as of the end of the log."""
        with self._lock:
            page = self._log.read_all(self._position, PAGE_MAX)
            while page:
                self._fold(page)
                page = self._log.read_all(self._position, PAGE_MAX) if len(page) == PAGE_MAX else []
            if self._position - self._saved_at >= self._save_every:
                self._save()
            return self._board

    def auto_accept_rules(self, line_id: str) -> list[AutoAcceptRule]:
        """By which rules the line's owner accepts offers unasked, as of the last catching up."""
        return self._auto_accept.get(line_id, [])

    def taken(self, line_id: str, at: datetime) -> list[Interval]:
        """Held and booked time of the line from *at* on, ascending and apart; none for a line not on the board."""
        board = self.caught_up()
        try:
            line = board.line(line_id)
        except KeyError:
            return []
        now, now_us = seconds_of(at), microseconds_of(at)
        return merged(
            Interval(instant_of(one.starts), instant_of(one.ends))
            for one in line.bookings
            if one.ends > now and one.stands(now_us)
        )

    def save(self, worth: int = 1) -> None:
        """Keep the board for the next start, when *worth* events have come since it was kept last."""
        self.caught_up()
        with self._lock:
            if self._position - self._saved_at >= worth:
                self._save()

    def _fold(self, page: Sequence[Recorded]) -> None:
        """Fold into a copy: a decision that is being made elsewhere keeps the very board that it began with."""
        fresh = [one for one in page if type(one.event) in _FOLDED]
        if fresh:
            board, auto_accept = self._board.with_lines(()), dict(self._auto_accept)
            for one in fresh:
                board.apply(one.event, one.version)
                if isinstance(one.event, AutoAcceptRulesSet):
                    auto_accept[one.event.line_id] = one.event.rules
            self._board, self._auto_accept = board, auto_accept
        self._position = page[-1].position

    def _save(self) -> None:
        row = {
            "name": self._log.name,
            "shape": shape_of(Saved),
            "position": self._position,
            "board": msgspec.msgpack.encode(Saved(self._board.saved(), self._auto_accept)),
        }
        with self._log.writing() as connection:
            connection.execute(_SAVED.delete())
            connection.execute(_SAVED.insert().values(row))
        self._saved_at = self._position

    def _restored(self) -> tuple[Board, dict[str, list[AutoAcceptRule]], int]:
        with self._log.views.connect() as connection:
            row = connection.execute(sa.select(_SAVED).where(_SAVED.c.shape == shape_of(Saved))).first()
        if row is None or row.position > self._log.head().position:
            return Board(), {}, 0
        saved = msgspec.msgpack.decode(row.board, type=Saved)
        return Board.restored(saved.board), saved.auto_accept, int(row.position)
