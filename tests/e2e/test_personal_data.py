"""A delivery address is under seal wherever it is stored, shown to whom it concerns, and gone everywhere once erased."""

from collections.abc import Iterator

import pytest

from services.embedded.assembly import build_in_memory
from services.order.domain.changing import body_of
from services.order.domain.order import ORDER as DECIDER
from services.order.domain.order import stream_of
from shared.eventstore.handling import load
from tests.support.open_house import ORDER, OpenHouse, running, story_clock

ADDRESS = "江岸区"  # of the order that the open house places
CONTACT = {"name": "周小舟", "phone": "027-8800 1234"}


@pytest.fixture(scope="module")
def house() -> Iterator[OpenHouse]:
    with running(build_in_memory(story_clock())) as opened:
        opened.publish_a_plant()
        place = {"district": "420100", "address": ADDRESS, "contact": CONTACT}
        answer = opened.send("POST", "/v1/orders", who="brand", json={**ORDER, "deliver_to": place})
        assert answer.status_code == 201, answer.text
        opened.known["order"] = answer.get_json()["id"]
        opened.house.settle()
        yield opened


def shown(house: OpenHouse, who: str = "brand") -> tuple[str, object]:
    answer = house.send("GET", "/v1/orders/{order}", who=who)
    assert answer.status_code == 200
    place = answer.get_json()["deliver_to"]
    return place["address"], place["contact"]


def stored(house: OpenHouse) -> dict[str, bytes]:
    """All events of every log, as bytes."""
    return {
        name: b"\n".join(service.log.types.encode(one.event) for one in service.log.read_all())
        for name, service in house.house.services.items()
    }


def test_the_buyer_reads_the_address_and_no_log_holds_it(house: OpenHouse) -> None:
    assert shown(house) == (ADDRESS, CONTACT)
    everything = stored(house)
    for text in (ADDRESS, *CONTACT.values()):
        assert all(text.encode() not in events for events in everything.values())
    assert b"sealed.v1:adr_" in everything["order"], "the place stands in the order, under seal"
    assert b"sealed.v1:adr_" in everything["capacity"], "and travels so"


def test_what_looks_like_a_token_of_somebody_is_sealed_like_any_text(house: OpenHouse) -> None:
    log = house.house.services["order"].log
    token = body_of(load(log, DECIDER, stream_of(house.known["order"])).state).deliver_to.address
    body = {
        "lines": [{"product": "can-330-blank", "options": {}, "quantity": {"value": "80000", "unit": "can"}}],
        "deliver_to": {"district": "420100", "address": token[:200]},
        "requested_by": "2026-12-28T08:00:00Z",
    }
    answer = house.send("POST", "/v1/inquiries", who="rival brand", json=body)
    assert answer.get_json()["deliver_to"]["address"] == token[:200]


def test_erased_it_is_gone_everywhere_and_every_log_verifies(house: OpenHouse) -> None:
    order = house.house.services["order"]
    body = body_of(load(order.log, DECIDER, stream_of(house.known["order"])).state)
    assert order.addresses.forget(body) == 2  # type: ignore[attr-defined] # of the order service alone
    assert shown(house) == shown(house, "office") == ("", None)
    for service in house.house.services.values():
        assert service.log.verify() == service.log.head()


def test_erasing_one_contact_leaves_the_others_of_the_district(house: OpenHouse) -> None:
    """Without an address nothing but the district is alike, and that is no reason to lose somebody else."""
    order = house.house.services["order"]
    other = {"name": "何清", "phone": "027-8800 9999"}
    ids = []
    for contact in (CONTACT, other):
        place = {"district": "420100", "contact": contact}
        answer = house.send("POST", "/v1/orders", who="brand", json={**ORDER, "deliver_to": place})
        assert answer.status_code == 201, answer.text
        ids.append(answer.get_json()["id"])
    house.house.settle()
    body = body_of(load(order.log, DECIDER, stream_of(ids[0])).state)
    assert order.addresses.forget(body) == 1  # type: ignore[attr-defined] # of the order service alone
    contacts = [house.send("GET", f"/v1/orders/{one}", who="brand").get_json()["deliver_to"]["contact"] for one in ids]
    assert contacts == [None, other]
