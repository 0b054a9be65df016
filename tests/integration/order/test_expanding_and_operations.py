"""One call for a screen, and how far a thing is that goes on after its 202."""

from typing import Any

import pytest

from shared.contracts.capacity import QuoteOffered
from tests.integration.order.conftest import World
from tests.support.order_world import a_confirmation, a_loss, a_refusal
from tests.support.web_client import problem


def _order_id(world: World) -> str:
    found: str = world.caller().get("/v1/orders").get_json()["items"][0]["id"]
    return found


def test_an_order_brings_along_what_is_asked_for_exactly_as_it_stands_alone(world: World) -> None:
    quote = world.quoted()
    _accept(world, quote)
    world.told(a_confirmation(quote))
    path = f"/v1/orders/{_order_id(world)}"
    caller = world.caller()
    plain = caller.get(path).get_json()
    found = caller.get(f"{path}?expand=quotes,processes,plan,timeline,deliveries").get_json()
    assert found["quotes"] == caller.get(f"{path}/quotes").get_json()["items"] != []
    assert found["processes"] == caller.get(f"{path}/processes").get_json()["items"] != []
    assert found["plan"] == caller.get(f"{path}/plan").get_json()
    assert found["timeline"] == caller.get(f"{path}/timeline").get_json()["items"] != []
    assert {name: value for name, value in found.items() if name in plain} == plain
    assert caller.get(f"{path}?expand=plan").get_json().keys() == {*plain, "plan"}


def test_what_is_expanded_is_part_of_the_tag(world: World) -> None:
    world.quoted()
    path = f"/v1/orders/{_order_id(world)}"
    plain, wide = (world.caller().get(path + more).headers["ETag"] for more in ("", "?expand=timeline"))
    assert plain != wide
    assert plain.partition("-")[0] == wide.partition("-")[0]


@pytest.mark.parametrize("asked", ["everything", "", "plan,", "Plan"])
def test_what_cannot_be_expanded_is_named(world: World, asked: str) -> None:
    world.quoted()
    found = problem(world.caller().get(f"/v1/orders/{_order_id(world)}?expand={asked}"), 422, "FIELDS_INVALID")
    assert found["errors"][0]["parameter"] == "expand"


def _accept(world: World, quote: QuoteOffered) -> Any:
    return world.caller().post(f"/v1/quotes/{quote.quote_id}/accept", {"option_id": quote.options[0].option_id})


def _followed(world: World, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202
    found: dict[str, Any] = world.caller().get(answer.headers["Location"]).get_json()
    return found


def test_a_fresh_plan_is_followed_until_its_quote(world: World) -> None:
    quote = world.quoted()
    path = f"/v1/orders/{quote.order_id}"
    asked = world.caller().post(f"{path}/quotes")
    going = _followed(world, asked)
    assert (going["kind"], going["state"], going["finished_at"]) == ("planning", "running", None)
    assert going["progress"] == {"done": 0, "total": 1}
    world.offer()
    ended = _followed(world, asked)
    assert (ended["state"], ended["progress"]) == ("succeeded", {"done": 1, "total": 1})
    assert world.caller().get(ended["result_url"]).get_json()["object"] == "quote"


def test_a_plan_that_cannot_be_made_fails_with_its_reasons(world: World) -> None:
    quote = world.quoted()
    asked = world.caller().post(f"/v1/orders/{quote.order_id}/quotes")
    world.settle()
    wanted = world.asked()
    world.told(a_refusal(order_id=wanted.order_id, buyer_org_id=wanted.buyer_org_id, attempt=wanted.attempt))
    ended = _followed(world, asked)
    assert (ended["state"], ended["code"]) == ("failed", "UNPLANNABLE")
    assert ended["reasons"][0]["code"] == "MOQ_NOT_MET"


@pytest.mark.parametrize("fate", ["lost", "confirmed"])
def test_an_acceptance_is_followed_to_its_end(world: World, fate: str) -> None:
    quote = world.quoted()
    asked = _accept(world, quote)
    assert _followed(world, asked)["state"] == "running"
    world.told(a_loss(quote) if fate == "lost" else a_confirmation(quote))
    ended = _followed(world, asked)
    assert (ended["kind"], ended["order_id"]) == ("acceptance", quote.order_id)
    assert (ended["state"], ended["code"]) == (("failed", "QUOTE_LOST") if fate == "lost" else ("succeeded", None))


def test_nobody_follows_anothers_operation_and_none_that_there_is_not(world: World) -> None:
    quote = world.quoted()
    where = _accept(world, quote).headers["Location"]
    problem(world.caller(number=2).get(where), 404, "UNKNOWN_QUOTE")
    order = quote.order_id.removeprefix("ord_")
    for path in (f"opn_{order}_9", f"opn_{order}_0", f"opn_{order}", "opn_x", "quo_1"):
        assert world.caller().get(f"/v1/operations/{path}").status_code == 404, path
