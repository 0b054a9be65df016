"""Places by code and name, for whoever is signed in; an order goes to any of them."""

from shared.kernel.principal import Role
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.web_client import problem


def test_places_have_names_levels_and_roads_that_say_whether_they_are_approximate(world: World) -> None:
    for role in (Role.BUYER, Role.FACTORY, Role.OFFICE):
        items = world.caller(role).get("/v1/districts?limit=200").get_json()["items"]
        assert len([one for one in items if one["level"] == "prefecture"]) == 17
        assert {one["code"]: one["name"]["zh"] for one in items}["422800"] == "恩施土家族苗族自治州"
        assert {one["distance_km"] for one in items} == {None}
    near = {one["code"]: one for one in world.caller().get("/v1/districts?from=421202").get_json()["items"]}
    assert (near["420100"]["distance_km"], near["420100"]["is_approximate"]) == (90, False)
    assert near["420500"]["is_approximate"]
    problem(world.caller().get("/v1/districts?from=110000"), 422, "DISTRICT_UNKNOWN")


def test_pages_of_places_join_up(world: World) -> None:
    first = world.caller().get("/v1/districts?limit=10").get_json()
    second = world.caller().get(f"/v1/districts?limit=100&cursor={first['next_cursor']}").get_json()
    whole = world.caller().get("/v1/districts?limit=200").get_json()
    assert [*first["items"], *second["items"]] == whole["items"]
    assert whole["next_cursor"] is None


def test_an_order_goes_to_any_prefecture(world: World) -> None:
    items = world.caller().get("/v1/districts?limit=200").get_json()["items"]
    for code in [one["code"] for one in items if one["level"] == "prefecture"]:
        placed = world.placed({**ORDER_BODY, "deliver_to": {"district": code, "address": "仓库"}})
        assert placed["deliver_to"]["district"] == code
