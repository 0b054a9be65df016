"""Nothing is made of what was not there: a report eats what the recipe names, of lots that came for its work order."""

from collections.abc import Iterator

from services.capacity.domain import work_events as works
from services.sim.invariants.book import Book, Past
from shared.eventstore.port import Recorded


class EatenWasThere(Book):
    """What each work order needs and what came for it. How much a report eats is the factory's word: it may name its
    lots, so that the recipe's ratio binds only those who do not, and the events do not tell who did.
    """

    name = "what is eaten was there"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._sources: dict[str, dict[str, str]] = {}
        self._received: set[tuple[str, str]] = set()
        self.entries = {
            works.WorkOffered: self._offered,
            works.MaterialReceived: self._came,
            works.ProductionReported: self._reported,
            works.ReportCorrected: self._reported,
        }

    def _offered(self, event: works.WorkOffered, _: Recorded) -> Iterator[str]:
        self._sources[event.work_id] = {one.item: one.source for one in event.inputs}
        yield from ()

    def _came(self, event: works.MaterialReceived, _: Recorded) -> Iterator[str]:
        self._received |= {(event.work_id, lot.lot_id) for lot in event.lots}
        yield from ()

    def _reported(self, event: works.ProductionReported | works.ReportCorrected, recorded: Recorded) -> Iterator[str]:
        """Pooled purchases come without the platform."""
        sources = self._sources.get(event.work_id, {})
        for lot in event.lots_in:
            if lot.item not in sources:
                yield f"capacity/{recorded.position}: {event.work_id} eats {lot.item}, which its recipe does not name"
            elif sources[lot.item] != "pooled" and (event.work_id, lot.lot_id) not in self._received:
                yield f"capacity/{recorded.position}: {event.work_id} eats of {lot.lot_id}, which never came for it"
