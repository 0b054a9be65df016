"""Quotes over HTTP: waiting for them, accepting, losing and outliving them."""

import threading
from collections.abc import Callable
from datetime import timedelta

from werkzeug.test import TestResponse

from shared.contracts import order as facts
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import a_confirmation, a_loss, a_refusal
from tests.support.web_client import problem

WAIT = {"Prefer": "wait=20"}


def meanwhile(ask: Callable[[], TestResponse], then: Callable[[], None]) -> TestResponse:
    """The answer to *ask*, which waits in a thread of its own while *then* happens."""
    answers: list[TestResponse] = []
    asking = threading.Thread(target=lambda: answers.append(ask()))
    asking.start()
    then()
    asking.join(20)
    assert answers, "the waiting call never came back"
    return answers[0]


def until_written(world: World, position: int) -> None:
    """Wait for the log to move beyond *position*, then let facts flow."""
    assert world.service.log.wait_beyond(position, 20)
    world.settle()


def test_placing_waits_for_the_quote(world: World) -> None:
    def answer() -> None:
        until_written(world, 0)
        world.offer()

    placed = meanwhile(lambda: world.caller().post("/v1/orders", ORDER_BODY, headers=WAIT), answer)
    assert placed.status_code == 201
    assert placed.get_json()["state"] == "quoted"


def test_accepting_waits_for_the_confirmation(world: World) -> None:
    quote = world.quoted()
    position = world.service.log.head().position

    def answer() -> None:
        until_written(world, position)
        world.told(a_confirmation(quote))

    path, body = f"/v1/quotes/{quote.quote_id}/accept", {"option_id": quote.options[0].option_id}
    accepted = meanwhile(lambda: world.caller().post(path, body, headers=WAIT), answer)
    assert accepted.status_code == 202
    order = accepted.get_json()
    assert order["state"] == "confirmed"
    assert order["promise"]["quote_id"] == quote.quote_id
    plan = world.caller().get(f"/v1/orders/{order['id']}/plan").get_json()
    assert len(plan["steps"]) == len(quote.options[0].steps)
    assert "lin_" not in str(plan)
    assert "slt_" not in str(plan)


def test_a_lost_quote_answers_409_with_the_fresh_one(world: World) -> None:
    quote = world.quoted()
    position = world.service.log.head().position

    def answer() -> None:
        until_written(world, position)
        world.told(a_loss(quote))
        world.offer()

    path, body = f"/v1/quotes/{quote.quote_id}/accept", {"option_id": quote.options[0].option_id}
    lost = problem(meanwhile(lambda: world.caller().post(path, body, headers=WAIT), answer), 409, "QUOTE_LOST")
    assert lost["quote"]["attempt"] == 2
    assert lost["quote"]["state"] == "open"
    assert lost["reasons"][0]["code"] == "HOLD_LOST"
    fresh = lost["quote"]
    again = world.caller().post(f"/v1/quotes/{fresh['id']}/accept", {"option_id": fresh["options"][0]["option_id"]})
    assert again.status_code == 202


def test_an_expired_quote_is_asked_for_anew_with_nobody_sweeping(world: World) -> None:
    quote = world.quoted()
    world.clock.advance(timedelta(hours=3))
    assert world.caller().get(f"/v1/orders/{quote.order_id}").get_json()["state"] == "quote_expired"
    path, body = f"/v1/quotes/{quote.quote_id}/accept", {"option_id": quote.options[0].option_id}
    expired = problem(world.caller().post(path, body), 409, "QUOTE_EXPIRED")
    assert expired["order_id"] == quote.order_id
    assert "quote" not in expired
    assert world.asked().attempt == 2
    world.offer()
    order = world.caller().get(f"/v1/orders/{quote.order_id}").get_json()
    assert order["state"] == "quoted"
    states = [one["state"] for one in world.caller().get(f"/v1/orders/{quote.order_id}/quotes").get_json()["items"]]
    assert states == ["open", "expired"]
    assert world.caller().get(f"/v1/quotes/{quote.quote_id}").get_json()["state"] == "expired"


def test_a_refusal_shows_reasons_and_what_would_help_and_may_be_retried(world: World) -> None:
    order = world.placed()
    asked = world.asked()
    world.told(a_refusal(order_id=asked.order_id, buyer_org_id=asked.buyer_org_id))
    found = world.caller().get(f"/v1/orders/{order['id']}").get_json()
    assert found["state"] == "unplannable"
    assert found["failure"]["reasons"][0]["code"] == "MOQ_NOT_MET"
    assert found["failure"]["reasons"][0]["title"] == {"zh": "未达到最小起订量", "en": "Below the minimum batch"}
    relaxation = found["failure"]["relaxation"]
    assert (relaxation["kind"], relaxation["to"], relaxation["unit"]) == ("quantity", "200000", "can")
    assert relaxation["text"]["en"] == "possible with a quantity of 200000 can"
    again = world.caller().post(f"/v1/orders/{order['id']}/quotes")
    assert again.status_code == 202
    assert again.get_json()["state"] == "planning"
    assert world.asked().attempt == 2
    problem(world.caller().post(f"/v1/orders/{order['id']}/quotes"), 409, "PLAN_AWAITED")


def test_accepting_what_is_not_offered_is_refused(world: World) -> None:
    quote = world.quoted()
    path = f"/v1/quotes/{quote.quote_id}/accept"
    problem(world.caller().post(path, {"option_id": "opt_" + "0" * 26}), 422, "OPTION_NOT_IN_QUOTE")
    problem(world.caller().post(path, {}), 422, "FIELDS_INVALID")
    problem(
        world.caller().post("/v1/quotes/quo_nothing/accept", {"option_id": "opt_" + "0" * 26}), 404, "UNKNOWN_QUOTE"
    )


def test_facts_delivered_twice_have_one_effect(world: World) -> None:
    quote = world.quoted()
    before = world.service.log.head().position
    world.told(quote)
    (consumer,) = world.service.consumers
    world.broker.subscribe("order", ["capacity"], {"capacity/0": 0})
    while consumer.run_once():
        pass
    story = world.service.log.read_stream(f"order-{quote.order_id}")
    assert world.service.log.head().position == before == len(story) == 2
    assert not consumer.parked()
    assert not world.facts(facts.QuoteDropped)
