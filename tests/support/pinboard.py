"""A service of one page, written as all are: notes that an organisation keeps. The web's manners are tried on it."""

from collections.abc import Sequence
from typing import Any, assert_never

import msgspec
from flask import Flask

from shared.clock import SeededIds
from shared.eventstore.handling import Loaded, Prepared, decide, load, transact
from shared.eventstore.port import EventLog, Recorded
from shared.kernel.clock import Clock
from shared.kernel.decider import Decider
from shared.kernel.event import Event, EventTypes
from shared.kernel.ids import IdSource
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.app import build_app, provided
from shared.web.cursors import PageQuery, after, page
from shared.web.etags import check_version, etag
from shared.web.fields import (
    BaseSchema,
    Choice,
    Id,
    Instant,
    LanguageText,
    Many,
    MoneyField,
    Part,
    QuantityField,
    Record,
    Text,
    Whole,
)
from shared.web.idempotency import Command, Outcome, perform
from shared.web.operations import STREAM, Manner
from shared.web.prefer import wait_for, wait_seconds
from shared.web.refusals import WebWhy
from shared.web.routes import Answer, Routes
from shared.web.streaming import events, of_stream
from tests.support.web_client import CURSOR_KEY, Issuer


class NoteWritten(Event):
    note_id: str
    org_id: str
    text: str


class NoteChanged(Event):
    note_id: str
    text: str


NOTE_EVENTS = EventTypes({"note-written.v1": NoteWritten, "note-changed.v1": NoteChanged})


class Note(msgspec.Struct, frozen=True):
    note_id: str
    org_id: str
    text: str


class Write(msgspec.Struct, frozen=True):
    note_id: str
    org_id: str
    text: str


class Change(msgspec.Struct, frozen=True):
    text: str


def _decide(command: Write | Change, note: Note | None) -> Sequence[Event]:
    match command:
        case Write():
            return [NoteWritten(note_id=command.note_id, org_id=command.org_id, text=command.text)]
        case Change():
            if note is None:
                raise Refused(WebWhy.NOT_FOUND)
            return [NoteChanged(note_id=note.note_id, text=command.text)]
        case _:
            assert_never(command)


def _evolve(note: Note | None, event: Event) -> Note | None:
    if isinstance(event, NoteWritten):
        return Note(event.note_id, event.org_id, event.text)
    if isinstance(event, NoteChanged) and note is not None:
        return msgspec.structs.replace(note, text=event.text)
    return note


NOTE: Decider[Write | Change, Note | None, Event] = Decider(None, _decide, _evolve)


class Notes:
    """Handlers and readings of notes, over one log."""

    def __init__(self, log: EventLog, ids: IdSource) -> None:
        self.log, self.ids = log, ids

    def find(self, note_id: str, principal: Principal) -> Loaded[Note]:
        loaded = load(self.log, NOTE, f"note-{note_id}")
        if loaded.state is None or not principal.owns(loaded.state.org_id):
            raise Refused(WebWhy.NOT_FOUND)
        return Loaded(loaded.state, loaded.version)

    def change(self, note_id: str, text: str, command: Command, expected: int) -> Prepared[None]:
        found = self.find(note_id, command.principal)
        check_version(expected, found.version)
        stream = f"note-{note_id}"
        return Prepared([decide(NOTE, load(self.log, NOTE, stream), stream, Change(text))], None)


routes = Routes("notes", description="Notes 便条")


class PartBody(BaseSchema):
    text = Text(required=True)


class NoteBody(BaseSchema):
    text = Text(required=True, high=100)
    due_at = Instant()
    remind_at = Instant(load_default=None)
    colour = Choice(["red", "blue"], load_default=None)
    price = MoneyField()
    quantity = QuantityField()
    name = LanguageText()
    copies = Whole(low=1, high=9)
    parts = Many(Part(PartBody), high=3)


class NoteView(BaseSchema):
    id = Id("not")
    text = Text()
    version = Whole()


