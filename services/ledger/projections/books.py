"""How did line time and units move, entry by entry, and where do they stand? Double entry, balanced at every entry."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.ledger.domain import cells, line_book, production_days, readings, timeline, work_book
from services.ledger.domain.events import EntryRecorded
from services.ledger.domain.leaf import decode_leaf
from services.ledger.domain.line_states import version
from services.ledger.domain.readings import POSTED, decode_body, fact_of
from services.ledger.projections import bookkeeping, open_spans
from services.ledger.projections.book_tables import TABLES
from services.ledger.projections.bookkeeping import Bookkeeping
from shared.contracts import capacity, order
from shared.contracts.envelope import Fact
from shared.contracts.line_time import (
    InspectionDispositioned,
    LineFact,
    ProductionReported,
    ReportCorrected,
)
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded


class Books:
    """The view's writer."""

    name = "books"
    tables: Sequence[sa.Table] = TABLES
    handles: frozenset[str] | None = frozenset({"entry-recorded.v1"})

    def __init__(self) -> None:
        rules = (cells, line_book, production_days, readings, timeline, work_book, bookkeeping, open_spans)
        self.code_digest = digest_of(type(self), *rules, version(), [table.c.keys() for table in TABLES])

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        books = Bookkeeping(connection)
        for recorded in page:
            event = recorded.event
            if isinstance(event, EntryRecorded):
                type_name = decode_leaf(event.leaf).type
                if type_name in POSTED:
                    post(books, event.index, fact_of(type_name, decode_body(event.body).data))
        books.put_back()


def post(books: Bookkeeping, entry: int, fact: Fact) -> None:
    """What entry number *entry* means for the books."""
    match fact:
        case LineFact():
            _post_line(books, entry, fact)
        case capacity.ShipmentDelivered():
            delivery = books.delivery(fact.delivery_id)
            delivery.work_id = fact.work_id
            _post_delivery(books, entry, fact.delivery_id)
        case order.DeliveryConfirmed():
            delivery = books.delivery(fact.delivery_id)
            delivery.confirmed = fact.quantity
            _post_delivery(books, entry, fact.delivery_id)
        case _:
            pass


def _post_line(books: Bookkeeping, entry: int, fact: LineFact) -> None:
    line = books.apply(entry, fact)
    if isinstance(fact, ProductionReported | ReportCorrected | InspectionDispositioned):
        work = books.work(fact.work_id)
        postings = work.apply(fact, line)
        books.post_units(entry, fact.work_id, work.register.line_id, postings)


def _post_delivery(books: Bookkeeping, entry: int, delivery_id: str) -> None:
    """Post once both are known, the shipment and the receiving party's word, in whichever order they come."""
    delivery = books.delivery(delivery_id)
    if delivery.work_id and delivery.confirmed is not None:
        work = books.work(delivery.work_id)
        postings = work.confirm_delivery(delivery_id, delivery.confirmed)
        books.post_units(entry, delivery.work_id, work.register.line_id, postings)
