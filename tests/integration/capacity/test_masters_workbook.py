"""The workbook over HTTP: taken, previewed, imported; all or nothing, once, and by its owner alone."""

import threading
from datetime import date

import pytest

from services.capacity.domain.values import Price
from services.capacity.workbook.template import MEDIA_TYPE, write_workbook
from shared.eventstore.port import Recorded
from shared.kernel.principal import Role
from tests.support.master_app import MasterApp, a_plant, hold, master_app, send_workbook
from tests.support.masters import calendar, day_shifts
from tests.support.web_client import problem
from tests.support.workbooks import a_book, a_line_book, cell, edited


@pytest.fixture
def app() -> MasterApp:
    return master_app()


def types(recorded: list[Recorded]) -> list[str]:
    return [one.type for one in recorded]


def test_a_blank_workbook_is_offered_and_can_be_sent_back(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    answer = app.factory.get(f"/v1/plants/{plant_id}/workbook")
    assert (answer.mimetype, answer.status_code) == (MEDIA_TYPE, 200)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="P08.xlsx"'
    assert send_workbook(app.factory, plant_id, answer.data).get_json()["lines"] == 0


def test_a_workbook_publishes_a_plant_in_one_transaction(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    before = app.log.head().position
    answer = send_workbook(app.factory, plant_id, write_workbook(a_book()), headers={"Idempotency-Key": "w1"})
    assert answer.status_code == 200, answer.text
    written = list(app.log.read_all(before))
    assert {one.stream.split("-")[0] for one in written} == {"plant", "line"}
    assert len({one.cause.correlation_id for one in written}) == 1
    assert types(written).count("calendar-declared.v1") == 2
    assert types(written).count("capacity-published.v1") == 2
    again = send_workbook(app.factory, plant_id, write_workbook(a_book()), headers={"Idempotency-Key": "w1"})
    assert (again.get_json(), again.headers["Idempotency-Replayed"]) == (answer.get_json(), "true")
    other = send_workbook(app.factory, plant_id, edited(), headers={"Idempotency-Key": "w1"})
    problem(other, 422, "KEY_REUSED")


def test_a_preview_shows_the_difference_and_writes_nothing(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    send_workbook(app.factory, plant_id, write_workbook(a_book()))
    before = app.log.head().position
    dearer = a_book(lines=[a_line_book(prices=[Price("FILL_CAN", 250_000, 23_000, 1_200_000)])])
    shown = send_workbook(
        app.factory, plant_id, write_workbook(dearer), preview=True, headers={"Accept-Language": "en"}
    ).get_json()
    assert (shown["imported"], shown["changes_count"], shown["untouched"]["lines"]) == (False, 2, ["L2"])
    assert [one["row"]["Price (CNY a thousand)"] for one in shown["changes"]] == ["220.00", "230.00"]
    assert app.log.head().position == before


def test_with_one_bad_cell_nothing_is_imported_and_every_bad_cell_is_named(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    before = app.log.head().position
    spoiled = edited(cell("工艺能力!E3", -5), cell("价格!A3", "L9"), cell("食品生产许可证!A3", "SC1"))
    no = problem(send_workbook(app.factory, plant_id, spoiled), 422, "WORKBOOK_BAD_CELLS")
    assert [(one["cell"], one["code"]) for one in no["reasons"]] == [
        ("工艺能力!E3", "NUMBER_NEGATIVE"),
        ("价格!A3", "REFERENCE_UNKNOWN"),
        ("食品生产许可证!A3", "LICENCE_NUMBER_FORM"),
    ]
    assert "3 处" in no["detail"]
    english = send_workbook(app.factory, plant_id, spoiled, preview=True, headers={"Accept-Language": "en"})
    reasons = problem(english, 422, "WORKBOOK_BAD_CELLS")["reasons"]
    assert reasons[0]["detail"] == "The number may not be negative; found -5."
    assert app.log.head().position == before


def test_a_workbook_of_another_plant_is_refused(app: MasterApp) -> None:
    plant_id = a_plant(app.factory, "P10", name="香城功能饮料共享工厂")
    no = problem(send_workbook(app.factory, plant_id, write_workbook(a_book())), 422, "WORKBOOK_BAD_CELLS")
    assert [(one["cell"], one["code"]) for one in no["reasons"]] == [
        ("工厂!A3", "WRONG_PLANT"),
        ("工厂!B3", "WRONG_PLANT"),
    ]


def test_a_calendar_of_the_past_and_one_that_drops_held_hours_are_named_at_their_line(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    past = calendar(valid_from=date(2026, 11, 1), valid_until=date(2026, 12, 1), closed_days=[], maintenance=[])
    book = a_book(lines=[a_line_book(calendar=past)])
    no = problem(send_workbook(app.factory, plant_id, write_workbook(book)), 422, "WORKBOOK_BAD_CELLS")
    assert [(one["cell"], one["code"]) for one in no["reasons"]] == [("产线!C3", "CALENDAR_PAST")]
    send_workbook(app.factory, plant_id, write_workbook(a_book()))
    line = app.factory.get("/v1/lines").get_json()["items"][0]
    hold(app, line)
    shorter = a_book(lines=[a_line_book(calendar=calendar(shifts=day_shifts(12, 4)))])
    no = problem(send_workbook(app.factory, plant_id, write_workbook(shorter)), 422, "WORKBOOK_BAD_CELLS")
    assert [(one["cell"], one["code"]) for one in no["reasons"]] == [("产线!C3", "HOURS_TAKEN")]


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"not a workbook", MEDIA_TYPE, 400, "WORKBOOK_UNREADABLE"),
        (b"", MEDIA_TYPE, 400, "WORKBOOK_UNREADABLE"),
        (b"{}", "application/json", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"\0" * 1_000_001, MEDIA_TYPE, 413, "WORKBOOK_TOO_LARGE"),
        (b"\0" * 2_000_000, MEDIA_TYPE, 413, "BODY_TOO_LARGE"),
    ],
    ids=["text", "empty", "json", "large", "huge"],
)
def test_what_is_no_workbook_is_refused(
    app: MasterApp, content: bytes, media_type: str, status: int, code: str
) -> None:
    plant_id = a_plant(app.factory)
    answer = send_workbook(app.factory, plant_id, content, headers={"Content-Type": media_type})
    problem(answer, status, code)


def test_nobody_but_the_owner_imports(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    content = write_workbook(a_book())
    problem(send_workbook(app.rival, plant_id, content), 404, "UNKNOWN_PLANT")
    problem(send_workbook(app.rival, plant_id, b"rubbish"), 404, "UNKNOWN_PLANT")
    problem(send_workbook(app.office, plant_id, content), 403, "PERMISSION_MISSING")
    problem(send_workbook(app.buyer, plant_id, content), 403, "PERMISSION_MISSING")
    problem(app.buyer.get(f"/v1/plants/{plant_id}/workbook"), 403, "PERMISSION_MISSING")
    assert app.office.get(f"/v1/plants/{plant_id}/workbook").status_code == 200


def test_the_api_document_says_what_to_send_and_what_comes(app: MasterApp) -> None:
    operations = app.caller(Role.BUYER).get("/openapi.json").get_json()["paths"]["/v1/plants/{plant_id}/workbook"]
    assert MEDIA_TYPE in operations["post"]["requestBody"]["content"]
    assert MEDIA_TYPE in operations["get"]["responses"]["200"]["content"]
    assert operations["post"]["x-permissions"] == ["workbook:import"]


def test_two_imports_at_once_leave_one_state_and_no_half(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    answers: list[int] = []

    def send() -> None:
        answers.append(send_workbook(app.factory, plant_id, write_workbook(a_book())).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == [200] * 4
    assert types(list(app.log.read_all())).count("line-registered.v1") == 2
