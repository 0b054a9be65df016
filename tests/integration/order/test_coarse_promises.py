"""Before anything is booked an answer is coarse, and no counter in it counts the events of others."""

import base64
from datetime import timedelta
from typing import Any

import msgspec
import orjson

from shared.contracts import capacity
from shared.contracts.planning import DemandLine
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.principal import Role
from tests.integration.order.conftest import World
from tests.integration.order.test_entrusted_reports import LICENCE
from tests.support.order_world import NOW, a_confirmation, a_quote

HIDDEN = ("工厂", "lin_", "slt_", "plt_", "pro_", "setup", "seconds", "departs", "starts", "ends")


def told(world: World, *refusals: PlanReason, **moved: Any) -> dict[str, Any]:
    """The quote that a buyer reads when capacity has found a plan with *moved* fields, and *refusals* beside it."""
    order = world.placed()
    asked = world.asked()
    quote = a_quote(asked.lines, order_id=order["id"], buyer_org_id=asked.buyer_org_id, at=world.clock.now())
    changed = [msgspec.structs.replace(one, **moved) for one in quote.options]
    world.told(msgspec.structs.replace(quote, options=changed, refusals=list(refusals)))
    found: dict[str, Any] = world.caller().get(f"/v1/orders/{order['id']}/quotes").get_json()["items"][0]
    return found


def test_an_option_tells_its_day_its_price_and_where_its_plants_are_and_nothing_finer(world: World) -> None:
    quote = told(world, promise_at=NOW.replace(day=21, hour=3, minute=14))
    option = quote["options"][0]
    assert (option["promise_at"], option["promise_on"]) == ("2026-12-21T16:00:00Z", "2026-12-21")
    assert (option["slack_minutes"], option["before_window"]) == (10 * 24 * 60, False)
    assert (option["plants"], option["districts"], option["named_plants"]) == (3, ["421202"], [])
    assert (option["steps"], option["trips"], option["binding"]) == ([], [], None)
    written = orjson.dumps({name: value for name, value in option.items() if name != "option_id"}).decode()
    assert [word for word in HIDDEN if word in written] == []


def test_no_hour_of_the_day_makes_a_difference(world: World) -> None:
    early, late = (told(world, promise_at=NOW.replace(day=21, hour=hour)) for hour in (0, 15))
    shown = [{k: v for k, v in one["options"][0].items() if k != "option_id"} for one in (early, late)]
    assert shown[0] == shown[1]


def test_midnight_belongs_to_the_day_that_it_ends(world: World) -> None:
    option = told(world, promise_at=NOW.replace(day=21, hour=16))["options"][0]
    assert (option["promise_at"], option["promise_on"]) == ("2026-12-21T16:00:00Z", "2026-12-21")


def test_what_binds_a_late_option_is_the_day_asked_for_and_the_day_that_would_do(world: World) -> None:
    full = PlanReason(
        ReasonCode.CAPACITY_FULL,
        step="fill",
        plant_name="工厂2",
        facts={"wait_hours": "31", "ready_at": "2026-12-09T01:00:00Z", "runs_from": "2026-12-10T08:14:21Z"},
        relaxation=Relaxation("date", "2027-01-05T02:03:04Z"),
    )
    late = NOW + timedelta(days=34, hours=2)
    option = told(world, promise_at=late, binding=full, better_if=full.relaxation)["options"][0]
    assert option["slack_minutes"] == -4 * 24 * 60
    assert (option["late"], option["late_by_days"]) == (True, 4)
    assert (option["binding"]["code"], option["binding"]["facts"]) == ("DATE_TOO_EARLY", {})
    assert option["binding"]["relaxation"]["to"] == "2027-01-04T16:00:00Z"
    assert option["better_if"]["to"] == "2027-01-05T16:00:00Z"
    in_time = told(world, promise_at=NOW + timedelta(days=20), binding=full)["options"][0]
    assert in_time["binding"] is None


def test_a_refusal_names_limits_of_what_was_asked_and_no_plant(world: World) -> None:
    def too_few(plant: str, batch_min: int) -> PlanReason:
        return PlanReason(
            ReasonCode.MOQ_NOT_MET,
            step="fill",
            capability="FILL_CAN",
            plant_id="plt_1",
            plant_name=plant,
            line_id=f"lin_{plant}",
            facts={"quantity": "12244", "batch_min": str(batch_min)},
            relaxation=Relaxation("batch", str(batch_min), "can"),
        )

    papers = PlanReason(
        ReasonCode.LICENCE_EXPIRES,
        step="fill",
        plant_name="工厂9",
        facts={"category": "0603", "valid_until": "2026-12-09"},
    )
    capped = PlanReason(ReasonCode.FACTORY_LOAD_CAP, step="fill", plant_name="工厂9", facts={"hours_per_week": "40"})
    rows = told(world, too_few("工厂1", 50_000), too_few("工厂2", 20_000), too_few("工厂3", 30_000), papers, capped)[
        "refusals"
    ]
    assert [(one["code"], one["plant"], one["facts"]) for one in rows] == [
        ("MOQ_NOT_MET", "", {"quantity": "12244", "batch_min": "20000"}),
        ("LICENCE_EXPIRES", "", {"category": "0603"}),
        ("FACTORY_LOAD_CAP", "", {}),
    ]
    assert rows[0]["relaxation"]["to"] == "20000"
    assert "工厂" not in orjson.dumps([one["detail"] for one in rows]).decode()


