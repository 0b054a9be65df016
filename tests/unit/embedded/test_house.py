"""The house brought to rest by hand: facts have had their effect and views have seen it, with nothing started."""

from datetime import UTC, datetime, timedelta

from services.embedded.assembly import build_in_memory
from services.embedded.checks import stored
from services.embedded.founding import found_office
from shared.bus.lease import Lease
from shared.clock import StoryClock, SystemClock


def test_stepping_to_rest_lets_facts_reach_the_ledger_and_every_check_pass() -> None:
    house = build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC)))
    found_office(
        house.portal,
        name="试点专班",
        credit_code="11421202MA9000003N",
        district="421202",
        person="吴",
        login="office",
        password="a long enough one",
    )
    house.step_to_rest()
    assert house.services["ledger"].log.head().position > 0
    assert [check for check in stored(house) if not check.passed] == []
    house.close()


def test_a_started_house_publishes_at_once_although_a_killed_predecessor_holds_the_lease() -> None:
    house = build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC)))
    log = house.services["portal"].log
    assert Lease(log, "relay:portal", "killed", SystemClock(), timedelta(hours=1)).hold()
    house.start()
    relay = house.services["portal"].relay
    assert relay is not None
    assert relay.epoch == 2
    house.stop()
    house.close()
