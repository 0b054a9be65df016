"""Whoever asks much waits for its own questions: one inquiry of a buyer is with capacity at a time, the rest are bounded."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.contracts import capacity
from shared.contracts import order as facts
from shared.kernel.clock import instant_text
from tests.integration.order.conftest import World
from tests.integration.order.test_lists_and_catalogue import INQUIRY_BODY
from tests.support.order_world import NOW, a_quote
from tests.support.web_client import problem

SOON = {**INQUIRY_BODY, "requested_by": instant_text(NOW + timedelta(days=6))}  # one week: of little cost


def ask(world: World, number: int = 1, body: dict[str, Any] = INQUIRY_BODY) -> str:
    answer = world.caller(number=number).post("/v1/inquiries", body)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def sent(world: World) -> list[str]:
    return [one.order_id for one in world.facts(facts.PlanningRequested)]


def answer(world: World, inquiry_id: str) -> None:
    asked = next(one for one in world.facts(facts.PlanningRequested) if one.order_id == inquiry_id)
    menu = a_quote(asked.lines, order_id=inquiry_id, buyer_org_id=asked.buyer_org_id)
    world.told(
        capacity.InquiryAnswered(
            order_id=inquiry_id,
            buyer_org_id=asked.buyer_org_id,
            attempt=1,
            options=menu.options,
            refusals=[],
            answered_at=NOW,
        )
    )


def test_one_buyers_flood_puts_one_inquiry_before_anothers(world: World) -> None:
    flood = [ask(world) for _ in range(5)]
    order = world.placed(number=2)["id"]
    other = ask(world, number=2)
    assert sent(world) == [flood[0], order, other]
    answer(world, flood[0])
    assert sent(world) == [flood[0], order, other, flood[1]]
    assert world.caller().get(f"/v1/inquiries/{flood[1]}").get_json()["state"] == "asked"


def test_the_flood_is_answered_in_its_own_order_to_the_last(world: World) -> None:
    flood = [ask(world) for _ in range(4)]
    for inquiry_id in flood:
        answer(world, inquiry_id)
        answer(world, inquiry_id)
    assert sent(world) == flood
    states = [world.caller().get(f"/v1/inquiries/{one}").get_json()["state"] for one in flood]
    assert states == ["answered"] * 4


def test_beyond_its_places_a_buyer_is_told_when_to_come_back_and_others_are_not(world: World) -> None:
    for _ in range(21):
        ask(world, body=SOON)
    refused = world.caller().post("/v1/inquiries", SOON)
    problem(refused, 429, "INQUIRIES_WAITING")
    assert int(refused.headers["Retry-After"]) == 5
    ask(world, number=2)


def test_what_is_asked_twice_under_one_key_is_counted_once(world: World) -> None:
    key = {"Idempotency-Key": "once"}
    first, again = (world.caller().post("/v1/inquiries", INQUIRY_BODY, headers=key) for _ in range(2))
    assert first.get_json()["id"] == again.get_json()["id"]
    assert len(sent(world)) == 1


@pytest.mark.parametrize(("lines", "status", "code"), [(6, 422, "LINES_COUNT"), (5, 201, None)])
def test_an_inquiry_has_fewer_lines_than_an_order(world: World, lines: int, status: int, code: str | None) -> None:
    body = {**INQUIRY_BODY, "lines": INQUIRY_BODY["lines"] * lines}
    found = world.caller().post("/v1/inquiries", body)
    assert (found.status_code, found.get_json().get("code")) == (status, code)


def test_the_largest_question_keeps_little(world: World) -> None:
    inquiry_id = ask(world, body={**INQUIRY_BODY, "lines": INQUIRY_BODY["lines"] * 5})
    kept = world.service.log.read_stream(f"inquiry-{inquiry_id}")
    assert sum(len(msgspec.json.encode(one.event)) for one in kept) < 72_000
