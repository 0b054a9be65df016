"""Recording: the ledger's end is loaded, the facts are appended to it, all in the consumer's own transaction."""

from typing import cast

from services.ledger.domain.entries import ENTRIES, Entries, EntriesCommand, EntriesEvent
from services.ledger.domain.events import STREAM
from shared.eventstore.handling import Loaded, Prepared, decide
from shared.eventstore.port import EventLog


class Recording:
    """The one writer of the stream `entries`. Two processes may try: the version lets one of them win."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def record(self, command: EntriesCommand) -> Prepared[None]:
        return Prepared([decide(ENTRIES, self._loaded(), STREAM, command)], None)

    def next_number(self, source: str) -> int:
        """The number of the fact that *source* goes on with; 0: any, its last one was recorded without."""
        return self._loaded().state.next_number(source)

    def _loaded(self) -> Loaded[Entries]:
        """The ledger's end: every append closes with `TreeGrown`, which alone says how to go on."""
        version = self._log.stream_version(STREAM)
        last = self._log.read_stream(STREAM, after_version=version - 1, up_to_version=version) if version else []
        return Loaded(ENTRIES.fold(cast("EntriesEvent", one.event) for one in last), version)
