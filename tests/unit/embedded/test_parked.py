"""`python -m services parked`: what was set aside is listed, applied again exactly once, or dropped."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.__main__ import gongfang
from services.embedded.checks import stored
from services.embedded.running import opened
from services.terminal import Exit
from shared.bus.port import Delivery, Outgoing
from shared.clock import StoryClock
from shared.eventstore.handling import Prepared
from shared.eventstore.port import Recorded
from tests.support.masters import NOW
from tests.support.open_house import OpenHouse


def broken(page: Sequence[Delivery]) -> Prepared[None]:
    raise ValueError(f"cannot plan {len(page)} facts")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory in which capacity could plan nothing of what order asked for."""
    with opened(tmp_path, story_from=NOW) as house:
        [planner] = house.services["capacity"].consumers
        planner._react = broken
        house.start()
        assert isinstance(house.clock, StoryClock)
        trade = OpenHouse(house, house.clock)
        trade.publish_a_plant()
        assert trade.place("first").status_code in {201, 202}
        assert trade.place("second").status_code in {201, 202}
        house.settle()
        house.stop()
    return tmp_path


def said(data: Path, *words: str, expected: Exit = Exit.DONE) -> dict[str, dict[str, str]]:
    result = CliRunner().invoke(gongfang, ["parked", *words, "--data", str(data), "--json"])
    assert result.exit_code == expected, result.output
    found: dict[str, dict[str, str]] = json.loads(result.stdout)
    return found


def ids(data: Path) -> list[str]:
    return [str(one["id"]) for one in said(data, "list")["parked"]]  # type: ignore[index] # the list's rows


def test_everything_parked_is_applied_again_and_the_house_is_sound(data: Path) -> None:
    parked = ids(data)
    assert parked
    assert said(data, "retry")["facts"] == dict.fromkeys(parked, "applied")
    assert ids(data) == []
    assert said(data, "retry")["facts"] == {}
    with opened(data) as house:
        house.step_to_rest()
        planned = {one.type for one in house.services["capacity"].log.read_all()}
        assert "plan-asked.v1" in planned
        assert [check for check in stored(house) if not check.passed] == []


def test_a_dropped_fact_is_gone_and_an_unknown_one_is_wrong_usage(data: Path) -> None:
    first, *rest = ids(data)
    assert said(data, "drop", first)["facts"] == {first: "dropped"}
    assert ids(data) == rest
    result = CliRunner().invoke(gongfang, ["parked", "drop", first, "--data", str(data)])
    assert result.exit_code == Exit.WRONG_USAGE
    assert "not parked" in result.output


def unpublishable(recorded: Recorded) -> Sequence[Outgoing]:
    raise ValueError(f"cannot publish {recorded.type}")


def test_an_event_that_could_not_be_published_is_listed_and_retried_like_a_fact(tmp_path: Path) -> None:
    """Its order is planned, and the ledger, which stood still in front of it, has every fact in its place."""
    with opened(tmp_path, story_from=NOW) as house:
        relay = house.services["order"].relay
        assert relay is not None
        published, relay._publish = relay._publish, lambda one: unpublishable(one) if is_bad[0] else published(one)
        is_bad = [False]
        house.start()
        assert isinstance(house.clock, StoryClock)
        trade = OpenHouse(house, house.clock)
        trade.publish_a_plant()
        assert trade.place("first").status_code in {201, 202}
        house.settle()
        is_bad[0] = True
        bad = str(trade.place("second").get_json()["id"])
        assert relay.lag() == 0 or house.services["order"].log.wait_beyond(10**6, 0.5) is False
        is_bad[0] = False
        good = str(trade.place("third").get_json()["id"])
        assert trade.send("GET", f"/v1/orders/{good}", who="brand", headers={"Prefer": "wait=5"}).status_code == 200
        assert trade.client.get("/readyz").status_code == 503
        starved = str(house.services["ledger"].app.extensions["gongfang-checks"]["facts"]())
        house.stop()
    assert starved.startswith("starved at /gongfang/order ")
    found = said(tmp_path, "list")["parked"]
    assert [str(one["id"]).rpartition(":")[0] for one in found] == ["relay:order"] * len(found)  # type: ignore[index] # the list's rows
    assert found
    dropped = CliRunner().invoke(gongfang, ["parked", "drop", str(found[0]["id"]), "--data", str(tmp_path)])  # type: ignore[index] # the list's rows
    assert dropped.exit_code == Exit.WRONG_USAGE
    assert set(said(tmp_path, "retry")["facts"].values()) == {"applied"}
    with opened(tmp_path) as house:
        house.step_to_rest()
        assert house.services["capacity"].log.stream_version(f"plan-{bad}") > 0
        assert [check for check in stored(house) if not check.passed] == []