def test_an_inquiry_speaks_of_days_only(world: World) -> None:
    body = {
        "lines": [
            {"product": "tea-can-330", "options": {"artwork": "a"}, "quantity": {"value": "12000", "unit": "can"}}
        ],
        "deliver_to": {"district": "420100", "address": "x"},
        "requested_by": "2026-12-28T08:00:00Z",
    }
    inquiry_id = world.caller().post("/v1/inquiries", body).get_json()["id"]
    asked = world.asked()
    lines: list[DemandLine] = asked.lines
    menu = a_quote(lines, order_id=inquiry_id, buyer_org_id=asked.buyer_org_id)
    at = menu.options[0].promise_at.replace(hour=3, minute=14)
    options = [msgspec.structs.replace(one, promise_at=at) for one in menu.options]
    world.told(
        capacity.InquiryAnswered(
            order_id=inquiry_id,
            buyer_org_id=asked.buyer_org_id,
            attempt=1,
            options=options,
            refusals=[],
            answered_at=NOW,
        )
    )
    found = world.caller().get(f"/v1/inquiries/{inquiry_id}").get_json()
    assert (found["earliest_promise_at"], found["earliest_promise_on"]) == ("2026-12-21T16:00:00Z", "2026-12-21")
    assert {one["promise_on"] for one in found["options"]} == {"2026-12-21"}


def test_the_hours_of_ones_own_plan_show_once_it_is_booked(world: World) -> None:
    quote = world.confirmed()
    steps = world.caller().get(f"/v1/orders/{quote.order_id}/plan").get_json()["steps"]
    assert [one["plant"] for one in steps] == [one.plant_name for one in quote.options[0].steps]
    promised = world.caller().get(f"/v1/orders/{quote.order_id}").get_json()["promise"]["promise_at"]
    assert promised == f"{quote.options[0].promise_at:%FT%TZ}"


def test_positions_in_a_story_do_not_count_the_events_of_others(world: World) -> None:
    mine = world.placed()["id"]
    for _ in range(3):
        world.placed(number=2)
    world.caller().post(f"/v1/orders/{mine}/cancellation", {}, headers={"If-Match": '"v1"'})
    story = world.caller().get(f"/v1/orders/{mine}/timeline").get_json()["items"]
    polled = world.caller().get(f"/v1/orders/{mine}/events", headers={"Accept": "application/json"}).get_json()
    assert [one["position"] for one in story] == [one["position"] for one in polled["items"]] == [1, 2]
    assert polled["next"] == 2
    rest = world.caller().get(f"/v1/orders/{mine}/events?after=1", headers={"Accept": "application/json"}).get_json()
    assert [one["what"] for one in rest["items"]] == ["order-cancelled"]


def test_a_cursor_tells_its_holder_nothing(world: World) -> None:
    first = world.placed()["id"]
    world.placed()
    cursor = world.caller().get("/v1/orders?limit=1").get_json()["next_cursor"]
    opened = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"ord_" not in opened
    page = world.caller().get(f"/v1/orders?limit=1&cursor={cursor}").get_json()
    assert [one["id"] for one in page["items"]] == [first]


def test_each_factory_reads_its_own_part_of_the_report_and_none_of_the_others(world: World) -> None:
    quote = _made_by_two(world)
    path = f"/v1/orders/{quote.order_id}/entrusted-production-report"
    whole = world.caller().get(path).get_json()
    assert len(whole["parts"]) == 2
    for number in (1, 2):
        seen = world.caller(Role.FACTORY, number).get(path).get_json()
        assert len(seen["parts"]) == 1
        assert {one["factory_org_id"] for one in seen["parts"]} == {_factory(number)}
        assert _factory(3 - number) not in orjson.dumps(seen).decode()


def test_the_signature_of_one_factory_moves_nothing_that_another_reads(world: World) -> None:
    quote = _made_by_two(world)
    path = f"/v1/orders/{quote.order_id}/entrusted-production-report"
    before = world.caller(Role.FACTORY, 2).get(path)
    signed = world.caller(Role.FACTORY, 1).post(f"{path}/signatures", {"licence_number": LICENCE})
    assert signed.status_code == 200
    after = world.caller(Role.FACTORY, 2).get(path)
    assert (after.get_json(), after.headers.get("ETag")) == (before.get_json(), before.headers.get("ETag"))
    assert len(world.caller().get(path).get_json()["signatures"]) == 1


def _factory(number: int) -> str:
    return "org_F" + "0" * 24 + str(number)


def _made_by_two(world: World) -> capacity.QuoteOffered:
    """A confirmed order whose licensed step is made in two parts, each by another factory."""
    world.placed()
    asked = world.asked()
    quote = a_quote(asked.lines, order_id=asked.order_id, buyer_org_id=asked.buyer_org_id, at=world.clock.now())
    option = quote.options[0]
    again = [
        msgspec.structs.replace(
            one, part=2, process_id="pro_2" + one.process_id[5:], plant_name="另一厂", factory_org_id=_factory(2)
        )
        for one in option.steps
    ]
    quote = msgspec.structs.replace(quote, options=[msgspec.structs.replace(option, steps=[*option.steps, *again])])
    world.told(quote)
    world.caller().post(f"/v1/quotes/{quote.quote_id}/accept", {"option_id": option.option_id})
    world.told(a_confirmation(quote, at=world.clock.now()))
    return quote
