"""Dates, windows and places of single lines; and changing them, the artwork and the address of a confirmed order, with
the fee, the new price and the new date shown before anything moves.
"""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.contracts import capacity
from shared.contracts import order as facts
from shared.contracts.planning import Place
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import NOW, WANTED, an_option
from tests.support.web_client import problem

LINE = ORDER_BODY["lines"][0]
XIANNING = {"district": "421202", "address": "咸安区仓库", "contact": None}


def instant(days: float) -> str:
    return f"{NOW + timedelta(days=days):%FT%TZ}"


def body_with(*lines: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {**ORDER_BODY, "lines": [{**LINE, **one} for one in lines], **rest}


def test_a_line_may_have_a_date_a_window_and_a_place_of_its_own(world: World) -> None:
    window = {"from": instant(40), "to": instant(45)}
    placed = world.placed(
        body_with({}, {"requested_by": instant(20), "deliver_to": XIANNING}, {"requested_window": window})
    )
    first, second, third = placed["lines"]
    assert (first["requested_by"], first["deliver_to"], first["promise_at"]) == (None, None, None)
    assert (second["requested_by"], second["deliver_to"]) == (instant(20), XIANNING)
    assert (third["requested_from"], third["requested_by"]) == (window["from"], window["to"])
    asked = world.asked().lines
    assert [None if one.deliver_to is None else one.deliver_to.district for one in asked] == [None, "421202", None]
    assert [one.requested_by for one in asked] == [None, NOW + timedelta(days=20), NOW + timedelta(days=45)]


def test_an_order_needs_no_date_where_every_line_has_one(world: World) -> None:
    body = body_with({"requested_by": instant(20)}, {"requested_by": instant(30)})
    del body["requested_by"]
    assert world.placed(body)["requested_by"] == instant(30)
    missing = body_with({"requested_by": instant(20)}, {})
    del missing["requested_by"]
    problem(world.caller().post("/v1/orders", missing), 422, "FIELDS_INVALID")


@pytest.mark.parametrize(
    ("own", "code", "pointer"),
    [
        ({"requested_by": instant(-1)}, "DATE_PAST", "/lines/0/requested_by"),
        ({"requested_by": instant(9_999)}, "DATE_TOO_FAR", "/lines/0/requested_by"),
        ({"requested_window": {"from": instant(9), "to": instant(8)}}, "WINDOW_EMPTY", "/lines/0/requested_window"),
        ({"deliver_to": {"district": "110000"}}, "DISTRICT_UNKNOWN", "/lines/0/deliver_to/district"),
    ],
)
def test_what_is_wrong_with_a_line_points_to_the_line(world: World, own: Any, code: str, pointer: str) -> None:
    for path in ("/v1/orders", "/v1/inquiries"):
        body = {name: value for name, value in body_with(own).items() if name != "reference"}
        found = problem(world.caller().post(path, body), 422, code)
        assert found["errors"][0]["pointer"] == pointer


def changing(world: World, order_id: str, body: dict[str, Any], *, preview: bool = False) -> Any:
    buyer = world.caller()
    version = buyer.get(f"/v1/orders/{order_id}").get_json()["version"]
    path = f"/v1/orders/{order_id}/changes{'?preview=true' if preview else ''}"
    return buyer.post(path, body, headers={"If-Match": f'"v{version}"'})


def line_id_of(world: World, order_id: str) -> str:
    found: str = world.caller().get(f"/v1/orders/{order_id}").get_json()["lines"][0]["id"]
    return found


def test_a_preview_asks_the_plants_for_the_new_price_and_date_and_moves_nothing(world: World) -> None:
    quote = world.confirmed(variant="sleeve-small")
    before = world.caller().get(f"/v1/orders/{quote.order_id}").get_json()
    change = {"deliver_to": XIANNING, "requested_window": {"from": instant(35), "to": instant(50)}}
    preview = changing(world, quote.order_id, change, preview=True).get_json()
    assert (preview["state"], preview["new_price_from"], preview["deliver_to"]) == ("asked", None, XIANNING)
    assert preview["fee"]["amount"] != "0.00"
    asked = world.asked()
    assert (asked.order_id, asked.purpose, asked.deliver_to.district) == (preview["inquiry_id"], "inquiry", "421202")
    assert (asked.deliver_from, asked.requested_by) == (NOW + timedelta(days=35), NOW + timedelta(days=50))
    option = an_option(asked.lines, promise_at=NOW + timedelta(days=36))
    world.told(
        capacity.InquiryAnswered(
            order_id=asked.order_id,
            buyer_org_id=asked.buyer_org_id,
            attempt=1,
            options=[option],
            refusals=[],
            answered_at=world.clock.now(),
        )
    )
    told = world.caller().get(f"/v1/inquiries/{preview['inquiry_id']}").get_json()
    assert (told["state"], told["preview_of"]) == ("answered", quote.order_id)
    assert told["price_from"]["amount"] == f"{option.price_fen / 100:.2f}"
    after = world.caller().get(f"/v1/orders/{quote.order_id}").get_json()
    assert {**after, "action_notes": []} == {**before, "action_notes": []}
    assert len(world.facts(facts.PlanningRequested)) == 2, "the order itself asked once, the preview once"


def test_a_preview_refuses_what_the_change_would_be_refused_for(world: World) -> None:
    quote = world.confirmed()
    problem(changing(world, quote.order_id, {}, preview=True), 422, "NOTHING_CHANGED")
    elsewhere = {"deliver_to": {"district": "110000"}}
    problem(changing(world, quote.order_id, elsewhere, preview=True), 422, "DISTRICT_UNKNOWN")
    line_id = line_id_of(world, quote.order_id)
    soon = {"lines": [{"order_line_id": line_id, "requested_by": instant(-2)}]}
    found = problem(changing(world, quote.order_id, soon, preview=True), 422, "DATE_PAST")
    assert found["errors"][0]["pointer"] == "/lines/0/requested_by"


def test_address_window_and_artwork_of_a_confirmed_order_change_for_the_fee_that_was_shown(world: World) -> None:
    quote = world.confirmed(variant="sleeve-small")
    line_id = line_id_of(world, quote.order_id)
    design = designs(quote.options[0].steps, world.asked().lines)
    change = {
        "deliver_to": XIANNING,
        "requested_window": {"from": instant(35), "to": instant(50)},
        "lines": [{"order_line_id": line_id, "artwork": "cold-brew-v4", "deliver_to": {"district": "421281"}}],
    }
    problem(changing(world, quote.order_id, change), 409, "FEE_NOT_AGREED")
    fee = changing(world, quote.order_id, change, preview=True).get_json()["fee"]
    changed = changing(world, quote.order_id, {**change, "agreed_fee": fee})
    assert changed.status_code == 202, changed.text
    shown = changed.get_json()
    assert (shown["deliver_to"]["district"], shown["change"]["state"]) == ("420100", "planning"), "the promise stands"
    asked = world.asked()
    assert (asked.purpose, asked.attempt, asked.deliver_to.district) == ("quote", 2, "421202")
    assert asked.lines[0].deliver_to == Place("421281")
    assert designs((), asked.lines).isdisjoint(design), "another artwork is another run on the line"
    fresh = world.offer("sleeve-small")
    world.caller().post(f"/v1/quotes/{fresh.quote_id}/accept", {"option_id": fresh.options[0].option_id})
    option = fresh.options[0]
    world.told(
        capacity.QuoteConfirmed(
            order_id=fresh.order_id,
            buyer_org_id=fresh.buyer_org_id,
            quote_id=fresh.quote_id,
            option=option,
            work_ids={one.process_id: f"wrk_{index}" for index, one in enumerate(option.steps)},
            confirmed_at=world.clock.now(),
        )
    )
    order = world.caller().get(f"/v1/orders/{quote.order_id}").get_json()
    assert (order["deliver_to"], order["requested_from"], order["requested_by"]) == (XIANNING, instant(35), instant(50))
    line = order["lines"][0]
    assert (line["options"]["artwork"], line["deliver_to"]["district"]) == ("cold-brew-v4", "421281")
    assert line["promise_at"] == order["promise"]["promise_at"]


def designs(_: Any, lines: Any) -> set[str]:
    """The designs that runs of *lines* are told apart by."""
    return {
        step.features["design"]
        for line in lines
        for variant in line.variants
        for step in variant.steps
        if step.features.get("design", "").startswith("dsn_")
    }


def test_artwork_that_is_none_is_refused(world: World) -> None:
    quote = world.confirmed()
    line_id = line_id_of(world, quote.order_id)
    bad = {"lines": [{"order_line_id": line_id, "artwork": "两 words"}]}
    problem(changing(world, quote.order_id, bad), 422, "OPTION_VALUE")
    blank = {**ORDER_BODY, "lines": [{"product": "can-330-blank", "quantity": {"value": "9000", "unit": "can"}}]}
    plain = world.confirmed(blank)
    none = {"lines": [{"order_line_id": line_id_of(world, plain.order_id), "artwork": "a"}]}
    problem(changing(world, plain.order_id, none), 422, "OPTION_UNKNOWN")


def test_one_lines_date_changes_and_the_other_keeps_its_own(world: World) -> None:
    order = world.placed(body_with({}, {"requested_by": f"{WANTED:%FT%TZ}"}))
    change = {"lines": [{"order_line_id": order["lines"][1]["id"], "requested_by": instant(60)}]}
    changed = changing(world, order["id"], change).get_json()
    assert [one["requested_by"] for one in changed["lines"]] == [None, instant(60)]
    assert changed["requested_by"] == order["requested_by"]


def test_older_changes_say_nothing_of_place_and_window(world: World) -> None:
    """An event of an earlier version changes what it names and no more."""
    order = world.placed(
        {**ORDER_BODY, "requested_by": None, "requested_window": {"from": instant(20), "to": instant(40)}}
    )
    changed = changing(world, order["id"], {"requested_by": instant(45)}).get_json()
    assert (changed["requested_from"], changed["requested_by"]) == (instant(20), instant(45))
    assert changed["deliver_to"] == order["deliver_to"]
    assert msgspec.json.encode(changed["limits"]) == msgspec.json.encode(order["limits"])
