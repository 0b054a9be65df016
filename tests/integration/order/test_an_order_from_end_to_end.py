"""One order over HTTP and the bus: placed, quoted, accepted, confirmed, made, delivered, confirmed, closed."""

from datetime import timedelta

from shared.contracts import order as facts
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import a_confirmation, a_quote, a_shipment, progress
from tests.support.web_client import problem


def test_an_order_runs_from_placing_to_closing(world: World) -> None:
    buyer = world.caller()
    placed = buyer.post("/v1/orders", ORDER_BODY)
    assert placed.status_code == 201, placed.text
    order = placed.get_json()
    assert (order["state"], order["actions"], order["version"]) == ("planning", ["change", "cancel"], 1)
    assert order["lines"][0]["quantity"] == {"value": "12000", "unit": "can"}
    (asked,) = world.facts(facts.PlanningRequested)
    assert (asked.order_id, asked.attempt, asked.purpose) == (order["id"], 1, "quote")
    assert {one.code for one in asked.lines[0].variants} >= {"offset-line", "sleeve-small", "digital-small"}

    quote = a_quote(asked.lines, order_id=order["id"], buyer_org_id=asked.buyer_org_id, variant="sleeve-small")
    world.told(quote)
    order = buyer.get(f"/v1/orders/{order['id']}").get_json()
    assert (order["state"], order["quote_id"]) == ("quoted", quote.quote_id)
    (shown,) = buyer.get(f"/v1/orders/{order['id']}/quotes").get_json()["items"]
    assert len(shown["options"]) == 2
    assert "lin_" not in str(shown)

    accepted = buyer.post(f"/v1/quotes/{quote.quote_id}/accept", {"option_id": quote.options[0].option_id})
    assert accepted.status_code == 202, accepted.text
    assert accepted.get_json()["state"] == "accepted"
    (taken,) = world.facts(facts.QuoteAccepted)
    assert (taken.quote_id, taken.option_id) == (quote.quote_id, quote.options[0].option_id)

    world.told(a_confirmation(quote))
    steps = quote.options[0].steps
    for step in steps:
        key = {"order_id": order["id"], "buyer_org_id": quote.buyer_org_id}
        world.told(progress(step, "in_progress", **key), progress(step, "shipped", good=step.quantity_net, **key))
    processes = buyer.get(f"/v1/orders/{order['id']}/processes").get_json()["items"]
    assert [one["state"] for one in processes] == ["shipped"] * len(steps)
    assert processes[0]["name"]["zh"] == "两片罐制罐（白罐）"

    world.clock.advance(timedelta(days=20))
    arrival = a_shipment(steps[-1], 12_000, order_id=order["id"], buyer_org_id=quote.buyer_org_id, at=world.clock.now())
    world.told(arrival)
    assert buyer.get(f"/v1/orders/{order['id']}").get_json()["state"] == "delivered"
    confirmed = buyer.post(f"/v1/deliveries/{arrival.delivery_id}/confirm", {})
    assert confirmed.status_code == 200, confirmed.text
    order = buyer.get(f"/v1/orders/{order['id']}").get_json()
    assert (order["state"], order["actions"]) == ("closed", [])
    assert order["lines"][0]["payable"] == {"value": "12000", "unit": "can"}
    assert len(world.facts(facts.OrderClosed)) == 1
    timeline = buyer.get(f"/v1/orders/{order['id']}/timeline").get_json()["items"]
    assert timeline[0]["what"] == "order-placed"
    assert timeline[-1]["what"] == "order-closed"


def test_an_order_of_nobody_and_of_somebody_else_answer_alike(world: World) -> None:
    order_id = world.caller().post("/v1/orders", ORDER_BODY).get_json()["id"]
    rival = world.caller(number=2)
    absent = order_id[:-4] + "0000"
    for path in ("", "/processes", "/plan", "/timeline", "/events", "/quotes"):
        found = problem(rival.get(f"/v1/orders/{order_id}{path}"), 404, "UNKNOWN_ORDER")
        gone = problem(rival.get(f"/v1/orders/{absent}{path}"), 404, "UNKNOWN_ORDER")
        assert {key: found[key] for key in ("title", "detail")} == {key: gone[key] for key in ("title", "detail")}
