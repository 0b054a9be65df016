"""Questions that a programme office asks beside the usual ones: by week, as of an instant, and entries as a file."""

import csv
import io

import pytest

from shared.kernel.principal import Role
from tests.support.ledger_house import LedgerHouse, Shift, client
from tests.support.web_client import problem

PERIOD = "from=2026-12-01&to=2027-01-01"


@pytest.fixture(scope="module")
def house() -> LedgerHouse:
    """One line that works on eight days running, from Tuesday, the first of December 2026."""
    told = LedgerHouse()
    told.tell(*Shift(1, 1, 0, "421202").registered())
    for day in range(8):
        shift = Shift(1, 1, day, "421202")
        told.tell(*shift.offered(), *shift.worked(client(1)))
    told.settle()
    return told


def test_weeks_add_up_to_their_days_and_lead_to_their_entries(house: LedgerHouse) -> None:
    weeks = house.get(f"/v1/utilization?by=line,week&{PERIOD}")["items"]
    days = house.get(f"/v1/utilization?by=day&{PERIOD}&limit=200")["items"]
    assert [one["key"]["week"] for one in weeks][:2] == ["2026-W49", "2026-W50"]
    assert weeks[0]["key"]["week_from"] == "2026-11-30"
    for week, following in ((weeks[0], "2026-12-07"), (weeks[1], "2026-12-14")):
        own = [one for one in days if week["key"]["week_from"] <= one["key"]["day"] < following]
        for code in ("AUBT", "PBT", "POT"):
            assert week["elements"][code]["value"] == sum(one["elements"][code]["value"] for one in own), code
    (whole,) = house.get(f"/v1/utilization?by=line&{PERIOD}")["items"]
    behind = [
        {one["index"] for one in house.get(f"{group['elements']['AUBT']['events_url']}&limit=200")["items"]}
        for group in (*weeks, whole)
    ]
    assert behind[0] | behind[1] == behind[2]
    assert behind[0] != behind[1]


def test_weeks_come_page_by_page(house: LedgerHouse) -> None:
    first = house.get(f"/v1/utilization?by=week&{PERIOD}&limit=1")
    second = house.get(f"/v1/utilization?by=week&{PERIOD}&limit=1&cursor={first['next_cursor']}")
    assert [one["key"]["week"] for one in (*first["items"], *second["items"])] == ["2026-W49", "2026-W50"]


def test_as_of_an_instant_is_as_of_what_was_recorded_by_then(house: LedgerHouse) -> None:
    entries = house.get("/v1/entries?limit=200")["items"]
    for entry in (entries[0], entries[len(entries) // 2], entries[-1]):
        at = entry["recorded_time"]
        wanted = sum(one["recorded_time"] <= at for one in entries)
        found = house.get(f"/v1/utilization?by=line&{PERIOD}&as_of={at}")
        assert found == house.get(f"/v1/utilization?by=line&{PERIOD}&as_of={wanted}")
        assert found["as_of"] == wanted
    assert house.get(f"/v1/utilization?by=line&{PERIOD}&as_of=2020-01-01T00:00:00Z")["as_of"] == 0
    assert house.get(f"/v1/balances?{PERIOD}&as_of=2020-01-01T08:00:00%2B08:00")["items"] == []


@pytest.mark.parametrize("asked", ["yesterday", "2026-12-01", "2026-12-01T08:00:00", "-1", "1.5"])
def test_an_as_of_that_is_neither_a_size_nor_an_instant_is_refused(house: LedgerHouse, asked: str) -> None:
    answer = house.caller(Role.OFFICE).get(f"/v1/utilization?{PERIOD}&as_of={asked}")
    assert problem(answer, 422, "FIELDS_INVALID")["errors"][0]["parameter"] == "as_of"


def test_entries_as_a_file_are_those_of_the_list(house: LedgerHouse) -> None:
    query = f"/v1/entries?behind=AUBT&line=lin_1&{PERIOD}"
    listed = house.get(f"{query}&limit=200")["items"]
    answer = house.caller(Role.OFFICE).get(f"{query}&format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("﻿"))))
    assert [(int(row["index"]), row["type"], row["leaf_hash"]) for row in rows] == [
        (one["index"], one["type"], one["leaf_hash"]) for one in listed
    ]
    assert rows


def test_a_factory_gets_its_own_entries_as_a_file(house: LedgerHouse) -> None:
    answer = house.caller(Role.FACTORY, 2).get("/v1/entries?format=csv")
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 1, "the heading alone"
