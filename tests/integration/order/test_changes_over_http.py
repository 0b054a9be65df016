"""Changes, cancellation, material and replans over HTTP, each with its cost shown first."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.order.packs.terms import terms
from shared.contracts import order as facts
from shared.kernel.principal import Role
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import NOW, a_confirmation, a_plan_change, a_shipment, progress
from tests.support.web_client import problem


def order_of(world: World, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.caller().get(f"/v1/orders/{order_id}").get_json()
    return found


def tagged(world: World, order_id: str) -> dict[str, str]:
    return {"If-Match": world.caller().get(f"/v1/orders/{order_id}").headers["ETag"]}


def test_a_change_is_shown_then_agreed_to_then_quoted_then_holds(world: World) -> None:
    first = world.confirmed(variant="sleeve-small")
    order = order_of(world, first.order_id)
    path = f"/v1/orders/{order['id']}/changes"
    body = {"lines": [{"order_line_id": order["lines"][0]["id"], "quantity": {"value": "24", "unit": "thousand-can"}}]}
    preview = world.caller().post(f"{path}?preview=true", body)
    assert preview.status_code == 200
    fee = preview.get_json()["fee"]
    assert fee == {"amount": "50.00", "currency": "CNY"}
    assert preview.get_json()["lines"][0]["quantity"]["value"] == "24000"
    assert order_of(world, order["id"])["version"] == order["version"], "a preview changes nothing"

    refused = world.caller().post(path, body, headers=tagged(world, order["id"]))
    problem(refused, 409, "FEE_NOT_AGREED")
    changed = world.caller().post(path, {**body, "agreed_fee": fee}, headers=tagged(world, order["id"]))
    assert changed.status_code == 202, changed.text
    assert changed.get_json()["state"] == "confirmed"
    assert changed.get_json()["change"]["state"] == "planning"
    asked = world.asked()
    assert (asked.attempt, asked.replaces_quote_id, asked.lines[0].quantity_net) == (2, first.quote_id, 24_000)
    second = world.offer("sleeve-small")
    assert order_of(world, order["id"])["actions"][0] == "accept"
    world.caller().post(f"/v1/quotes/{second.quote_id}/accept", {"option_id": second.options[0].option_id})
    (_, accepted) = world.facts(facts.QuoteAccepted)
    assert accepted.replaces_quote_id == first.quote_id
    world.told(a_confirmation(second))
    order = order_of(world, order["id"])
    assert order["lines"][0]["quantity"]["value"] == "24000"
    assert order["charged"] == fee
    assert order["promise"]["quote_id"] == second.quote_id


def test_cancelling_shows_its_fee_first(world: World) -> None:
    quote = world.confirmed(variant="sleeve-small")
    path = f"/v1/orders/{quote.order_id}/cancellation"
    preview = world.caller().post(f"{path}?preview=true", {}).get_json()
    assert preview["fee"]["amount"] == "200.00"
    assert [(one["why"], one["fee"]["amount"]) for one in preview["parts"]] == [("booked", "50.00")] * 4
    problem(world.caller().post(path, {}, headers=tagged(world, quote.order_id)), 409, "FEE_NOT_AGREED")
    body = {"agreed_fee": preview["fee"]}
    done = world.caller().post(path, body, headers=tagged(world, quote.order_id))
    assert done.get_json()["state"] == "cancelled"
    assert done.get_json()["cancellation"]["fee"] == preview["fee"]
    (fact,) = world.facts(facts.OrderCancelled)
    assert fact.fee_fen == 20_000
    problem(world.caller().post(path, body, headers=tagged(world, quote.order_id)), 409, "ALREADY_CANCELLED")


def test_changing_is_too_late_once_work_has_begun(world: World) -> None:
    quote = world.confirmed()
    step = quote.options[0].steps[0]
    world.told(progress(step, "in_progress", order_id=quote.order_id, buyer_org_id=quote.buyer_org_id))
    body = {"requested_by": f"{NOW + timedelta(days=60):%FT%TZ}"}
    path = f"/v1/orders/{quote.order_id}/changes"
    problem(world.caller().post(f"{path}?preview=true", body), 409, "CHANGE_TOO_LATE")
    problem(world.caller().post(path, body, headers=tagged(world, quote.order_id)), 409, "CHANGE_TOO_LATE")


SLEEVING: dict[str, Any] = {
    **ORDER_BODY,
    "lines": [{"product": "sleeving-330", "options": {"artwork": "a"}, "quantity": {"value": "20000", "unit": "can"}}],
    "supplies": [
        {
            "item": "can-330-blank-own",
            "quantity": {"value": "20427", "unit": "can"},
            "arrives_at": f"{NOW + timedelta(days=3):%FT%TZ}",
        }
    ],
}


def arriving(value: str) -> dict[str, Any]:
    return {"item": "can-330-blank-own", "quantity": {"value": value, "unit": "can"}}


def test_short_material_asks_the_buyer_and_tells_capacity(world: World) -> None:
    quote = world.confirmed(SLEEVING)
    path = f"/v1/orders/{quote.order_id}/supplies/arrivals"
    order = world.caller().post(path, arriving("15000")).get_json()
    (question,) = order["questions"]
    assert question["kind"] == "short_supply"
    assert question["choices"] == ["change", "report_supply", "take_less", "cancel"]
    assert question["default_choice"] == "cancel", "it is not enough to begin"
    assert question["answer_by"] == f"{quote.options[0].steps[0].starts_at:%FT%TZ}"
    waits = {one["waits_for"]: (one["answer_by"], one["default_choice"]) for one in order["waits"]}
    assert waits["supply"] == (question["answer_by"], "cancel")
    assert question["makeable"][0]["quantity"]["unit"] == "can"
    (fact,) = world.facts(facts.SupplyArrived)
    assert (fact.quantity, fact.expected) == (15_000, 20_427)
    order = world.caller().post(path, arriving("5427")).get_json()
    assert order["questions"] == []
    assert order["supplies"][0]["arrived"]["value"] == "20427"
    problem(world.caller().post(path, {**arriving("5"), "item": "tea-base"}), 422, "SUPPLY_UNIT")


@pytest.mark.parametrize(("came", "state"), [("15000", "cancelled"), ("19000", "confirmed")])
def test_silence_about_short_material_makes_what_it_can_or_lets_go_without_a_fee(
    world: World, came: str, state: str
) -> None:
    quote = world.confirmed(SLEEVING)
    order = world.caller().post(f"/v1/orders/{quote.order_id}/supplies/arrivals", arriving(came)).get_json()
    (question,) = order["questions"]
    assert question["default_choice"] == ("cancel" if state == "cancelled" else "take_less")
    world.service.projector.catch_up()
    job = next(one for one in world.service.jobs if one.name == "order-default-answers")
    assert job.call() == 0
    world.clock.set(quote.options[0].steps[0].starts_at)
    assert job.call() == 1
    order = order_of(world, quote.order_id)
    assert (order["state"], order["charged"]["amount"], order["questions"]) == (state, "0.00", [])
    told = world.caller().get(f"/v1/orders/{quote.order_id}/timeline").get_json()["items"]
    assert next(one["by"] for one in told if one["what"] == "shortfall-answered") == "platform"


def test_goods_nobody_speaks_of_are_taken_in_the_end_and_shown_as_the_platforms_doing(world: World) -> None:
    quote = world.confirmed()
    last = quote.options[0].steps[-1]
    order_id, buyer = quote.order_id, quote.buyer_org_id
    world.told(progress(last, "shipped", good=last.quantity_net, order_id=order_id, buyer_org_id=buyer))
    world.told(a_shipment(last, last.quantity_net, order_id=order_id, buyer_org_id=buyer))
    order = order_of(world, quote.order_id)
    (wait,) = order["waits"]
    assert (wait["waits_for"], wait["default_choice"]) == ("receipt", "confirm")
    job = next(one for one in world.service.jobs if one.name == "order-lapses")
    world.service.projector.catch_up()
    world.clock.set(NOW + terms().waiting.receipt - timedelta(seconds=1))
    assert job.call() == 0
    world.clock.set(NOW + terms().waiting.receipt)
    assert job.call() == 1
    order = order_of(world, quote.order_id)
    assert (order["state"], order["lines"][0]["payable"]["value"]) == ("closed", str(last.quantity_net))
    (fact,) = world.facts(facts.DeliveryConfirmed)
    assert fact.by_default
    told = world.caller().get(f"/v1/orders/{quote.order_id}/timeline").get_json()["items"]
    assert next(one["by"] for one in told if one["what"] == "delivery-confirmed") == "platform"


def test_an_order_nobody_took_ends_a_day_after_it_was_wanted(world: World) -> None:
    order_id = world.placed()["id"]
    job = next(one for one in world.service.jobs if one.name == "order-lapses")
    world.service.projector.catch_up()
    wanted = datetime.fromisoformat(order_of(world, order_id)["requested_by"])
    world.clock.set(wanted + terms().waiting.unbooked)
    assert job.call() == 1
    order = order_of(world, order_id)
    assert (order["state"], order["cancellation"]["why"], order["charged"]["amount"]) == ("cancelled", "lapsed", "0.00")
    world.service.projector.catch_up()
    assert job.call() == 0


def test_short_material_is_planned_anew_where_a_part_is_welcome(world: World) -> None:
    quote = world.confirmed({**SLEEVING, "limits": {"partial_ok": True}})
    path = f"/v1/orders/{quote.order_id}/supplies/arrivals"
    order = world.caller().post(path, arriving("15000")).get_json()
    assert order["change"]["state"] == "planning"
    asked = world.asked()
    assert (asked.attempt, asked.supplies[0].quantity) == (2, 15_000)
    assert asked.lines[0].quantity_net < 15_000


def test_a_replan_is_put_to_the_buyer_who_answers(world: World) -> None:
    quote = world.confirmed()
    change = a_plan_change(quote.options[0], order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
    world.told(change)
    order = order_of(world, quote.order_id)
    (question,) = order["questions"]
    assert (question["kind"], question["default_choice"], question["id"]) == ("replan", "cancel", change.replan_id)
    assert order["actions"][0] == "answer_replan"
    path = f"/v1/orders/{quote.order_id}/replans/{change.replan_id}/answer"
    problem(world.caller().post(path, {"choice": "maybe"}), 422, "FIELDS_INVALID")
    order = world.caller().post(path, {"choice": "accept"}).get_json()
    assert order["questions"] == []
    assert order["promise"]["promise_at"] == f"{change.new_promise_at:%FT%TZ}"
    (answered,) = world.facts(facts.ReplanAnswered)
    assert (answered.choice, answered.by_default) == ("accept", False)
    problem(world.caller().post(path, {"choice": "accept"}), 404, "NO_SUCH_REPLAN")


def test_silence_means_the_stated_default_by_a_job_that_reads_the_clock(world: World) -> None:
    quote = world.confirmed()
    change = a_plan_change(
        quote.options[0], order_id=quote.order_id, buyer_org_id=quote.buyer_org_id, default_choice="cancel"
    )
    world.told(change)
    job = next(one for one in world.service.jobs if one.name == "order-default-answers")
    world.service.projector.catch_up()
    assert job.call() == 0
    world.clock.set(change.answer_by)
    assert job.call() == 1
    order = order_of(world, quote.order_id)
    assert (order["state"], order["cancellation"]["fee"]["amount"]) == ("cancelled", "0.00")
    (answered,) = world.facts(facts.ReplanAnswered)
    assert answered.by_default
    world.service.projector.catch_up()
    assert job.call() == 0


def test_a_counter_offer_states_that_silence_keeps_the_terms_and_the_job_carries_it_out(world: World) -> None:
    quote = world.confirmed()
    change = a_plan_change(
        quote.options[0],
        order_id=quote.order_id,
        buyer_org_id=quote.buyer_org_id,
        cause="countered",
        default_choice="keep_terms",
    )
    world.told(change)
    (question,) = order_of(world, quote.order_id)["questions"]
    assert question["choices"] == ["accept", "keep_terms", "cancel"]
    assert (question["default_choice"], question["answer_by"]) == ("keep_terms", f"{change.answer_by:%FT%TZ}")
    world.service.projector.catch_up()
    world.clock.set(change.answer_by)
    job = next(one for one in world.service.jobs if one.name == "order-default-answers")
    assert job.call() == 1
    (answered,) = world.facts(facts.ReplanAnswered)
    assert (answered.choice, answered.by_default) == ("keep_terms", True)
    order = order_of(world, quote.order_id)
    assert (order["state"], order["questions"]) == ("confirmed", [])
    assert order["promise"]["price"]["amount"] == f"{change.old_price_fen / 100:.2f}"


def test_a_make_up_run_may_be_answered_by_taking_less(world: World) -> None:
    quote = world.confirmed()
    change = a_plan_change(
        quote.options[0],
        order_id=quote.order_id,
        buyer_org_id=quote.buyer_org_id,
        cause="under_delivery",
        dearer_fen=0,
    )
    world.told(change)
    (question,) = order_of(world, quote.order_id)["questions"]
    assert question["choices"] == ["accept", "take_less"]
    assert question["old_price"] == question["new_price"], "the maker's fault is not the buyer's cost"
    path = f"/v1/orders/{quote.order_id}/replans/{change.replan_id}/answer"
    order = world.caller().post(path, {"choice": "take_less"}).get_json()
    assert (order["state"], order["questions"]) == ("confirmed", [])
    assert order["promise"]["promise_at"] == f"{change.old_promise_at:%FT%TZ}"


def test_a_choice_that_was_not_given_is_refused_by_name(world: World) -> None:
    quote = world.confirmed()
    change = a_plan_change(quote.options[0], order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
    world.told(change)
    path = f"/v1/orders/{quote.order_id}/replans/{change.replan_id}/answer"
    problem(world.caller().post(path, {"choice": "keep_terms"}), 409, "NO_SUCH_CHOICE")
    assert len(order_of(world, quote.order_id)["questions"]) == 1


def test_a_job_on_a_view_that_lags_does_no_harm(world: World) -> None:
    quote = world.confirmed()
    change = a_plan_change(quote.options[0], order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
    world.told(change)
    world.service.projector.catch_up()
    path = f"/v1/orders/{quote.order_id}/replans/{change.replan_id}/answer"
    world.caller().post(path, {"choice": "accept"})
    world.clock.set(change.answer_by)
    job = next(one for one in world.service.jobs if one.name == "order-default-answers")
    job.call()
    assert len(world.facts(facts.ReplanAnswered)) == 1


def test_only_the_receiving_party_says_what_arrived(world: World) -> None:
    quote = world.confirmed()
    last = quote.options[0].steps[-1]
    delivery = a_shipment(last, 12_000, order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
    world.told(delivery)
    path = f"/v1/deliveries/{delivery.delivery_id}"
    for role, number, status in [(Role.FACTORY, 1, 403), (Role.OFFICE, 1, 403), (Role.BUYER, 2, 404)]:
        assert world.caller(role, number).post(f"{path}/confirm", {}).status_code == status
        assert world.caller(role, number).post(f"{path}/dispute", {"grounds": "x"}).status_code == status
    disputed = world.caller().post(f"{path}/dispute", {"grounds": "600 罐变形"})
    assert disputed.get_json()["state"] == "disputed"
    too_much = {"quantity": {"value": "12001", "unit": "can"}}
    problem(world.caller().post(f"{path}/confirm", too_much), 422, "CONFIRM_TOO_MUCH")
    wrong_unit = {"quantity": {"value": "1", "unit": "bottle"}}
    problem(world.caller().post(f"{path}/confirm", wrong_unit), 422, "QUANTITY_UNIT")
    settled = world.caller().post(f"{path}/confirm", {"quantity": {"value": "11400", "unit": "can"}})
    assert (settled.get_json()["state"], settled.get_json()["confirmed"]["value"]) == ("confirmed", "11400")
    assert world.caller(Role.OFFICE).get(path).get_json()["state"] == "confirmed"
    assert order_of(world, quote.order_id)["state"] == "closed"
    (fact,) = world.facts(facts.DeliveryConfirmed)
    assert fact.quantity == 11_400
