"""The whole house, and a buyer that says nothing: what came is paid, what was asked about ends, nothing waits for ever."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from services.demo import making, ordering
from services.demo.party import Json
from services.demo.stage import Stage
from services.demo.trail import Trail
from services.terminal import Terminal
from shared.kernel.clock import instant_text, parse_instant
from tests.support.traded_house import a_new_house, a_seeded_house

OWN_CANS = "can-330-blank-own"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with (
        a_seeded_house(a_new_house()) as (address, world),
        closing(Stage(address, world, Trail(Terminal(as_json=True)))) as found,
    ):
        found.next_morning()
        yield found


def booked(stage: Stage, *lines: Json, supplies: list[Json] | None = None) -> str:
    order = ordering.place(
        stage, "B1", lines, to=("420100", "武汉"), by=stage.now + timedelta(days=30), supplies=supplies or []
    )
    quote = ordering.newest_quote(stage, "B1", order["id"])
    ordering.accept(stage, "B1", quote, quote["options"][0])
    making.accept_offers(stage, order["id"])
    return str(order["id"])


def seen(stage: Stage, order_id: str) -> Json:
    return stage.party("B1").get(f"/v1/orders/{order_id}")


def in_silence(stage: Stage, order_id: str, *, days: int) -> Json:
    """The order after so many days in which nobody does anything, or as soon as it is over."""
    for _ in range(2 * days):
        order = seen(stage, order_id)
        if order["state"] in {"cancelled", "closed"}:
            return order
        stage.move_to(stage.now + timedelta(hours=12))
    return seen(stage, order_id)


def test_goods_that_came_are_paid_whatever_becomes_of_the_other_line(stage: Stage) -> None:
    """Ends are made and at the door; the plant of the closures never begins, and its buyer is asked in vain."""
    order_id = booked(stage, ordering.line("end-202", 250_000, "end"), ordering.line("closure-28", 150_000, "closure"))
    code, work = next(one for one in making.work_of(stage, order_id) if one[1]["capability"] == "CAN_END")
    stage.agenda.note(parse_instant(work["starts_at"]), making.Floor(stage, code, work["id"]).start, begins=True)
    stage.carry_out()
    stage.settle()
    order = seen(stage, order_id)
    _, closures = order["lines"]
    assert [one["state"] for one in order["deliveries"]] == ["arrived"]
    preview = stage.party("B1").post(f"/v1/orders/{order_id}/cancellation", {}, query={"preview": "true"})
    left = {one["product"]: one for one in preview["lines"]}
    assert (left["end-202"]["fee"]["amount"], left["end-202"]["ends"]["value"]) == ("0.00", "0")
    assert left["closure-28"]["ends"]["value"] == closures["quantity"]["value"]

    asked: list[Json] = []
    for _ in range(40):
        order = seen(stage, order_id)
        asked += [one for one in order["questions"] if one not in asked]
        if order["state"] in {"delivered", "cancelled", "closed"}:
            break
        stage.move_to(stage.now + timedelta(hours=6))
    assert asked
    assert {(one["default_choice"], tuple(one["order_line_ids"])) for one in asked} == {("cancel", (closures["id"],))}
    assert (order["state"], order["charged"]["amount"]) == ("delivered", "0.00")
    _, closures = order["lines"]
    assert closures["cancelled"] == closures["quantity"]
    assert {"confirm_delivery", "dispute_delivery"} <= set(order["actions"])
    told = stage.party("B1").get(f"/v1/orders/{order_id}/timeline")["items"]
    assert {one["by"] for one in told if one["what"] in {"replan-answered", "parts-cancelled"}} == {"platform"}
    delivery = order["deliveries"][0]["id"]
    assert stage.party("B1").post(f"/v1/deliveries/{delivery}/dispute", {"grounds": "凹陷"})["state"] == "disputed"
    assert stage.party("B1").post(f"/v1/deliveries/{delivery}/confirm", {})["state"] == "confirmed"
    order = seen(stage, order_id)
    assert (order["state"], int(order["lines"][0]["payable"]["value"]) >= 250_000) == ("closed", True)


def test_material_that_never_comes_is_asked_about_and_its_hours_are_free(stage: Stage) -> None:
    brings = {
        "item": OWN_CANS,
        "quantity": {"value": "20427", "unit": "can"},
        "arrives_at": instant_text(stage.now + timedelta(days=3)),
    }
    order_id = booked(stage, ordering.line("sleeving-330", 20_000, "can", artwork="a"), supplies=[brings])
    assert all(one["default_choice"] for one in seen(stage, order_id)["waits"])
    for _ in range(60):
        order = seen(stage, order_id)
        if order["questions"]:
            break
        stage.move_to(stage.now + timedelta(hours=6))
    (question,) = order["questions"]
    assert (question["cause"], question["default_choice"]) == ("missing_material", "cancel")
    assert question["answer_by"] > instant_text(stage.now)
    order = in_silence(stage, order_id, days=3)
    assert (order["state"], order["charged"]["amount"]) == ("cancelled", "0.00")
    waiting = [one for _, one in making.work_of(stage, order_id)]
    assert waiting == [], "nothing is kept for it any more"


def test_an_order_nobody_answers_comes_to_its_end_without_a_fee(stage: Stage) -> None:
    order = ordering.place(
        stage,
        "B1",
        [ordering.line("end-202", 250_000, "end")],
        to=("420100", "武汉"),
        by=stage.now + timedelta(days=6),
    )
    over = in_silence(stage, order["id"], days=9)
    assert (over["state"], over["cancellation"]["why"], over["charged"]["amount"]) == ("cancelled", "lapsed", "0.00")
