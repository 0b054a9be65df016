"""Routes of the workbook: take it filled in with what stands, preview it, import it. All or nothing."""

from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from services.capacity.api.master_api import MasterApi
from services.capacity.api.master_schemas import WorkbookQuery, WorkbookView
from services.capacity.domain.plant import plant_stream
from services.capacity.domain.refusals import Why
from services.capacity.handlers.workbooks import Imported
from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.book import Book
from services.capacity.workbook.messages import BadCells
from services.capacity.workbook.template import MEDIA_TYPE
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.etags import check_preview, etag
from shared.web.idempotency import Command, Outcome, perform
from shared.web.languages import language
from shared.web.operations import BINARY, OCTETS, Manner
from shared.web.routes import Answer, Routes

WORKBOOK_ROUTES = Routes("workbooks", description="Publish a plant by one Excel workbook")
CHANGES_SHOWN_MAX = 100
_FILE = {MEDIA_TYPE: BINARY, OCTETS: BINARY}


@WORKBOOK_ROUTES.get("/plants/<plant_id>/workbook", operation_id="downloadWorkbook", manner=Manner(gives=_FILE))
@permits("plant:read")
def take_workbook(plant_id: str) -> Answer:
    """The plant's .xlsx workbook, filled in with what stands; blank sheets where nothing does."""
    api, principal = provided(MasterApi), current_principal()
    plant = api.masters.plant(plant_id, principal).state
    answer = Response(api.workbooks.written(plant_id, principal), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{plant.code}.xlsx"'
    return answer


@WORKBOOK_ROUTES.post(
    "/plants/<plant_id>/workbook",
    operation_id="importWorkbook",
    takes=list(_FILE),
    query=WorkbookQuery,
    answer=WorkbookView,
)
@permits("workbook:import")
def import_workbook(plant_id: str, query: dict[str, Any]) -> Answer:
    """Send the .xlsx as the request body. With `preview=true` nothing is written and the difference is shown."""
    if request.mimetype not in _FILE:
        raise UnsupportedMediaType(MEDIA_TYPE)
    api = provided(MasterApi)
    api.masters.own_plant(plant_id, current_principal())  # before anything of the body is read
    try:
        book = read_workbook(request.get_data(cache=True))
        return _previewed(plant_id, book) if query["preview"] else _imported(plant_id, book)
    except BadCells as bad:
        raise _refused(bad) from bad


def _refused(bad: BadCells) -> Refused:
    """Every bad cell in the reader's language."""
    tongue = language()
    rows = tuple(one.told(tongue) for one in bad.cells)
    return Refused(Why.WORKBOOK_BAD_CELLS, reasons=rows, count=bad.count, first=bad.cells[0].place)


def _previewed(plant_id: str, book: Book) -> Answer:
    api, principal = provided(MasterApi), current_principal()
    prepared = api.workbooks.imported(plant_id, book, principal, api.clock.now())
    found: Imported = prepared.result
    tongue = language()
    changes = found.difference.changes
    version = api.masters.plant(plant_id, principal).version
    check_preview(version)
    view = {
        "object": "workbook",
        "plant_id": plant_id,
        "imported": False,
        "version": version,
        "lines": len(book.lines),
        "changes_count": len(changes),
        "changes": [one.told(tongue) for one in changes[:CHANGES_SHOWN_MAX]],
        "untouched": found.difference.untouched,
        "warnings": [one.told(tongue) for one in found.unlikely[:CHANGES_SHOWN_MAX]],
    }
    return view, 200, etag(version)


def _imported(plant_id: str, book: Book) -> Answer:
    api = provided(MasterApi)

    def act(command: Command) -> None:
        api.run(command, lambda: api.workbooks.imported(plant_id, book, command.principal, command.cause.at))

    def show(outcome: Outcome) -> Answer:
        principal = current_principal()
        found = api.masters.plant(outcome.resource, principal)
        unlikely = api.workbooks.unlikely(outcome.resource, principal, api.clock.now())
        view = {
            "object": "workbook",
            "plant_id": outcome.resource,
            "imported": True,
            "version": found.version,
            "lines": len(found.state.lines),
            "warnings": [one.told(language()) for one in unlikely[:CHANGES_SHOWN_MAX]],
        }
        return view, None, etag(found.version)

    return perform(act, show, resource=plant_id, about=plant_stream(plant_id))
