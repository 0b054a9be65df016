"""A consuming side for tests of the bus: every published note is copied into one stream."""

from collections.abc import Sequence

from shared.bus.port import Delivery, React, ReactPage
from shared.eventstore.handling import Prepared
from shared.eventstore.port import ANY_VERSION, EventLog, StreamAppend
from shared.kernel.refusal import Kind, Reason, Refused, Words
from tests.support.notes import NotePublished, NoteTaken


def text_of(delivery: Delivery) -> str:
    assert isinstance(delivery.fact, NotePublished)
    return delivery.fact.text


def copy(delivery: Delivery) -> Prepared[None]:
    return copy_page([delivery])


def copy_page(page: Sequence[Delivery]) -> Prepared[None]:
    events = [NoteTaken(text=text_of(one)) for one in page]
    return Prepared([StreamAppend("copies", ANY_VERSION, events)], None)


def copied(log: EventLog) -> list[str]:
    return [one.event.text for one in log.read_stream("copies") if isinstance(one.event, NoteTaken)]


class Why(Reason):
    """The one reason for which a copier says no."""

    UNWANTED = "unwanted"

    @property
    def words(self) -> Words:
        return Words(Kind.CONFLICT, "不需要", "Unwanted", "不需要该便条", "This note is not wanted")


def refusing(text: str) -> React:
    """A reaction that refuses notes with *text* and copies the others."""

    def react(delivery: Delivery) -> Prepared[None]:
        if text_of(delivery) == text:
            raise Refused(Why.UNWANTED)
        return copy(delivery)

    return react


def broken_on(text: str, tries: list[str]) -> ReactPage:
    """A reaction with a bug for notes with *text*; *tries* collects every note it is shown."""

    def react_page(page: Sequence[Delivery]) -> Prepared[None]:
        texts = [text_of(one) for one in page]
        tries.extend(texts)
        if text in texts:
            raise RuntimeError(f"cannot copy {text}")
        return copy_page(page)

    return react_page