class NoteEvents(BaseSchema):
    items = Many(Record())
    next = Whole()


class NotePage(BaseSchema):
    items = Many(Part(NoteView))
    next_cursor = Text(allow_none=True)


def _shown(note: Note, version: int) -> dict[str, object]:
    return {"id": note.note_id, "text": note.text, "version": version}


def _show(note_id: str) -> Answer:
    found = provided(Notes).find(note_id, current_principal())
    return _shown(found.state, found.version), None, etag(found.version)


@routes.post("/notes", body=NoteBody, answer=NoteView, status=201)
@permits("order:place")
def write(body: dict[str, Any]) -> Answer:
    """Write a note."""
    notes = provided(Notes)

    def act(command: Command) -> None:
        stream = f"note-{command.resource}"
        writing = Write(command.resource, command.principal.org_id, body["text"])
        transact(
            notes.log,
            lambda: Prepared([decide(NOTE, load(notes.log, NOTE, stream), stream, writing)], None),
            command.cause,
            command.marks,
        )

    def show(outcome: Outcome) -> Answer:
        return _show(outcome.resource)

    return perform(act, show, resource=notes.ids.new("not"), status=201)


@routes.put("/notes/<note_id>", body=NoteBody, answer=NoteView)
@permits("order:place")
def change(body: dict[str, Any], note_id: str) -> Answer:
    """Change a note."""
    notes = provided(Notes)

    def act(command: Command) -> None:
        expected = command.expected_version
        transact(
            notes.log, lambda: notes.change(note_id, body["text"], command, expected), command.cause, command.marks
        )

    return perform(act, lambda outcome: _show(outcome.resource), resource=note_id, about=f"note-{note_id}")


@routes.get("/notes/<note_id>", answer=NoteView)
@permits("order:read")
def read(note_id: str) -> Answer:
    """A note; `Prefer: wait=N` waits for it to be written."""
    notes = provided(Notes)
    seconds = wait_seconds()
    if seconds:
        wait_for(
            notes.log,
            lambda _: notes.log.stream_version(f"note-{note_id}") or None,
            seconds,
            current_principal().org_id,
        )
    return _show(note_id)


@routes.get("/notes", query=PageQuery, answer=NotePage)
@permits("order:read")
def list_notes(query: dict[str, Any]) -> Answer:
    """The organisation's notes, oldest first."""
    notes = provided(Notes)
    begin = (after(query) or [0])[0]
    mine = [
        (one.position, Note(one.event.note_id, one.event.org_id, one.event.text), one.version)
        for one in notes.log.read_all(begin)
        if isinstance(one.event, NoteWritten) and current_principal().owns(one.event.org_id)
    ]
    made = page(query, mine[: query["limit"] + 1], lambda row: [row[0]])
    made["items"] = [_shown(note, version) for _, note, version in made["items"]]
    return made


@routes.get("/notes/<note_id>/events", answer=NoteEvents, manner=Manner(resumes=True, gives=STREAM))
@permits("order:read")
def follow(note_id: str) -> Answer:
    """What happens to a note, live or by polling."""
    notes = provided(Notes)
    notes.find(note_id, current_principal())

    def select(recorded: Recorded) -> dict[str, object] | None:
        event = recorded.event
        return {"text": event.text} if isinstance(event, NoteWritten | NoteChanged) else None

    return events(notes.log, of_stream(notes.log, f"note-{note_id}"), select)


def pinboard_app(log: EventLog, clock: Clock, issuer: Issuer, **more: Any) -> Flask:
    """The notes service over *log*."""
    ids = SeededIds(clock, 7)
    settings: dict[str, Any] = {"title": "Notes", "version": "1.0.0", "cursor_key": CURSOR_KEY, **more}
    more_routes = settings.pop("routes", [])
    return build_app(
        "pinboard",
        routes=[routes, *more_routes],
        provides=[Notes(log, ids)],
        verifier=issuer.verifier(),
        clock=clock,
        ids=ids,
        log=log,
        **settings,
    )
