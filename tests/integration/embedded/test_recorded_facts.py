"""What was published is compared with what was recorded: a fact left out, altered, out of place or still to come."""

from collections.abc import Callable, Iterator
from copy import copy

import pytest

from services.embedded.assembly import build_in_memory
from services.embedded.checks import recorded_checks
from services.embedded.house import House
from services.embedded.recorded_facts import RecordedFact, compare, recorded_facts
from tests.support.open_house import OpenHouse, running, story_clock

ORDER = "/gongfang/order"
Change = Callable[[list[RecordedFact]], list[RecordedFact]]


@pytest.fixture
def house() -> Iterator[House]:
    """A plant and four orders, everything recorded."""
    with running(build_in_memory(story_clock())) as trade:
        trade.publish_a_plant()
        for key in ("first", "second", "third", "fourth"):
            assert trade.place(key).status_code in {201, 202}
        trade.house.settle()
        yield trade.house


def test_everything_that_was_published_stands_in_the_ledger(house: House) -> None:
    found = list(recorded_checks(house))
    assert [one.name for one in found if not one.passed] == []
    assert len(found) == 3
    kept = recorded_facts(house.services["ledger"].log)
    assert set(kept) == {"/gongfang/capacity", ORDER}
    assert [one.number for one in kept[ORDER]] == list(range(1, len(kept[ORDER]) + 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda facts: [*facts[:1], *facts[2:]], "fact 2 of /gongfang/order is order/"),
        (lambda facts: facts[1:], "fact 1 of /gongfang/order is order/"),
        (lambda facts: [facts[0]._replace(digest=bytes(32)), *facts[1:]], "the ledger holds other bytes of it"),
        (lambda facts: [facts[0]._replace(number=7), *facts[1:]], "the ledger holds other bytes of it"),
        (lambda facts: [facts[1], facts[0], *facts[2:]], "in its place"),
        (lambda facts: [*facts, facts[0]._replace(id="order/999/0")], "the ledger holds order/999/0"),
    ],
)
def test_the_first_difference_is_named(house: House, change: Change, said: str) -> None:
    relay = house.services["order"].relay
    assert relay is not None
    facts = recorded_facts(house.services["ledger"].log)[ORDER]
    assert compare(relay, facts, house.clock).differs == ""
    assert said in compare(relay, change(facts), house.clock).differs


def test_what_is_to_be_recorded_still_is_no_fault_unless_it_cannot_be(house: House) -> None:
    relay = house.services["order"].relay
    assert relay is not None
    facts = recorded_facts(house.services["ledger"].log)[ORDER]
    found = compare(relay, facts[:-2], house.clock)
    assert (found.differs, found.waiting, found.cannot) == ("", 2, "")
    relay._facts = copy(relay._facts)
    relay._facts._encode = lambda _: b'["no object"]'  # a publisher with a bug
    found = compare(relay, [], house.clock)
    assert found.cannot.startswith("starved at /gongfang/order 1 because order/")


def test_the_ledger_and_the_orders_are_still_one_house(house: House) -> None:
    assert OpenHouse(house, story_clock()).client.get("/readyz").status_code == 200
