"""Orders of one buyer that wait for a plan or hold a quote are bounded; what is booked, ended or expired is not counted."""

from datetime import timedelta

from services.order.packs.terms import terms
from services.order.projections import order_overview
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.web_client import problem

MOST = terms().unbooked_max


def full(world: World) -> list[str]:
    found = [world.placed()["id"] for _ in range(MOST)]
    world.service.projector.catch_up()
    return found


def test_one_order_too_many_waits_and_other_buyers_do_not(world: World) -> None:
    placed = full(world)
    refused = world.caller().post("/v1/orders", ORDER_BODY)
    problem(refused, 429, "ORDERS_OPEN")
    assert refused.headers["Retry-After"] == "60"
    world.placed(number=2)
    cancelled = world.caller().post(f"/v1/orders/{placed[0]}/cancellation", {}, headers={"If-Match": '"v1"'})
    assert cancelled.status_code == 202
    world.service.projector.catch_up()
    world.placed()


def test_a_quote_that_has_expired_holds_nothing_and_leaves_room(world: World) -> None:
    full(world)
    for _ in range(MOST - 1):
        world.placed(number=2)
    world.quoted(number=2)
    world.service.projector.catch_up()
    other = world.caller(number=2)
    problem(other.post("/v1/orders", ORDER_BODY), 429, "ORDERS_OPEN")
    world.clock.advance(timedelta(hours=3))
    assert other.post("/v1/orders", ORDER_BODY).status_code == 201


def test_a_further_quote_is_no_way_around_it(world: World) -> None:
    quote = world.quoted()
    world.clock.advance(timedelta(hours=3))
    full(world)
    problem(world.caller().post(f"/v1/orders/{quote.order_id}/quotes"), 429, "ORDERS_OPEN")


def test_the_order_that_is_quoted_anew_is_not_counted_against_itself(world: World) -> None:
    quote = world.quoted()
    for _ in range(MOST - 1):
        world.placed()
    world.service.projector.catch_up()
    owner, at = quote.buyer_org_id, world.clock.now()
    assert order_overview.count_unbooked(world.service.log.views, owner, at) == MOST
    assert world.caller().post(f"/v1/orders/{quote.order_id}/quotes").status_code == 202
