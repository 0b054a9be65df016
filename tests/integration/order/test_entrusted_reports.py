"""The report of entrusted production over HTTP: both parties read and sign it, nobody else."""

from typing import Any

from shared.kernel.principal import Role
from shared.reference.food import check_digit
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.web_client import problem

_DIGITS = "1064212029001"
LICENCE = f"SC{_DIGITS}{check_digit(_DIGITS)}"


def test_both_sides_sign_what_the_order_says(world: World) -> None:
    quote = world.confirmed()
    path = f"/v1/orders/{quote.order_id}/entrusted-production-report"
    draft: dict[str, Any] = world.caller().get(path).get_json()
    assert (draft["state"], draft["is_due"], draft["parts"][0]["licence_category"]) == ("draft", True, "0603")
    assert "licence_number" in {one["code"] for one in draft["fields"]}
    signed = world.caller().post(f"{path}/signatures", {}).get_json()
    assert (signed["state"], signed["signatures"][0]["party"]) == ("draft", "entrusting")
    problem(world.caller(Role.FACTORY).post(f"{path}/signatures", {}), 422, "LICENCE_NUMBER")
    signed = world.caller(Role.FACTORY).post(f"{path}/signatures", {"licence_number": LICENCE}).get_json()
    assert signed["state"] == "signed"
    assert world.caller(Role.OFFICE).get(path).get_json()["state"] == "signed"
    problem(world.caller(Role.FACTORY).post(f"{path}/signatures", {"licence_number": LICENCE}), 409, "SIGNED_ALREADY")


def test_others_and_other_goods_have_none(world: World) -> None:
    quote = world.confirmed()
    path = f"/v1/orders/{quote.order_id}/entrusted-production-report"
    problem(world.caller(number=2).get(path), 404, "NO_REPORT")
    problem(world.caller(Role.FACTORY, 2).get(path), 404, "NO_REPORT")
    problem(world.caller(Role.FACTORY, 2).post(f"{path}/signatures", {"licence_number": LICENCE}), 404, "NO_REPORT")
    line = {**ORDER_BODY["lines"][0], "product": "can-330-sleek"}
    cans = world.confirmed({**ORDER_BODY, "lines": [line]})
    problem(world.caller().get(f"/v1/orders/{cans.order_id}/entrusted-production-report"), 404, "NO_REPORT")


def test_what_was_signed_stays_to_be_read_when_the_order_is_cancelled(world: World) -> None:
    quote = world.confirmed()
    path = f"/v1/orders/{quote.order_id}/entrusted-production-report"
    world.caller().post(f"{path}/signatures", {})
    cancellation = f"/v1/orders/{quote.order_id}/cancellation"
    fee = world.caller().post(f"{cancellation}?preview=true", {}).get_json()["fee"]
    version = {"If-Match": world.caller().get(f"/v1/orders/{quote.order_id}").headers["ETag"]}
    assert world.caller().post(cancellation, {"agreed_fee": fee}, headers=version).status_code == 202
    assert [one["party"] for one in world.caller(Role.OFFICE).get(path).get_json()["signatures"]] == ["entrusting"]
    refused = world.caller(Role.FACTORY).post(f"{path}/signatures", {"licence_number": LICENCE})
    problem(refused, 404, "NO_REPORT")
