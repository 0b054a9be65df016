"""What has begun and not ended counts when it ends: until then the figures say that they are unfinished."""

from typing import Any

import pytest

from shared.kernel.principal import Role
from tests.support.ledger_house import LedgerHouse, Shift, client

PERIOD = "from=2026-12-01&to=2026-12-03"


@pytest.fixture
def house() -> LedgerHouse:
    """Two lines of two plants in two districts, offered on one day."""
    told = LedgerHouse()
    for line, plant, district in ((1, 1, "421202"), (2, 2, "421281")):
        told.tell(*Shift(line, plant, 0, district).registered(), *Shift(line, plant, 0, district).offered())
    told.settle()
    return told


def figures(house: LedgerHouse, rest: str = "", role: Role = Role.OFFICE, number: int = 1) -> Any:
    return house.get(f"/v1/utilization?{PERIOD}{rest}", role, number)


def spans(shown: Any) -> list[tuple[str, str, str]]:
    return [(one["line_id"], one["kind"], one["since"]) for one in shown["open_spans"]]


def unfinished(shown: Any, name: str) -> dict[str, bool]:
    return {one["key"][name]: one["unfinished"] for one in shown["items"]}


def test_a_run_that_has_not_ended_is_named_and_its_groups_say_so(house: LedgerHouse) -> None:
    booked, setup, set_up, run, *_ = Shift().worked(client())
    house.tell(booked, setup, set_up, run)
    house.settle()
    shown = figures(house, "&by=line")
    assert spans(shown) == [("lin_1", "run", "2026-12-01T03:00:00Z")]
    assert unfinished(shown, "line_id") == {"lin_1": True, "lin_2": False}
    assert unfinished(figures(house, "&by=county"), "county") == {"421202": True, "421281": False}
    assert unfinished(figures(house, "&by=line,day&line=lin_1"), "day") == {"2026-12-01": True}
    assert figures(house, "&by=all")["items"][0]["unfinished"]


def test_a_set_up_and_a_stoppage_are_told_by_their_kind(house: LedgerHouse) -> None:
    booked, setup, set_up, run, stopped, *_ = Shift().worked(client())
    house.tell(booked, setup)
    house.settle()
    assert [kind for _, kind, _ in spans(figures(house))] == ["setup"]
    house.tell(set_up, run, stopped)
    house.settle()
    assert [kind for _, kind, _ in spans(figures(house))] == ["run", "stoppage"]


def test_once_it_has_ended_the_figures_are_finished_and_as_of_then_they_are_not(house: LedgerHouse) -> None:
    before = figures(house)["as_of"]
    work = Shift().worked(client())
    house.tell(*work[:4])
    house.settle()
    during = figures(house)["as_of"]
    house.tell(*work[4:])
    house.settle()
    assert spans(figures(house)) == []
    assert not any(one["unfinished"] for one in figures(house)["items"])
    assert [kind for _, kind, _ in spans(figures(house, f"&as_of={during}"))] == ["run"]
    assert [kind for _, kind, _ in spans(figures(house, f"&as_of={during - 2}"))] == ["setup"]
    assert spans(figures(house, f"&as_of={before}")) == []


def test_what_began_and_ended_in_one_page_is_remembered_for_the_time_between(house: LedgerHouse) -> None:
    before = figures(house)["as_of"]
    house.tell(*Shift().worked(client()))
    house.settle()
    assert [kind for _, kind, _ in spans(figures(house, f"&as_of={before + 2}"))] == ["setup"]
    assert [kind for _, kind, _ in spans(figures(house, f"&as_of={before + 5}"))] == ["run", "stoppage"]


def test_a_factory_hears_of_its_own_lines_alone(house: LedgerHouse) -> None:
    for line, plant, district in ((1, 1, "421202"), (2, 2, "421281")):
        house.tell(*Shift(line, plant, 0, district).worked(client())[:4])
    house.settle()
    assert [line for line, _, _ in spans(figures(house))] == ["lin_1", "lin_2"]
    assert [line for line, _, _ in spans(figures(house, "", Role.FACTORY, 2))] == ["lin_2"]
    assert [line for line, _, _ in spans(figures(house, "&line=lin_1"))] == ["lin_1"]


def test_a_period_before_it_began_is_finished(house: LedgerHouse) -> None:
    house.tell(*Shift(day=0).worked(client())[:4])
    house.settle()
    assert house.get("/v1/utilization?from=2026-11-01&to=2026-12-01&by=line")["open_spans"] == []
