"""Lists of orders, the catalogue, inquiries and the event stream over HTTP."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

from services.order.packs.loader import catalogue
from shared.contracts import capacity
from shared.contracts import order as facts
from shared.eventstore import shadow
from shared.kernel.principal import Role
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import NOW, a_quote, a_refusal
from tests.support.web_client import problem

INQUIRY_BODY = {name: value for name, value in ORDER_BODY.items() if name != "reference"}


def ids_of(answer: Any) -> list[str]:
    return [one["id"] for one in answer.get_json()["items"]]


def test_a_buyer_lists_its_own_and_the_office_all(world: World) -> None:
    mine = [world.placed()["id"] for _ in range(3)]
    theirs = world.placed(number=2)["id"]
    assert ids_of(world.caller().get("/v1/orders")) == mine[::-1]
    assert ids_of(world.caller(number=2).get("/v1/orders")) == [theirs]
    assert ids_of(world.caller(Role.OFFICE).get("/v1/orders")) == [theirs, *mine[::-1]]
    assert world.caller(Role.FACTORY).get("/v1/orders").status_code == 403


def test_who_only_reads_an_order_is_told_of_nothing_to_do(world: World) -> None:
    path = f"/v1/orders/{world.placed()['id']}"
    assert world.caller().get(path).get_json()["actions"] == ["change", "cancel"]
    assert world.caller(Role.OFFICE).get(path).get_json()["actions"] == []


def test_lists_go_on_by_cursor_and_hold_still(world: World) -> None:
    placed = [world.placed()["id"] for _ in range(5)]
    buyer, found, path = world.caller(), [], "/v1/orders?limit=2"
    answer = buyer.get(path).get_json()
    while True:
        found += [one["id"] for one in answer["items"]]
        if answer["next_cursor"] is None:
            break
        world.placed()  # newer orders come before the page and change nothing behind it
        answer = buyer.get(f"{path}&cursor={answer['next_cursor']}").get_json()
    assert found == placed[::-1]
    problem(buyer.get(f"{path}&cursor=abcd"), 400, "CURSOR_INVALID")
    problem(buyer.get("/v1/orders?limit=0"), 422, "FIELDS_INVALID")
    problem(buyer.get("/v1/orders?state=happy"), 422, "FIELDS_INVALID")


def test_lists_filter_by_state_of_this_moment_and_by_requested_date(world: World) -> None:
    quote = world.quoted()
    later = deepcopy(ORDER_BODY)
    later["requested_by"] = f"{NOW + timedelta(days=60):%FT%TZ}"
    planning = world.placed(later)["id"]
    buyer = world.caller()
    assert ids_of(buyer.get("/v1/orders?state=quoted")) == [quote.order_id]
    assert ids_of(buyer.get("/v1/orders?state=planning")) == [planning]
    until = f"{NOW + timedelta(days=40):%FT%TZ}"
    assert ids_of(buyer.get(f"/v1/orders?requested_until={until}")) == [quote.order_id]
    assert ids_of(buyer.get(f"/v1/orders?requested_from={until}")) == [planning]
    world.clock.advance(timedelta(hours=2))
    assert ids_of(buyer.get("/v1/orders?state=quoted")) == []
    assert ids_of(buyer.get("/v1/orders?state=quote_expired")) == [quote.order_id]


def test_views_equal_a_rebuild(world: World) -> None:
    world.confirmed()
    world.quoted()
    world.service.projector.catch_up()
    for projection in world.service.projections:
        position = world.service.projector.position(projection.name)
        with (
            shadow.built(world.service.log, projection, world.clock, up_to=position) as (copy, _),
            world.service.log.views.connect() as live,
        ):
            for table in projection.tables:
                assert live.execute(table.select()).all() == copy.execute(table.select()).all()


def test_the_catalogue_is_read_by_everybody(world: World) -> None:
    for role in (Role.BUYER, Role.FACTORY, Role.OFFICE):
        page = world.caller(role).get("/v1/products?limit=200").get_json()
        assert [one["id"] for one in page["items"]] == sorted(catalogue().products)
    drinks = world.caller().get("/v1/products?kind=drink").get_json()["items"]
    assert {one["kind"] for one in drinks} == {"drink"}


def test_a_product_tells_options_units_routing_and_minimum(world: World) -> None:
    found = world.caller().get("/v1/products/tea-can-330").get_json()
    assert {one["code"] for one in found["options"]} == {"artwork", "colour", "decoration", "sugar"}
    factors = {one["code"]: one["base_units"] for one in found["units"]}
    assert factors == {"can": 1, "thousand-can": 1_000, "ten-thousand-can": 10_000, "case": 24}
    steps = {one["code"]: [step["capability"] for step in one["routing"]] for one in found["variants"]}
    assert steps["sleeve-small"] == ["CAN_BODY", "CAN_SLEEVE", "FILL_SMALL_BATCH", "LAB_TEST"]
    assert found["licence_category"] == "0603"
    problem(world.caller().get("/v1/products/gold-bar"), 404, "UNKNOWN_PRODUCT")


def test_an_inquiry_reserves_nothing_and_is_answered_with_dates_and_prices(world: World) -> None:
    asked = world.caller().post("/v1/inquiries", INQUIRY_BODY)
    assert asked.status_code == 201
    assert asked.get_json()["state"] == "asked"
    (fact,) = world.facts(facts.PlanningRequested)
    assert (fact.purpose, fact.order_id) == ("inquiry", asked.get_json()["id"])
    menu = a_quote(fact.lines, order_id=fact.order_id, buyer_org_id=fact.buyer_org_id)
    world.told(
        capacity.InquiryAnswered(
            order_id=fact.order_id,
            buyer_org_id=fact.buyer_org_id,
            attempt=1,
            options=menu.options,
            refusals=menu.refusals,
            answered_at=NOW,
        )
    )
    found = world.caller().get(f"/v1/inquiries/{fact.order_id}").get_json()
    assert found["state"] == "answered"
    assert found["earliest_promise_on"] == "2026-12-21"
    assert found["price_from"]["amount"] == f"{menu.options[0].price_fen / 100:.2f}"
    problem(world.caller(number=2).get(f"/v1/inquiries/{fact.order_id}"), 404, "UNKNOWN_INQUIRY")
    assert world.caller(Role.OFFICE).get(f"/v1/inquiries/{fact.order_id}").status_code == 200


def test_an_inquiry_nobody_could_answer_says_why(world: World) -> None:
    inquiry_id = world.caller().post("/v1/inquiries", INQUIRY_BODY).get_json()["id"]
    asked = world.asked()
    world.told(a_refusal(order_id=inquiry_id, buyer_org_id=asked.buyer_org_id))
    found = world.caller().get(f"/v1/inquiries/{inquiry_id}").get_json()
    assert (found["state"], found["earliest_promise_at"]) == ("impossible", None)
    assert found["relaxation"]["kind"] == "quantity"


def test_what_happens_is_followed_by_position(world: World) -> None:
    order = world.placed()
    path = f"/v1/orders/{order['id']}/events"
    page = world.caller().get(path).get_json()
    assert [one["what"] for one in page["items"]] == ["order-placed"]
    world.offer()
    page = world.caller().get(f"{path}?after={page['next']}").get_json()
    assert [one["what"] for one in page["items"]] == ["quote-received"]
    live = world.caller().get(path, headers={"Accept": "text/event-stream"}, buffered=False)
    text = b""
    for chunk in live.iter_encoded():
        text += chunk
        if text.count(b"data: ") >= 2:
            break
    live.close()
    assert b"order-placed" in text
    assert b"quote-received" in text


def test_label_rules_follow_the_day_the_drink_is_made(world: World) -> None:
    def codes(days: int) -> set[str]:
        body = {**ORDER_BODY, "requested_by": f"{NOW + timedelta(days=days):%FT%TZ}"}
        return {one["code"] for one in world.placed(body)["label_rules"]}

    assert codes(30) == {"GB 7718-2011", "GB 28050-2011"}
    assert codes(105) == {"GB 7718-2025", "GB 28050-2025"}
    cans = {**ORDER_BODY, "lines": [{**ORDER_BODY["lines"][0], "product": "can-330-sleek"}]}
    assert world.placed(cans)["label_rules"] == []
