"""What callers get wrong, each with a typed answer in both languages and nothing written."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import NOW
from tests.support.web_client import problem


def spoilt(path: str, value: object) -> dict[str, Any]:
    """ORDER_BODY with *value* at *path* (`lines/0/quantity/value`); `...` takes the member away."""
    body = deepcopy(ORDER_BODY)
    at: Any = body
    *steps, last = [int(one) if one.isdigit() else one for one in path.split("/")]
    for step in steps:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return body


FIELDS: list[tuple[str, object, str]] = [
    ("lines", [], "/lines"),
    ("lines", [ORDER_BODY["lines"][0]] * 21, "/lines"),
    ("lines", ..., "/lines"),
    ("lines/0/quantity/value", "-5", "/lines/0/quantity/value"),
    ("lines/0/quantity/value", "0", "/lines/0/quantity/value"),
    ("lines/0/quantity/value", "1e9", "/lines/0/quantity/value"),
    ("lines/0/quantity/value", 12, "/lines/0/quantity/value"),
    ("lines/0/quantity/unit", "=1+1", "/lines/0/quantity/unit"),
    ("lines/0/colour", "dark", "/lines/0/colour"),
    ("requested_by", "2026-12-20T08:00:00", "/requested_by"),
    ("requested_by", "20 December", "/requested_by"),
    ("requested_by", ..., ""),
    ("requested_window", {"from": "2026-12-10T00:00:00Z", "to": "2026-12-20T00:00:00Z"}, ""),
    ("deliver_to/district", "Wuhan", "/deliver_to/district"),
    ("limits", {"plants_max": 0}, "/limits/plants_max"),
    ("limits", {"price_max": {"amount": "-1", "currency": "CNY"}}, "/limits/price_max/amount"),
    ("limits", {"exclude_plants": ["P01"]}, "/limits/exclude_plants/0"),
    ("reference", "x" * 81, "/reference"),
    ("reference", "a\u0000b", "/reference"),
    ("wish", "soon", "/wish"),
]


@pytest.mark.parametrize(("path", "value", "pointer"), FIELDS)
def test_a_field_that_breaks_its_schema_is_named(world: World, path: str, value: object, pointer: str) -> None:
    found = problem(world.caller().post("/v1/orders", spoilt(path, value)), 422, "FIELDS_INVALID")
    assert pointer in {one["pointer"] for one in found["errors"]}
    assert world.service.log.head().position == 0


RULES: list[tuple[str, object, str, str]] = [
    ("lines/0/product", "tea-can-999", "PRODUCT_UNKNOWN", "/lines/0/product"),
    ("lines/0/options", {}, "OPTION_MISSING", "/lines/0/options/artwork"),
    ("lines/0/options", {"artwork": "a", "shine": "yes"}, "OPTION_UNKNOWN", "/lines/0/options/shine"),
    ("lines/0/options", {"artwork": "a", "sugar": "much"}, "OPTION_VALUE", "/lines/0/options/sugar"),
    ("lines/0/quantity", {"value": "12", "unit": "bottle"}, "QUANTITY_UNIT", "/lines/0/quantity"),
    ("lines/0/quantity", {"value": "0.0001", "unit": "thousand-can"}, "QUANTITY_UNIT", "/lines/0/quantity"),
    ("lines/0/quantity", {"value": "999999999999", "unit": "can"}, "QUANTITY_RANGE", "/lines/0/quantity"),
    ("lines/0/quantity", {"value": "999999999999", "unit": "thousand-can"}, "QUANTITY_RANGE", "/lines/0/quantity"),
    ("requested_by", "2026-12-01T08:00:00Z", "DATE_PAST", "/requested_by"),
    ("requested_by", "2029-12-01T08:00:00Z", "DATE_TOO_FAR", "/requested_by"),
    ("deliver_to/district", "999999", "DISTRICT_UNKNOWN", "/deliver_to/district"),
    (
        "supplies",
        [{"item": "gold", "quantity": {"value": "1", "unit": "g"}, "arrives_at": "2026-12-05T00:00:00Z"}],
        "SUPPLY_UNKNOWN",
        "/supplies/0/item",
    ),
    (
        "supplies",
        [{"item": "can-330-own", "quantity": {"value": "100", "unit": "can"}, "arrives_at": "2026-12-05T00:00:00Z"}],
        "SUPPLY_SHORT",
        "/supplies/0/quantity",
    ),
]


@pytest.mark.parametrize(("path", "value", "code", "pointer"), RULES)
def test_a_rule_that_says_no_is_named_in_both_languages(
    world: World, path: str, value: object, code: str, pointer: str
) -> None:
    body = spoilt(path, value)
    en = problem(world.caller().post("/v1/orders", body, headers={"Accept-Language": "en"}), 422, code)
    zh = problem(world.caller().post("/v1/orders", body, headers={"Accept-Language": "zh-CN"}), 422, code)
    assert en["errors"][0]["pointer"] == pointer
    assert en["title"] != zh["title"]
    assert "?" not in en["detail"]
    assert world.service.log.head().position == 0


def test_a_health_claim_is_blocked_with_its_category(world: World) -> None:
    line = {**ORDER_BODY["lines"][0], "product": "functional-can-330"}
    line["options"] = {"artwork": "a", "health_claim": "yes"}
    found = problem(world.caller().post("/v1/orders", {**ORDER_BODY, "lines": [line]}), 422, "CATEGORY_BLOCKED")
    assert "27" in found["detail"]


def test_the_same_key_places_one_order_and_another_body_is_refused(world: World) -> None:
    key = {"Idempotency-Key": "once"}
    buyer = world.caller()
    first = buyer.post("/v1/orders", ORDER_BODY, headers=key)
    again = buyer.post("/v1/orders", ORDER_BODY, headers=key)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(buyer.post("/v1/orders", spoilt("reference", "other"), headers=key), 422, "KEY_REUSED")
    assert world.service.log.head().position == 1


def test_changes_ask_for_the_version_the_caller_has_seen(world: World) -> None:
    order = world.placed()
    buyer, path = world.caller(), f"/v1/orders/{order['id']}/cancellation"
    problem(buyer.post(path, {}), 428, "VERSION_NEEDED")
    problem(buyer.post(path, {}, headers={"If-Match": "W/x"}), 400, "HEADER_INVALID")
    world.offer()
    problem(buyer.post(path, {}, headers={"If-Match": '"v1"'}), 412, "VERSION_STALE")
    tag = buyer.get(f"/v1/orders/{order['id']}").headers["ETag"]
    assert buyer.post(path, {}, headers={"If-Match": tag}).status_code == 202


def test_a_window_may_be_asked_for_instead_of_a_date(world: World) -> None:
    body = spoilt("requested_by", ...)
    window = {"from": f"{NOW + timedelta(days=22):%FT%TZ}", "to": f"{NOW + timedelta(days=30):%FT%TZ}"}
    order = world.placed({**body, "requested_window": window})
    assert (order["requested_from"], order["requested_by"]) == (window["from"], window["to"])
    assert world.asked().deliver_from == NOW + timedelta(days=22)
    world.offer()
    (quote,) = world.caller().get(f"/v1/orders/{order['id']}/quotes").get_json()["items"]
    assert [one["before_window"] for one in quote["options"]] == [True, False]
    assert [one["before_window_by_days"] for one in quote["options"]] == [2, 0]
    empty = {"from": window["to"], "to": window["from"]}
    problem(world.caller().post("/v1/orders", {**body, "requested_window": empty}), 422, "WINDOW_EMPTY")
