"""Entries and the tree over them: what was recorded, and the evidence behind any figure."""

from dataclasses import asdict
from typing import Any

from flask import Response

from services.ledger.api import schemas, tables
from services.ledger.api.ledger import Ledger, Moment, scope_of
from services.ledger.domain.events import EntryRecorded
from services.ledger.domain.figures import elements
from services.ledger.domain.refusals import Why
from services.ledger.projections.evidence import EntryRow, Filters, find_entry, list_entries, posted_by
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.cursors import after, page
from shared.web.operations import TEXT, Manner
from shared.web.refusals import WebWhy
from shared.web.routes import Answer, Routes

routes = Routes("entries", description="Entries, the tree, evidence 台账条目与证据")
FILE_ROWS_MAX = 10_000
_ABOUT = ("factory_org_id", "plant_id", "line_id", "district", "order_id", "work_id")
_INDEX_DIGITS_MAX = 15


@routes.get(
    "/entries",
    operation_id="listEntries",
    manner=Manner(gives={"text/csv": TEXT}),
    query=schemas.EntriesQuery,
    answer=schemas.EntryPage,
)
@permits("ledger:read")
def entries(query: dict[str, Any]) -> Answer:
    """Entries in order. With `behind` exactly those whose postings make up the figures of these elements.

    `format=csv` gives all of them in one file, up to 10,000.
    """
    behind = _behind(query["behind"])
    scope = scope_of(query)
    begin = after(query)
    with provided(Ledger).moment(query["as_of"]) as moment:
        filters = Filters(
            scope=moment.scoped(scope),
            type=query["type"] or "",
            order=query["order"] or "",
            work=query["work"] or "",
            behind=behind,
        )
        if query["format"] == "csv":
            return _as_file(moment, filters, query["cursor"])
        rows = list_entries(
            moment.connection,
            filters,
            current_principal(),
            None if begin is None else int(begin[0]),
            query["limit"] + 1,
        )
        made = page(query, rows, lambda row: [row.entry])
        items = [_shown(row) for row in made["items"]]
        return {"as_of": moment.size, "root": moment.root, "items": items, "next_cursor": made["next_cursor"]}


@routes.get("/entries/<index>", operation_id="getEntry", answer=schemas.EntryView)
@permits("ledger:read")
def entry(index: str) -> Answer:
    """One entry whole: its public leaf, what opens it, and what it posted."""
    ledger = provided(Ledger)
    number = int(index) if index.isascii() and index.isdigit() and len(index) <= _INDEX_DIGITS_MAX else None
    with ledger.moment() as moment:
        row = None if number is None else find_entry(moment.connection, number, current_principal())
        if row is None:
            raise Refused(Why.UNKNOWN_ENTRY, index=index[:_INDEX_DIGITS_MAX])
        posted = posted_by(moment.connection, row.entry)
    (recorded,) = ledger.log.read_all(row.position - 1, 1)
    event = recorded.event
    assert isinstance(event, EntryRecorded)  # noqa: S101 - the view holds positions of entries only
    return {
        **_shown(row),
        "leaf": bytes(event.leaf).decode(),
        "body": bytes(event.body).decode(),
        "salt": event.salt,
        "postings": asdict(posted),
    }


@routes.get("/tree", operation_id="getTree", query=schemas.TreeQuery, answer=schemas.TreeView)
@permits("ledger:read")
def tree(query: dict[str, Any]) -> Answer:
    """The RFC 6962 root over all entries, or over the first `size` of them."""
    with provided(Ledger).moment(query["size"]) as moment:
        return {"size": moment.size, "root": moment.root}


def _as_file(moment: Moment, filters: Filters, cursor: str | None) -> Response:
    """Everything that is asked for, whole: a file has no pages."""
    if cursor is not None:
        raise Refused(WebWhy.CURSOR_INVALID)
    rows = list_entries(moment.connection, filters, current_principal(), None, FILE_ROWS_MAX + 1)
    if len(rows) > FILE_ROWS_MAX:
        raise Refused(Why.EXPORT_TOO_LARGE, pointer="/to", limit=FILE_ROWS_MAX)
    answer = Response(tables.as_csv(tables.entries_sheet(rows)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="entries-{moment.size}.csv"'
    answer.headers["X-Ledger-Size"], answer.headers["X-Ledger-Root"] = str(moment.size), moment.root
    return answer


def _behind(text: str | None) -> tuple[str, ...]:
    codes = tuple(text.split(",")) if text else ()
    for code in codes:
        if code not in elements():
            raise Refused(Why.UNKNOWN_ELEMENT, pointer="/behind", found=code[:40])
    return codes


def _shown(row: EntryRow) -> dict[str, Any]:
    about = {name: value for name in _ABOUT if (value := getattr(row, name))}
    return {
        "index": row.entry,
        "type": row.type,
        "source": row.source,
        "sourceseq": row.sourceseq,
        "time": row.time,
        "recorded_time": row.recordedtime,
        "leaf_hash": row.leaf_hash,
        "subject": row.subject,
        "about": about,
        "url": f"/v1/entries/{row.entry}",
    }
