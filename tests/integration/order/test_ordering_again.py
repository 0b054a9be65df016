"""What was ordered or asked is ordered again without typing it twice; a reference used before is told, not refused."""

from datetime import timedelta
from typing import Any

from shared.contracts import order as facts
from shared.kernel.principal import Role
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import NOW
from tests.support.web_client import problem

LATER = f"{NOW + timedelta(days=90):%FT%TZ}"
BODY: dict[str, Any] = {
    **ORDER_BODY,
    "limits": {"partial_ok": True, "plants_max": 3},
    "lines": [
        {**ORDER_BODY["lines"][0], "label": "summer"},
        {
            "product": "can-330-blank",
            "quantity": {"value": "9000", "unit": "can"},
            "requested_by": f"{NOW + timedelta(days=12):%FT%TZ}",
            "deliver_to": {"district": "420500", "address": "宜昌仓"},
        },
    ],
}
SAME = ("product", "options", "quantity", "label", "deliver_to")


def test_an_order_is_placed_again_for_another_date(world: World) -> None:
    first = world.placed(BODY)
    world.clock.advance(timedelta(days=40))
    answer = world.caller().post(f"/v1/orders/{first['id']}/reorder", {"reference": "PO-2", "requested_by": LATER})
    assert answer.status_code == 201, answer.text
    again = answer.get_json()
    assert (again["made_from"], again["reference"], again["requested_by"]) == (first["id"], "PO-2", LATER)
    for one, other in zip(first["lines"], again["lines"], strict=True):
        assert {name: one[name] for name in SAME} == {name: other[name] for name in SAME}
        assert other["id"] != one["id"]
        assert other["requested_by"] is None, "the old date of a line has passed"
    assert (again["deliver_to"], again["limits"]) == (first["deliver_to"], first["limits"])
    assert world.asked().order_id == again["id"]
    assert answer.headers["Location"] == f"/v1/orders/{again['id']}"


def test_quantity_place_and_limits_may_be_other_this_time(world: World) -> None:
    first = world.placed(BODY)
    body = {
        "requested_window": {"from": f"{NOW + timedelta(days=50):%FT%TZ}", "to": LATER},
        "deliver_to": {"district": "420600", "address": "襄阳"},
        "limits": {"one_plant_only": True},
        "lines": [{"order_line_id": first["lines"][0]["id"], "quantity": {"value": "2", "unit": "万罐"}}],
    }
    again = world.caller().post(f"/v1/orders/{first['id']}/reorder", body).get_json()
    assert [one["quantity"]["value"] for one in again["lines"]] == ["20000", "9000"]
    assert again["deliver_to"] == {"district": "420600", "address": "襄阳", "contact": None}
    assert (again["limits"]["one_plant_only"], again["limits"]["partial_ok"]) == (True, False)


def test_an_order_that_is_over_can_be_placed_again_and_an_unknown_one_not(world: World) -> None:
    order, buyer = world.placed(BODY), world.caller()
    buyer.post(f"/v1/orders/{order['id']}/cancellation", {}, headers={"If-Match": f'"v{order["version"]}"'})
    path = f"/v1/orders/{order['id']}/reorder"
    problem(buyer.post(path, {}), 422, "DATE_MISSING")
    assert buyer.post(path, {"requested_by": LATER}).status_code == 201
    problem(world.caller(number=2).post(path, {"requested_by": LATER}), 404, "UNKNOWN_ORDER")
    assert world.caller(Role.OFFICE).post(path, {"requested_by": LATER}).status_code == 403
    strange = [{"order_line_id": "orl_" + "0" * 26, "quantity": {"value": "1", "unit": "can"}}]
    found = problem(buyer.post(path, {"requested_by": LATER, "lines": strange}), 422, "UNKNOWN_LINE")
    assert "/lines/0/order_line_id" in str(found)


def test_an_inquiry_is_ordered_as_it_was_asked(world: World) -> None:
    buyer = world.caller()
    asked = {name: value for name, value in BODY.items() if name != "reference"}
    inquiry = buyer.post("/v1/inquiries", asked).get_json()
    order = buyer.post(f"/v1/inquiries/{inquiry['id']}/order", {"reference": "PO-9"}).get_json()
    assert (order["made_from"], order["reference"], order["requested_by"]) == (
        inquiry["id"],
        "PO-9",
        BODY["requested_by"],
    )
    assert order["lines"][1]["requested_by"] == BODY["lines"][1]["requested_by"]
    assert [one.purpose for one in world.facts(facts.PlanningRequested)] == ["inquiry", "quote"]
    problem(world.caller(number=2).post(f"/v1/inquiries/{inquiry['id']}/order", {}), 404, "UNKNOWN_INQUIRY")
    world.clock.advance(timedelta(days=31))
    problem(buyer.post(f"/v1/inquiries/{inquiry['id']}/order", {}), 422, "DATE_PAST")


def test_the_preview_of_a_change_is_no_order_of_its_own(world: World) -> None:
    order, buyer = world.placed(BODY), world.caller()
    headers = {"If-Match": f'"v{order["version"]}"'}
    preview = buyer.post(f"/v1/orders/{order['id']}/changes?preview=true", {"requested_by": LATER}, headers=headers)
    path = f"/v1/inquiries/{preview.get_json()['inquiry_id']}/order"
    problem(buyer.post(path, {}), 409, "INQUIRY_OF_CHANGE")


def test_a_second_order_with_the_same_reference_is_placed_and_told(world: World) -> None:
    first = world.placed()
    assert first["warnings"] == []
    second = world.placed()
    (warning,) = second["warnings"]
    assert (warning["code"], warning["order_ids"]) == ("REFERENCE_USED", [first["id"]])
    assert first["reference"] in warning["text"]["zh"]
    third = world.placed()
    assert third["warnings"][0]["order_ids"] == [second["id"], first["id"]]
    assert world.placed({**ORDER_BODY, "reference": "other"})["warnings"] == []
    assert world.placed(number=2)["warnings"] == [], "another buyer's references are nobody's business"
    unnamed = {name: value for name, value in ORDER_BODY.items() if name != "reference"}
    assert world.placed(unnamed)["warnings"] == world.placed(unnamed)["warnings"] == []
    assert world.caller().get(f"/v1/orders/{second['id']}").get_json()["warnings"] == second["warnings"]


def test_the_same_request_again_is_no_second_order(world: World) -> None:
    headers = {"Idempotency-Key": "once"}
    first = world.caller().post("/v1/orders", ORDER_BODY, headers=headers).get_json()
    again = world.caller().post("/v1/orders", ORDER_BODY, headers=headers).get_json()
    assert (again["id"], again["warnings"]) == (first["id"], [])
