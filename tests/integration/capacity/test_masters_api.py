"""Plants and lines over HTTP: published by parts, based on a version, walled between factories."""

from typing import Any

import pytest

from services.capacity.publishing import masters as publishing
from shared.contracts.planning import Interval
from shared.eventstore.port import WrongVersion
from tests.support.master_app import MasterApp, a_line, a_plant, calendar_body, hold, line_body, master_app
from tests.support.masters import at, licence_number
from tests.support.web_client import Caller, problem


@pytest.fixture
def app() -> MasterApp:
    return master_app()


def put(caller: Caller, path: str, body: dict[str, Any], version: int) -> Any:
    return caller.send("PUT", path, body, headers={"If-Match": f'"v{version}"'})


LICENCE = {
    "number": licence_number(),
    "categories": ["0603"],
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-21",
}
PROOF = {
    "standard": "GB 4806.9",
    "certificate": "FCM-1",
    "valid_from": "2026-01-01",
    "valid_until": "2028-01-01",
}


def test_a_plant_is_registered_and_shown_with_its_papers(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    assert app.factory.post(f"/v1/plants/{plant_id}/licences", LICENCE).status_code == 201
    answer = app.factory.post(f"/v1/plants/{plant_id}/food-contact-proofs", PROOF)
    body = answer.get_json()
    assert answer.headers["ETag"] == '"v3"'
    assert (body["licences"], body["food_contact_proofs"], body["version"]) == ([LICENCE], [PROOF], 3)
    ended = app.factory.post(
        f"/v1/plants/{plant_id}/licences/{LICENCE['number']}/end", {"ends_on": "2026-12-15", "reason": "停业"}
    )
    assert ended.get_json()["licences"][0]["valid_until"] == "2026-12-15"


def test_a_wrong_licence_is_refused_in_the_readers_language(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    wrong = {**LICENCE, "number": "SC10642120290018"}
    no = problem(app.factory.post(f"/v1/plants/{plant_id}/licences", wrong), 422, "LICENCE_CHECK_DIGIT")
    assert "校验位" in no["detail"]
    english = app.factory.post(f"/v1/plants/{plant_id}/licences", wrong, headers={"Accept-Language": "en"})
    assert "check digit" in problem(english, 422, "LICENCE_CHECK_DIGIT")["detail"]


def test_a_registration_repeated_with_its_key_answers_the_same_and_without_it_conflicts(app: MasterApp) -> None:
    body = {"code": "P08", "name": "淦河无菌茶饮厂", "district": "421202"}
    first = app.factory.post("/v1/plants", body, headers={"Idempotency-Key": "k1"})
    again = app.factory.post("/v1/plants", body, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    problem(app.factory.post("/v1/plants", body), 409, "PLANT_EXISTS")


def test_a_line_is_published_by_parts(app: MasterApp) -> None:
    line = a_line(app.factory, a_plant(app.factory))
    path = f"/v1/lines/{line['id']}"
    rules = [{"feature": "family", "from": "protein", "to": "water", "minutes": None, "same_day_only": True}]
    money = {"amount": "800.00", "currency": "CNY"}
    prices = [{"capability": "FILL_CAN", "setup": money, "per_thousand": money, "minimum": money}]
    auto = [{"capabilities": ["FILL_CAN"], "quantity_max": 100_000, "price_min": money, "lead_hours_min": 48}]
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("calendar", calendar_body()),
        ("changeovers", {"rules": rules}),
        ("prices", {"prices": prices}),
        ("planning-limits", {"load_cap_hours_per_week": 40, "frozen_fence_hours": 24}),
        ("auto-accept-rules", {"rules": auto}),
        ("capabilities", {"name": "二号线", "capabilities": line_body()["capabilities"]}),
    ]
    version = line["version"]
    for part, body in bodies:
        answer = put(app.factory, f"{path}/{part}", body, version)
        assert answer.status_code == 200, answer.text
        version = answer.get_json()["version"]
    shown = app.factory.get(path).get_json()
    assert (shown["name"], shown["state"], shown["load_cap_hours_per_week"]) == ("二号线", "published", 40)
    assert (shown["changeovers"], shown["prices"], shown["auto_accept_rules"]) == (rules, prices, auto)
    listed = app.factory.get("/v1/lines").get_json()["items"][0]
    assert {key: shown[key] for key in listed} == listed
    assert shown["calendar"]["shifts"][0] == {"weekday": 1, "start": "08:00", "minutes": 480}


def test_a_replacement_names_the_version_it_is_based_on(app: MasterApp) -> None:
    line = a_line(app.factory, a_plant(app.factory))
    path, body = f"/v1/lines/{line['id']}/calendar", calendar_body()
    problem(app.factory.send("PUT", path, body), 428, "VERSION_NEEDED")
    assert put(app.factory, path, body, line["version"]).status_code == 200
    problem(put(app.factory, path, body, line["version"]), 412, "VERSION_STALE")


def test_offered_hours_are_taken_back_and_offered_again(app: MasterApp) -> None:
    line = a_line(app.factory, a_plant(app.factory))
    put(app.factory, f"/v1/lines/{line['id']}/calendar", calendar_body(), line["version"])
    path = f"/v1/lines/{line['id']}/offered-hours"
    span = {"intervals": [{"from": "2026-12-02T00:00:00Z", "to": "2026-12-02T04:00:00Z"}]}
    window = "?from=2026-12-02T00:00:00Z&to=2026-12-03T00:00:00Z"
    assert app.factory.get(path + window).get_json()["offered_seconds"] == 8 * 3600
    gone = app.factory.post(path + "/withdraw", {**span, "reason": "自用"}).get_json()
    assert (gone["intervals"], gone["offered_seconds"]) == ([], 0)
    assert app.factory.get(path + window).get_json()["offered_seconds"] == 4 * 3600
    problem(app.factory.post(path + "/withdraw", {**span, "reason": "自用"}), 422, "HOURS_NOT_OFFERED")
    assert app.factory.post(path, span).get_json()["offered_seconds"] == 4 * 3600
    night = {"intervals": [{"from": "2026-12-02T12:00:00Z", "to": "2026-12-02T14:00:00Z"}]}
    problem(app.factory.post(path, night), 422, "HOURS_NOT_OPERATING")


def test_held_hours_cannot_be_taken_back_until_the_hold_expires(app: MasterApp) -> None:
    line = a_line(app.factory, a_plant(app.factory))
    put(app.factory, f"/v1/lines/{line['id']}/calendar", calendar_body(), line["version"])
    hold(app, line)
    path = f"/v1/lines/{line['id']}/offered-hours/withdraw"
    body = {"intervals": [{"from": "2026-12-03T00:00:00Z", "to": "2026-12-03T04:00:00Z"}], "reason": "自用"}
    problem(app.factory.post(path, body), 409, "HOURS_TAKEN")
    app.clock.set(at(2, 0))
    assert app.factory.post(path, body).status_code == 200


def test_a_hold_planned_before_hours_were_taken_back_is_lost(app: MasterApp) -> None:
    """Both write to the line's bookings, so whichever comes second has looked at an older version."""
    line = a_line(app.factory, a_plant(app.factory))
    put(app.factory, f"/v1/lines/{line['id']}/calendar", calendar_body(), line["version"])
    body = {"intervals": [{"from": "2026-12-03T00:00:00Z", "to": "2026-12-03T04:00:00Z"}], "reason": "自用"}
    assert app.factory.post(f"/v1/lines/{line['id']}/offered-hours/withdraw", body).status_code == 200
    with pytest.raises(WrongVersion):
        hold(app, line)


def test_lists_show_a_factory_its_own_and_the_office_all(app: MasterApp) -> None:
    mine, theirs = a_plant(app.factory), a_plant(app.rival, "P09", "421223")
    line = a_line(app.factory, mine)
    a_line(app.rival, theirs)
    seen = {
        name: [one["id"] for one in caller.get("/v1/plants").get_json()["items"]]
        for name, caller in (("factory", app.factory), ("rival", app.rival), ("office", app.office))
    }
    assert seen == {"factory": [mine], "rival": [theirs], "office": [mine, theirs]}
    found = app.factory.get("/v1/lines?capability=FILL_CAN").get_json()["items"]
    assert [one["id"] for one in found] == [line["id"]]
    assert app.factory.get("/v1/lines?capability=FILL").get_json()["items"] == []
    assert app.factory.get(f"/v1/lines?plant_id={theirs}").get_json()["items"] == []
    assert app.office.get("/v1/plants?district=421223").get_json()["items"][0]["lines"] == 1


def test_a_list_is_read_page_by_page(app: MasterApp) -> None:
    ids = [a_plant(app.factory, f"P{number:02d}") for number in range(5)]
    first = app.factory.get("/v1/plants?limit=2").get_json()
    second = app.factory.get(f"/v1/plants?limit=2&cursor={first['next_cursor']}").get_json()
    third = app.factory.get(f"/v1/plants?limit=2&cursor={second['next_cursor']}").get_json()
    found = [one["id"] for part in (first, second, third) for one in part["items"]]
    assert (found, third["next_cursor"]) == (ids, None)


def test_a_rival_gets_the_same_no_for_foreign_and_absent_things(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    line = a_line(app.factory, plant_id)
    nowhere = "0" * 26
    calls: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", "/v1/plants/{plt}", None, {}),
        ("GET", "/v1/plants/{plt}/workbook", None, {}),
        ("POST", "/v1/plants/{plt}/licences", LICENCE, {}),
        ("POST", "/v1/plants/{plt}/lines", line_body("L9"), {}),
        ("GET", "/v1/lines/{lin}", None, {}),
        ("PUT", "/v1/lines/{lin}/calendar", calendar_body(), {"If-Match": '"v1"'}),
    ]
    for method, path, body, headers in calls:
        answers = []
        for plt, lin in ((plant_id, line["id"]), (f"plt_{nowhere}", f"lin_{nowhere}")):
            answer = app.rival.send(method, path.format(plt=plt, lin=lin), body, headers=headers)
            assert answer.status_code == 404, (path, answer.text)
            shown = answer.get_json(force=True)
            answers.append({key: shown[key] for key in ("type", "title", "code")})
            assert app.factory.principal is not None
            assert app.factory.principal.org_id not in answer.text
        assert answers[0] == answers[1]


def test_the_office_reads_and_never_writes_and_a_buyer_gets_nothing(app: MasterApp) -> None:
    plant_id = a_plant(app.factory)
    line = a_line(app.factory, plant_id)
    assert app.office.get(f"/v1/plants/{plant_id}").status_code == 200
    assert app.office.get(f"/v1/lines/{line['id']}").status_code == 200
    problem(app.office.post(f"/v1/plants/{plant_id}/licences", LICENCE), 403, "PERMISSION_MISSING")
    for path in ("/v1/plants", f"/v1/plants/{plant_id}", "/v1/lines", f"/v1/lines/{line['id']}"):
        problem(app.buyer.get(path), 403, "PERMISSION_MISSING")


def test_what_a_line_publishes_becomes_facts_for_the_ledger(app: MasterApp) -> None:
    line = a_line(app.factory, a_plant(app.factory))
    put(app.factory, f"/v1/lines/{line['id']}/calendar", calendar_body(), line["version"])
    by_type = {one.type: one.event for one in app.log.read_all()}
    [registered] = publishing.line_registered(by_type["line-registered.v1"])  # type: ignore[arg-type] # by its stored name
    [declared] = publishing.calendar_declared(by_type["calendar-declared.v1"])  # type: ignore[arg-type] # same
    [published] = publishing.capacity_published(by_type["capacity-published.v1"])  # type: ignore[arg-type] # same
    assert registered.ideal_rates == {"FILL_CAN": 36_000}  # type: ignore[attr-defined] # a line's registration
    operation = [Interval(one.starts_at, one.ends_at) for one in declared.operation]  # type: ignore[attr-defined] # same
    assert operation == published.intervals  # type: ignore[attr-defined] # all hours are offered


def test_a_plant_is_named_before_booking_only_where_it_says_so() -> None:
    app = master_app()
    body = {"code": "P08", "name": "淦河无菌茶饮厂", "district": "421202"}
    silent = app.factory.post("/v1/plants", body).get_json()
    named = app.factory.post("/v1/plants", {**body, "code": "P09", "named_before_booking": True}).get_json()
    assert (silent["named_before_booking"], named["named_before_booking"]) == (False, True)
