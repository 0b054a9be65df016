"""A buyer finds its own again: orders by reference, words, states, product and dates; inquiries, quotes, deliveries as lists."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts import capacity
from shared.kernel.principal import Role
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import NOW, a_shipment, an_option
from tests.support.web_client import problem

BLANK: dict[str, Any] = {
    **ORDER_BODY,
    "reference": "PO-2026-78",
    "lines": [
        {"product": "can-330-blank", "label": "Spring Launch 春季", "quantity": {"value": "9000", "unit": "can"}}
    ],
    "requested_by": f"{NOW + timedelta(days=60):%FT%TZ}",
}
ASKED = {name: value for name, value in ORDER_BODY.items() if name != "reference"}


def found(world: World, query: str, number: int = 1) -> list[str]:
    answer = world.caller(number=number).get(f"/v1/orders?{query}")
    assert answer.status_code == 200, answer.text
    return [one["reference"] for one in answer.get_json()["items"]]


@pytest.fixture
def two_orders(world: World) -> World:
    world.quoted()
    world.clock.advance(timedelta(hours=1))
    world.placed(BLANK)
    return world


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ("reference=PO-2026-77", ["PO-2026-77"]),
        ("reference=PO-2026", []),
        ("q=po-2026", ["PO-2026-78", "PO-2026-77"]),
        ("q=spring", ["PO-2026-78"]),
        ("q=春季%20launch", ["PO-2026-78"]),
        ("q=spring%2077", []),
        ("q=%25", []),
        ("q=白罐", ["PO-2026-78"]),
        ("q=ＳＰＲＩＮＧ", ["PO-2026-78"]),
        ("product=tea-can-330", ["PO-2026-77"]),
        ("product=tea-can", []),
        ("state=quoted", ["PO-2026-77"]),
        ("state=quoted,planning", ["PO-2026-78", "PO-2026-77"]),
        ("state=cancelled,closed", []),
        ("requested_from=2027-01-15T00:00:00Z", ["PO-2026-78"]),
        ("requested_until=2027-01-15T00:00:00Z", ["PO-2026-77"]),
        ("placed_from=2026-12-01T08:30:00Z", ["PO-2026-78"]),
        ("placed_until=2026-12-01T08:30:00Z", ["PO-2026-77"]),
        ("promised_from=2026-01-01T00:00:00Z", []),
        ("sort=created_at", ["PO-2026-77", "PO-2026-78"]),
        ("sort=-requested_by", ["PO-2026-78", "PO-2026-77"]),
        ("sort=requested_by", ["PO-2026-77", "PO-2026-78"]),
        ("sort=promise_at", ["PO-2026-77", "PO-2026-78"]),
    ],
)
def test_orders_are_found_by(two_orders: World, query: str, references: list[str]) -> None:
    ordered = found(two_orders, query)
    assert (ordered if "sort" in query and "promise" not in query else sorted(ordered)) == (
        references if "sort" in query and "promise" not in query else sorted(references)
    )
    assert found(two_orders, query, number=2) == [], "another buyer finds none of them"


def test_what_is_no_filter_is_refused(world: World) -> None:
    for query in ("state=quoted,nonsense", "state=quoted,", "sort=price", "q=", "product="):
        problem(world.caller().get(f"/v1/orders?{query}"), 422, "FIELDS_INVALID")


@pytest.mark.parametrize("sort", ["-created_at", "created_at", "-requested_by", "requested_by", "-promise_at"])
def test_pages_join_up_in_every_order(world: World, sort: str) -> None:
    for number in range(5):
        days = 30 + (number * 7) % 5
        world.placed({**ORDER_BODY, "reference": f"R{number}", "requested_by": f"{NOW + timedelta(days=days):%FT%TZ}"})
    whole = found(world, f"sort={sort}")
    buyer, pages, cursor = world.caller(), [], ""
    while True:
        page = buyer.get(f"/v1/orders?sort={sort}&limit=2{cursor}").get_json()
        pages += [one["reference"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert pages == whole
    assert len(set(pages)) == 5


def listed(world: World, path: str, number: int = 1, role: Role = Role.BUYER) -> list[dict[str, Any]]:
    answer = world.caller(role, number).get(path)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_inquiries_are_listed_with_their_answers(world: World) -> None:
    buyer = world.caller()
    first = buyer.post("/v1/inquiries", ASKED).get_json()
    asked = world.asked()
    world.told(
        capacity.InquiryAnswered(
            order_id=asked.order_id,
            buyer_org_id=asked.buyer_org_id,
            attempt=1,
            options=[an_option(asked.lines)],
            refusals=[],
            answered_at=world.clock.now(),
        )
    )
    world.clock.advance(timedelta(minutes=5))
    second = buyer.post("/v1/inquiries", ASKED).get_json()
    assert [one["id"] for one in listed(world, "/v1/inquiries")] == [second["id"], first["id"]]
    (answered,) = listed(world, "/v1/inquiries?state=answered")
    assert answered == buyer.get(f"/v1/inquiries/{first['id']}").get_json()
    assert [one["id"] for one in listed(world, "/v1/inquiries?state=asked")] == [second["id"]]
    assert [one["id"] for one in listed(world, "/v1/inquiries?until=2026-12-01T08:01:00Z")] == [first["id"]]
    assert listed(world, "/v1/inquiries", number=2) == []
    assert len(listed(world, "/v1/inquiries", role=Role.OFFICE)) == 2


def test_quotes_of_all_orders_are_listed_in_the_states_they_show_themselves(world: World) -> None:
    confirmed = world.confirmed()
    lapsed = world.quoted({**ORDER_BODY, "reference": "late"})
    world.clock.advance(timedelta(hours=3))
    fresh = world.quoted({**ORDER_BODY, "reference": "open"})
    items = listed(world, "/v1/quotes")
    assert items[0]["id"] == fresh.quote_id
    for one in items:
        assert one == world.caller().get(f"/v1/quotes/{one['id']}").get_json()
    by_state = {one["state"]: one["id"] for one in items}
    assert by_state == {"open": fresh.quote_id, "expired": lapsed.quote_id, "confirmed": confirmed.quote_id}
    for state, quote_id in by_state.items():
        assert [one["id"] for one in listed(world, f"/v1/quotes?state={state}")] == [quote_id]
    assert [one["id"] for one in listed(world, f"/v1/quotes?order_id={lapsed.order_id}")] == [lapsed.quote_id]
    assert listed(world, "/v1/quotes", number=2) == []
    page = world.caller().get("/v1/quotes?limit=2").get_json()
    rest = world.caller().get(f"/v1/quotes?limit=2&cursor={page['next_cursor']}").get_json()
    assert [one["id"] for one in [*page["items"], *rest["items"]]] == [one["id"] for one in items]


def test_deliveries_in_parts_are_listed_and_confirmed_part_by_part(world: World) -> None:
    quote = world.confirmed({**ORDER_BODY, "limits": {"partial_ok": True}})
    last, buyer = quote.options[0].steps[-1], world.caller()
    parts = [
        a_shipment(last, quantity, number, order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
        for number, quantity in ((1, 5_000), (2, 4_000), (3, 3_000))
    ]
    for part in parts:
        world.told(part)
    items = listed(world, f"/v1/deliveries?order_id={quote.order_id}")
    assert {one["id"] for one in items} == {one.delivery_id for one in parts}
    buyer.post(f"/v1/deliveries/{parts[0].delivery_id}/confirm", {})
    buyer.post(f"/v1/deliveries/{parts[1].delivery_id}/dispute", {"grounds": "wet"})
    assert [one["id"] for one in listed(world, "/v1/deliveries?state=confirmed")] == [parts[0].delivery_id]
    assert [one["id"] for one in listed(world, "/v1/deliveries?state=disputed")] == [parts[1].delivery_id]
    assert [one["id"] for one in listed(world, "/v1/deliveries?state=arrived")] == [parts[2].delivery_id]
    line = buyer.get(f"/v1/orders/{quote.order_id}").get_json()["lines"][0]
    assert (line["delivered"]["value"], line["confirmed"]["value"], line["payable"]["value"]) == (
        "12000",
        "5000",
        "5000",
    )
    for part in parts[1:]:
        buyer.post(f"/v1/deliveries/{part.delivery_id}/confirm", {})
    assert buyer.get(f"/v1/orders/{quote.order_id}").get_json()["state"] == "closed"
    assert listed(world, "/v1/deliveries", number=2) == []
