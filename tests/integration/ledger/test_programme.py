"""The programme's counts come from the ledger alone, each with who is counted and why."""

from datetime import timedelta
from typing import Any

from shared.contracts.portal import OrganisationAdmitted
from tests.support.ledger_house import MORNING, LedgerHouse, Shift, client, owner


def admitted(org_id: str, kind: Any, day: int = -10) -> OrganisationAdmitted:
    return OrganisationAdmitted(
        org_id=org_id,
        kind=kind,
        name=f"{org_id} 公司",
        credit_code="91420000000000000X",
        district="421202",
        admitted_at=MORNING + timedelta(days=day),
    )


def targets(house: LedgerHouse, query: str = "") -> dict[str, dict[str, Any]]:
    house.settle()
    return {one["code"]: one for one in house.get(f"/v1/programme{query}")["targets"]}


def test_an_enterprise_counts_once_it_is_admitted_and_has_worked() -> None:
    house = LedgerHouse()
    house.tell(admitted(owner(), "factory"), admitted(client(1), "buyer"), admitted(client(2), "buyer"))
    house.tell(admitted("org_office", "office"))
    shift = Shift()
    house.tell(*shift.registered(), *shift.offered())
    assert targets(house)["demonstration_enterprises"]["counted"] == 0
    house.tell(*shift.worked(client(1)))
    found = targets(house)["demonstration_enterprises"]
    assert (found["counted"], found["least"], found["is_reached"]) == (2, 20, False)
    assert {one["id"] for one in found["members"]} == {owner(), client(1)}
    assert {one["busy_seconds"] for one in found["members"]} == {4 * 3600}
    assert found["by_county"] == [{"key": "421202", "count": 2}]
    assert found["by_month"] == [{"key": "2026-11", "count": 2}]
    evidence = house.get(found["members"][0]["admission_url"])
    assert evidence["type"] == "portal.organisation-admitted.v1"


def test_hours_that_a_factory_works_for_itself_count_once() -> None:
    house = LedgerHouse()
    house.tell(admitted(owner(), "factory"))
    shift = Shift()
    house.tell(*shift.registered(), *shift.offered(), *shift.worked(owner()))
    (member,) = targets(house)["demonstration_enterprises"]["members"]
    assert (member["id"], member["busy_seconds"]) == (owner(), 4 * 3600)


def test_who_comes_after_the_end_counts_for_the_next_target_only() -> None:
    house = LedgerHouse()
    house.tell(admitted(owner(), "factory", day=40))
    shift = Shift(day=41)
    house.tell(*shift.registered(), *shift.offered(), *shift.worked(client(1)))
    found = targets(house)
    assert found["demonstration_enterprises"]["counted"] == 0
    assert found["pilot_enterprises"]["counted"] == 1


def test_a_plant_is_a_shared_factory_when_every_threshold_is_reached() -> None:
    house = LedgerHouse()
    house.tell(*Shift().registered())
    for day in range(10):
        assert targets(house)["shared_factories"]["counted"] == 0
        shift = Shift(day=day)
        house.tell(*shift.offered(), *shift.worked(client(1 + day % 2)))
    found = targets(house)["shared_factories"]
    assert [(one["id"], one["busy_seconds"]) for one in found["members"]] == [("plt_1", 40 * 3600)]
    assert (found["least"], found["most"]) == (3, 5)


def test_counts_as_of_an_earlier_size_are_those_of_then() -> None:
    house = LedgerHouse()
    house.tell(admitted(owner(), "factory"), admitted(client(1), "buyer"))
    shift = Shift()
    house.tell(*shift.registered(), *shift.offered())
    size = len(house.raw)
    house.tell(*shift.worked(client(1)))
    assert targets(house)["demonstration_enterprises"]["counted"] == 2
    assert targets(house, f"?as_of={size}")["demonstration_enterprises"]["counted"] == 0
