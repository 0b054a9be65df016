"""After a log went back in time the house goes on: what is lost is named, and what is new has its effect, once."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from services.__main__ import gongfang
from services.embedded.histories import HistoryBroken
from services.embedded.running import opened
from services.terminal import Exit
from tests.support.kept_house import an_ordered_house, copied, open_house_on, put_back
from tests.support.open_house import OpenHouse

ANSWERED = {"quoted", "unplannable"}  # capacity has looked for a plan


@pytest.fixture
def put_back_order(tmp_path: Path) -> tuple[Path, str, str]:
    """A directory whose order log went back behind a second order, the first order's id, and the lost one's."""
    data = tmp_path / "data"
    known = an_ordered_house(data).known
    older = copied(data, tmp_path / "older")
    with open_house_on(data) as house:
        house.known.update(known)
        lost = str(house.place("another").get_json()["id"])
    put_back("order", older, data)
    return data, known["order"], lost


def said(command: str, data: Path, *more: str) -> dict[str, list[dict[str, Any]]]:
    result = CliRunner().invoke(gongfang, [command, "--data", str(data), "--json", *more])
    assert result.exit_code == Exit.DONE, result.output
    found: dict[str, list[dict[str, Any]]] = json.loads(result.stdout)
    return found


def state_of(house: OpenHouse, order: str) -> str:
    return str(house.send("GET", f"/v1/orders/{order}", who="brand").get_json()["state"])


def test_what_is_lost_is_named_and_what_comes_afterwards_is_planned(put_back_order: tuple[Path, str, str]) -> None:
    data, first, lost = put_back_order
    (told,) = said("recover", data, "--dry-run")["recovered"]
    with opened(data) as house, pytest.raises(HistoryBroken):
        house.start()
    (done,) = said("recover", data)["recovered"]
    assert {**told, "put_back": done["put_back"]} == done
    assert (done["log"], done["epoch"]) == ("order", 2)
    assert {one["subject"] for one in done["lost"]} == {lost}
    assert set(done["put_back"]) == {"capacity", "ledger"}
    assert f"plan-{lost}" in done["touched"]["capacity"]
    assert said("recover", data)["recovered"] == []
    with open_house_on(data) as house:
        fresh = [str(house.place(f"fresh-{number}").get_json()["id"]) for number in range(4)]
        house.house.settle()
        assert {state_of(house, order) for order in (first, *fresh)} <= ANSWERED
        assert house.send("GET", f"/v1/orders/{lost}", who="brand").status_code == 404
        entries = [house.send("GET", f"/v1/entries?order={one}", who="office").get_json()["items"] for one in fresh]
        assert all(entries)
        capacity = house.house.services["capacity"].log
        assert [capacity.read_stream(f"plan-{one}")[0].type for one in fresh] == ["plan-asked.v1"] * 4
        asked = [sum(row.type == "plan-asked.v1" for row in capacity.read_stream(f"plan-{one}")) for one in fresh]
        assert asked == [1] * 4, "each effect once"
    assert said("verify", data)["failed"] == []
    with open_house_on(data):
        pass


def test_a_log_that_grew_again_before_anybody_noticed_has_its_new_events_taken(
    put_back_order: tuple[Path, str, str],
) -> None:
    """The ledger tells where the histories part: what was placed on the log put back is planned after all."""
    data, _, lost = put_back_order
    with opened(data) as house:
        alone = OpenHouse(house, house.clock)  # type: ignore[arg-type] # a clock that runs on
        unread = [str(alone.place(f"unread-{number}").get_json()["id"]) for number in range(4)]
        with pytest.raises(HistoryBroken):
            house.start()
    (done,) = said("recover", data)["recovered"]
    assert {one["subject"] for one in done["lost"]} == {lost}
    with open_house_on(data) as house:
        house.house.settle()
        assert {state_of(house, order) for order in unread} <= ANSWERED
    assert said("verify", data)["failed"] == []


def test_a_recovery_that_was_broken_off_is_run_anew(put_back_order: tuple[Path, str, str]) -> None:
    data, _, lost = put_back_order
    with opened(data) as house:
        log = house.services["order"].log
        log.begin_epoch(log.head().position)
    (done,) = said("recover", data)["recovered"]
    assert done["epoch"] == 3
    assert {one["subject"] for one in done["lost"]} == {lost}
    with open_house_on(data) as house:
        fresh = str(house.place("fresh").get_json()["id"])
        house.house.settle()
        assert state_of(house, fresh) in ANSWERED
    assert said("verify", data)["failed"] == []


def test_capacity_put_back_plans_again_what_order_still_asks_for(tmp_path: Path) -> None:
    data = tmp_path / "data"
    known = an_ordered_house(data).known
    older = copied(data, tmp_path / "older")
    with open_house_on(data) as house:
        house.known.update(known)
        second = str(house.place("another").get_json()["id"])
    put_back("capacity", older, data)
    (done,) = said("recover", data)["recovered"]
    assert done["log"] == "capacity"
    with open_house_on(data) as house:
        house.house.settle()
        capacity = house.house.services["capacity"].log
        assert capacity.stream_version(f"plan-{second}") > 0
    assert said("verify", data)["failed"] == []
