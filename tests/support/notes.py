"""A tiny made-up trade for tests of log and bus: notes are taken and struck; no service is needed for it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa

from shared.bus.port import Outgoing
from shared.contracts.envelope import Fact, FactTypes
from shared.eventstore.port import Appended, LogError, Recorded, StreamAppend
from shared.kernel.event import Cause, Event, EventTypes

START = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


class NoteTaken(Event, frozen=True):
    text: str
    weight: int = 1


class NoteStruck(Event, frozen=True):
    reason: str


NOTE_TYPES = EventTypes({"note-taken.v1": NoteTaken, "note-struck.v1": NoteStruck})


class NotePublished(Fact, frozen=True):
    note: str
    text: str


NOTE_FACTS = FactTypes({"notes.note-published.v1": NotePublished})


def note_cause(correlation_id: str = "cor_test", at: datetime = START) -> Cause:
    return Cause(correlation_id=correlation_id, org_id="org_test", subject="usr_test", at=at)


def taken(stream: str, expected_version: int, *texts: str, ids: Sequence[str] = ()) -> StreamAppend:
    return StreamAppend(stream, expected_version, [NoteTaken(text=text) for text in texts], ids)


def outcome(append: Callable[[], Appended]) -> Appended | LogError:
    """What came of an append: its result, or the refusal as a value that can be compared."""
    try:
        return append()
    except LogError as refused:
        return refused


def publish_notes(recorded: Recorded) -> list[Outgoing]:
    """One fact a taken note, none for a struck one, two for a text with a comma; "poison" cannot be published."""
    match recorded.event:
        case NoteTaken(text="poison"):
            raise ValueError("this note cannot be published")
        case NoteTaken(text=text):
            parts = text.split(",")
            return [Outgoing(recorded.stream, NotePublished(note=recorded.stream, text=part)) for part in parts]
        case _:
            return []


class NoteCount:
    """How many notes each stream holds and their total weight; a note with the text "poison" cannot be counted."""

    def __init__(self, name: str = "note_count", code_digest: str = "one") -> None:
        self.name = name
        self.table = sa.Table(
            name,
            sa.MetaData(),
            sa.Column("stream", sa.Text, primary_key=True),
            sa.Column("notes", sa.Integer, nullable=False),
            sa.Column("weight", sa.Integer, nullable=False),
        )
        self.tables: Sequence[sa.Table] = [self.table]
        self.handles: frozenset[str] | None = frozenset({"note-taken.v1"})
        self.code_digest = code_digest

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        table = self.table
        for one in page:
            note = msgspec.convert(one.event, NoteTaken, from_attributes=True)
            values = {"notes": table.c.notes + 1, "weight": table.c.weight + note.weight}
            if not connection.execute(table.update().where(table.c.stream == one.stream).values(values)).rowcount:
                connection.execute(table.insert().values(stream=one.stream, notes=1, weight=note.weight))
            if note.text == "poison":
                raise ValueError("this note cannot be counted")

    def counts(self, engine: sa.Engine) -> dict[str, int]:
        with engine.connect() as connection:
            return {row.stream: row.notes for row in connection.execute(sa.select(self.table))}
