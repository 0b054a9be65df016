"""Entries and the tree over them: what was recorded, and the evidence behind any figure."""

from dataclasses import asdict
from typing import Any

from flask import Response

from services.ledger.api import schemas, tables
from services.ledger.api.ledger import Ledger, Moment, scope_of
from services.ledger.domain.events import EntryRecorded
from services.ledger.domain.figures import elements
from services.ledger.domain.profile import canonical, read
from services.ledger.domain.refusals import Why
from services.ledger.projections.evidence import EntryRow, Filters, find_entry, list_entries, posted_by, sees_all
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
_NAME_SHOWN_MAX = 64


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

    `format=csv` gives all of them in one file, up to 10,000. A factory sees its own, numbered from 1 by themselves:
    `index`, `sourceseq`, the tree's size and its root count everybody's entries and are the office's to read.
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
        made = page(query, rows, lambda row: [row.place])
        items = [_shown(row) for row in made["items"]]
        return {**moment.named, "items": items, "next_cursor": made["next_cursor"]}


@routes.get("/entries/<index>", operation_id="getEntry", answer=schemas.EntryView)
@permits("ledger:read")
def entry(index: str) -> Answer:
    """One entry whole: its leaf, what opens it, and what it posted. The office asks by `index` too, a factory
    by `leaf_hash`, which holds the ledger to the entry; leaf, salt and the fact's place in its log are the office's to open.
    """
    ledger = provided(Ledger)
    with ledger.moment() as moment:
        row = find_entry(moment.connection, index, current_principal())
        if row is None:
            raise Refused(Why.UNKNOWN_ENTRY, index=index[:_NAME_SHOWN_MAX])
        posted = posted_by(moment.connection, row.entry)
    (recorded,) = ledger.log.read_all(row.position - 1, 1)
    event = recorded.event
    assert isinstance(event, EntryRecorded)  # noqa: S101 - the view holds positions of entries only
    return {**_shown(row), **_opened(event), "postings": asdict(posted)}


def _opened(event: EntryRecorded) -> dict[str, str]:
    """What opens an entry. Leaf and `fact` hold numbers of the source's log, and with the salt the leaf's could be
    guessed from its hash: who must not count others' facts gets none of the three.
    """
    if sees_all(current_principal()):
        return {"leaf": bytes(event.leaf).decode(), "body": bytes(event.body).decode(), "salt": event.salt}
    told = {name: value for name, value in read(bytes(event.body)).items() if name != "fact"}
    return {"body": canonical(told).decode()}


@routes.get("/tree", operation_id="getTree", query=schemas.TreeQuery, answer=schemas.TreeView)
@permits("ledger:export")
def tree(query: dict[str, Any]) -> Answer:
    """The RFC 6962 root over all entries, or over the first `size` of them: the office's, as it counts everybody's."""
    with provided(Ledger).moment(query["size"]) as moment:
        return {"size": moment.size, "root": moment.root}


def _as_file(moment: Moment, filters: Filters, cursor: str | None) -> Response:
    """Everything that is asked for, whole: a file has no pages."""
    if cursor is not None:
        raise Refused(WebWhy.CURSOR_INVALID)
    rows = list_entries(moment.connection, filters, current_principal(), None, FILE_ROWS_MAX + 1)
    if len(rows) > FILE_ROWS_MAX:
        raise Refused(Why.EXPORT_TOO_LARGE, pointer="/to", limit=FILE_ROWS_MAX)
    is_whole = sees_all(current_principal())
    answer = Response(
        tables.as_csv(tables.entries_sheet(rows, is_whole=is_whole)), content_type="text/csv; charset=utf-8"
    )
    name = f"entries-{moment.size}.csv" if is_whole else "entries.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if is_whole:
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
    counted = {"number": row.number} if row.number else {"index": row.entry, "sourceseq": row.sourceseq}
    return {
        **counted,
        "type": row.type,
        "source": row.source,
        "time": row.time,
        "recorded_time": row.recordedtime,
        "leaf_hash": row.leaf_hash,
        "subject": row.subject,
        "about": about,
        "url": f"/v1/entries/{row.name}",
    }
