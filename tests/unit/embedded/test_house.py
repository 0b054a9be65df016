"""The house brought to rest by hand: facts have had their effect and views have seen it, with nothing started."""

from datetime import UTC, datetime

from services.embedded.assembly import build_in_memory
from services.embedded.checks import stored
from services.embedded.founding import found_office
from shared.clock import StoryClock


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
