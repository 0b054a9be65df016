"""The house after it has really traded, for tests that look at everybody's things.

Two brands have ordered; plants have made, inspected, shipped and delivered for one of them. The cast: both brands, two
plants that worked for them, one that did not, the laboratory, and the office.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from services.demo import making, ordering
from services.demo.party import Json, Login
from services.demo.seeding import World, fresh_password, publish_plants, seed_organisations
from services.demo.stage import Stage
from services.demo.trail import Trail
from services.demo.world import organisations
from services.embedded.assembly import build_in_memory
from services.embedded.founding import found_office
from services.embedded.house import House
from services.embedded.running import served
from services.portal import passwords
from services.terminal import Terminal
from shared.clock import StoryClock
from shared.kernel.principal import Principal, Role
from shared.web.permissions import permissions_of
from tests.support.accounts import QUICK
from tests.support.known_people import make_known
from tests.support.listening import Heard, listen

OUTSIDER = "P07"  # a water plant: it has lines of its own and no part in either order


@dataclass
class Traded:
    """The house after trading. *ids*: organisation id -> path parameter -> the id of one thing of theirs."""

    house: House
    stage: Stage
    principals: list[Principal]
    codes: dict[str, str]  # organisation id -> its code in the fictional world
    ids: dict[str, dict[str, str]]
    orders: dict[str, set[str]]  # order id -> organisations that take part in it

    def token(self, principal: Principal) -> str:
        return self.house.portal.signing.issue(principal).text

    def partners(self, one: str, other: str) -> bool:
        return any({one, other} <= parties for parties in self.orders.values())


def canary(what: str, code: str) -> str:
    """A word that only *code*'s data holds, so that it sings wherever it does not belong."""
    return f"canary-{what}-{code.lower()}"


def _order(stage: Stage, buyer: str, product: str, quantity: int) -> str:
    order = ordering.place(
        stage,
        buyer,
        [ordering.line(product, quantity, "can", artwork="art-1")],
        to=("420100", f"武汉 {canary('address', buyer)}"),
        by=stage.now + timedelta(days=25),
        reference=canary("reference", buyer),
    )
    quote = ordering.newest_quote(stage, buyer, order["id"])
    ordering.accept(stage, buyer, quote, quote["options"][0])
    making.accept_offers(stage, order["id"])
    return str(order["id"])


def _first(items: list[Json]) -> str | None:
    return str(items[0]["id"]) if items else None


def _brand_ids(stage: Stage, code: str, order_id: str) -> dict[str, str | None]:
    party = stage.party(code)
    inquiry = party.post(
        "/v1/inquiries",
        {
            "lines": [ordering.line("tea-can-330", 60_000, "can", artwork="a")],
            "deliver_to": {"district": "420100", "address": f"武汉 {canary('inquiry', code)}"},
            "requested_by": (stage.now + timedelta(days=25)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )
    return {
        "order_id": order_id,
        "operation_id": f"opn_{order_id.removeprefix('ord_')}_1",
        "quote_id": _first(party.items(f"/v1/orders/{order_id}/quotes")),
        "inquiry_id": inquiry["id"],
        "delivery_id": _first(party.get(f"/v1/orders/{order_id}")["deliveries"]),
    }


def _plant_ids(stage: Stage, code: str) -> dict[str, str | None]:
    party, plant_id = stage.party(code), stage.world.plant_ids[code]
    plant = party.get(f"/v1/plants/{plant_id}")
    lines = [one["id"] for one in party.items("/v1/lines")]
    works = party.items("/v1/work-orders")
    found: dict[str, str | None] = {
        "plant_id": plant_id,
        "line_id": lines[0],
        "number": next((one["number"] for one in plant["licences"]), None),
        "certificate": next((one["certificate"] for one in plant["food_contact_proofs"]), None),
        "offer_id": _first(party.items("/v1/offers")),
        "work_id": _first(works),
    }
    work = party.get(f"/v1/work-orders/{works[0]['id']}") if works else {}
    found["report_id"] = next((str(one["id"]) for one in work.get("reports", [])), None)
    found["lot_id"] = next((str(one["id"]) for one in work.get("lots", [])), None)
    found["inspection_lot_id"] = next((str(one["id"]) for one in work.get("inspections", [])), None)
    entries = party.items("/v1/entries", line=lines[0])
    found["index"] = str(entries[0]["leaf_hash"]) if entries else None
    stopped = party.post(
        f"/v1/lines/{lines[0]}/breakdowns",
        {"reason": "mechanical", "expected_until": (stage.now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")},
    )
    found["stoppage_id"] = str(stopped["id"])
    return found


def a_new_house() -> House:
    """In memory, at the beginning of the stories, with quick passwords: their cost is no subject here."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "PasswordHasher", lambda: QUICK)  # thirty sign-ins
        return build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC)))


@contextmanager
def a_seeded_house(house: House) -> Iterator[tuple[str, World]]:
    """*house* served with all organisations and published plants while the block runs: its address, and who is who."""
    office = organisations()["OFFICE"]
    login = Login("office-chief", fresh_password())
    office_id = found_office(
        house.portal,
        name=office.name,
        credit_code=office.credit_code,
        district=office.district,
        person="所长",
        login=login.login,
        password=login.password,
    )
    terminal = Terminal(as_json=True)
    with served(house) as address:
        world = seed_organisations(address, terminal, login, office_id)
        publish_plants(address, terminal, world)
        yield address, world
    house.close()


@contextmanager
def a_traded_house(heard: list[Heard] | None = None) -> Iterator[Traded]:
    """Served, with facts flowing, while the block runs. *heard* gets every answer."""
    house = a_new_house()
    for service in house.services.values():
        listen(service.app, [] if heard is None else heard)
    with (
        a_seeded_house(house) as (address, world),
        closing(Stage(address, world, Trail(Terminal(as_json=True)))) as stage,
    ):
        stage.next_morning()
        made = _order(stage, "B1", "tea-can-330", 12_000)
        waiting = _order(stage, "B2", "tea-can-330", 12_000)
        making.produce(stage, made)
        yield _looked_up(house, stage, {"B1": made, "B2": waiting})


def _looked_up(house: House, stage: Stage, placed: dict[str, str]) -> Traded:
    workers = {code: {one[0] for one in making.work_of(stage, order)} for code, order in placed.items()}
    plants = sorted(workers["B1"] & workers["B2"])[:1] + sorted(workers["B1"] - {"P12"})[-1:] + ["P12", OUTSIDER]
    by_code: dict[str, dict[str, str | None]] = {code: _brand_ids(stage, code, placed[code]) for code in placed}
    by_code |= {code: _plant_ids(stage, code) for code in dict.fromkeys(plants)}
    by_code["OFFICE"] = {}
    org_of = stage.world.org_ids
    ids = {
        org_of[code]: {name: found for name, found in known.items() if found is not None} | {"org_id": org_of[code]}
        for code, known in by_code.items()
    }
    roles = {"B": Role.BUYER, "P": Role.FACTORY, "O": Role.OFFICE}
    principals = [
        Principal(org_of[code], role := roles[code[0]], f"usr_{number:026d}", permissions_of(role))
        for number, code in enumerate(by_code)
    ]
    make_known(house.portal, principals)
    parties = {order: {org_of[code], *(org_of[plant] for plant in workers[code])} for code, order in placed.items()}
    return Traded(house, stage, principals, {org_of[code]: code for code in by_code}, ids, parties)
