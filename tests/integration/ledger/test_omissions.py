"""The ledger stands still, loudly, at a fact that it cannot take, and goes on with it once the cause is mended."""

from typing import Any

import pytest

import services.ledger.domain.entries as entries_module
from services.ledger.domain.bodies import bodies_of
from services.ledger.domain.commands import ArrivedFact
from services.ledger.domain.events import EntryRecorded
from shared.contracts.portal import OrganisationAdmitted
from tests.support.ledger_house import MORNING, LedgerHouse, Shift


def admitted(number: int) -> OrganisationAdmitted:
    return OrganisationAdmitted(
        org_id=f"org_{number}", kind="buyer", name="某品牌", credit_code="", district="420100", admitted_at=MORNING
    )


def recorded(house: LedgerHouse) -> list[str]:
    found = [one.event for one in house.log.read_all() if isinstance(one.event, EntryRecorded)]
    return [bytes(one.body).decode() for one in found]


def measured(house: LedgerHouse) -> str:
    text: bytes = house.app.extensions["gongfang-metrics"].text()
    return text.decode()


def run(house: LedgerHouse) -> None:
    while house.consumer.run_once():
        pass
    house.service.projector.catch_up()


@pytest.fixture
def starved(monkeypatch: pytest.MonkeyPatch) -> LedgerHouse:
    """A ledger whose rule cannot take the second of three organisations, and a line's facts of another service."""

    def broken(fact: ArrivedFact) -> list[bytes]:
        if b"org_2" in fact.data:
            raise ValueError("a bug in making bodies")
        return bodies_of(fact)

    monkeypatch.setattr(entries_module, "bodies_of", broken)
    house = LedgerHouse()
    house.tell(*map(admitted, (1, 2, 3)))
    house.tell(*Shift().registered())
    run(house)
    return house


def test_a_fact_that_cannot_be_taken_is_not_stepped_over_and_other_sources_go_on(starved: LedgerHouse) -> None:
    bodies = recorded(starved)
    assert len(bodies) == 1 + len(Shift().registered())
    assert not any('"org_2"' in one or '"org_3"' in one for one in bodies)
    assert starved.consumer.parked() == []


def test_it_says_where_and_why_on_readyz_and_metrics(starved: LedgerHouse) -> None:
    client = starved.app.test_client()
    assert client.get("/readyz").status_code == 503
    said = starved.app.extensions["gongfang-checks"]["facts"]()
    assert said.startswith("starved at /gongfang/portal 2 because portal/2/0 (portal.organisation-admitted.v1)")
    assert "a bug in making bodies" in said
    assert 'gongfang_ledger_starved_at{source="/gongfang/portal"} 2.0' in measured(starved)


def test_it_goes_on_in_order_once_the_cause_is_mended(starved: LedgerHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries_module, "bodies_of", bodies_of)
    run(starved)
    organisations: list[Any] = [one for one in recorded(starved) if "org_" in one and "admitted_at" in one]
    assert [f'"org_{number}"' in one for number, one in enumerate(organisations, start=1)] == [True, True, True]
    assert starved.app.test_client().get("/readyz").status_code == 200
    assert "starved_at{" not in measured(starved)
    assert starved.service.audit.first_fault() is None
