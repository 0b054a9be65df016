"""Every route of every service, over a world that has really traded: role × own / foreign / absent object, odd requests.

Two brands have ordered; plants have made, inspected, shipped and delivered for one of them. The cast: both brands, two
plants that worked for them, one that did not, the laboratory, and the office.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.demo import making, ordering
from services.demo.party import Json, Login
from services.demo.seeding import fresh_password, publish_plants, seed_organisations
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
from tests.support.odd_requests import check_answers
from tests.support.route_matrix import Findings, Matrix, Values, walk

OUTSIDER = "P07"  # a water plant: it has lines of its own and no part in either order
ZEROS = "0" * 26
CELLS_MIN = {"order": 20, "capacity": 300, "ledger": 5}  # so that the test notices when it has nothing to look at


@dataclass
class Traded:
    """The house after trading. *ids*: organisation id -> path parameter -> the id of one thing of theirs."""

    house: House
    stage: Stage
    principals: list[Principal]
    ids: dict[str, dict[str, str]]
    orders: dict[str, set[str]]  # order id -> organisations that take part in it

    def token(self, principal: Principal) -> str:
        return self.house.portal.signing.issue(principal).text

    def partners(self, one: str, other: str) -> bool:
        return any({one, other} <= parties for parties in self.orders.values())


def _order(stage: Stage, buyer: str, product: str, quantity: int) -> str:
    wanted = stage.now + timedelta(days=25)
    line = ordering.line(product, quantity, "can", artwork="art-1")
    order = ordering.place(stage, buyer, [line], to=("420100", "武汉"), by=wanted)
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
            "deliver_to": {"district": "420100", "address": "武汉"},
            "requested_by": (stage.now + timedelta(days=25)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )
    return {
        "order_id": order_id,
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
    found["index"] = str(entries[0]["index"]) if entries else None
    stopped = party.post(
        f"/v1/lines/{lines[0]}/breakdowns",
        {"reason": "mechanical", "expected_until": (stage.now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")},
    )
    found["stoppage_id"] = str(stopped["id"])
    return found


@pytest.fixture(scope="module")
def traded() -> Iterator[Traded]:
    clock = StoryClock(datetime(2026, 12, 1, tzinfo=UTC))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "PasswordHasher", lambda: QUICK)  # thirty sign-ins: their cost is no subject here
        house = build_in_memory(clock)
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
        stage = Stage(address, world, Trail(terminal))
        stage.next_morning()
        made = _order(stage, "B1", "tea-can-330", 12_000)
        waiting = _order(stage, "B2", "tea-can-330", 12_000)
        making.produce(stage, made)
        yield _looked_up(house, stage, {"B1": made, "B2": waiting})
        stage.close()
    house.close()


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
        Principal(org_of[code], role := roles[code[0]], f"usr_{code}", permissions_of(role)) for code in by_code
    ]
    parties = {order: {org_of[code], *(org_of[plant] for plant in workers[code])} for code, order in placed.items()}
    return Traded(house, stage, principals, ids, parties)


def _shares(traded: Traded, viewer: Principal, owner: Principal, rule: str) -> bool | None:
    """Who may see what is not their own: the office what it audits; partners perhaps what their common order is about."""
    if viewer.role is Role.OFFICE:
        return not rule.startswith(("/v1/users", "/v1/api-clients"))
    if rule == "/v1/products/<product_id>":
        return True
    of_a_common_order = ("/v1/lots/", "/v1/orders/<order_id>/entrusted-production-report", "/v1/inspection-lots/")
    return None if rule.startswith(of_a_common_order) and traded.partners(viewer.org_id, owner.org_id) else False


@pytest.mark.parametrize("service", ["order", "capacity", "ledger"])
def test_no_route_tells_one_tenant_of_another(traded: Traded, service: str) -> None:
    def maker(name: str) -> Any:
        def make(owner: Principal) -> Values | None:
            found = traded.ids[owner.org_id]
            return {name: found[name]} if name in found else None

        return make

    absent = {
        **{f"{name}_id": f"{prefix}_{ZEROS}" for name, prefix in _PREFIXES.items()},
        "product_id": "no-such-product",
        "number": "SC10642120290000",
        "certificate": "none",
        "index": "999999999",
    }
    app = traded.house.services[service].app
    found: Findings = walk(
        Matrix(
            app=app,
            tokens=traded,
            principals=traded.principals,
            makers={name: maker(name) for name in absent},
            absent=absent,
            shares=lambda viewer, owner, rule: _shares(traded, viewer, owner, rule),
        )
    )
    print(f"{service}: {found.cells}")
    assert found.cells["foreign"] >= CELLS_MIN[service]
    assert found.leaks == [], "\n".join(one[:420] for one in found.leaks)


@pytest.mark.parametrize("service", ["order", "capacity", "ledger", "portal"])
def test_whatever_is_sent_to_any_service_is_answered(traded: Traded, service: str) -> None:
    brand, _, plant, *_, office = traded.principals
    known = traded.ids[brand.org_id] | traded.ids[plant.org_id] | {"product_id": "tea-can-330"}
    check_answers(traded.house.services[service].app, traded, [brand, plant, office], known, examples_max=120)


_PREFIXES = {
    "order": "ord",
    "quote": "quo",
    "inquiry": "inq",
    "delivery": "dlv",
    "replan": "rpl",
    "plant": "plt",
    "line": "lin",
    "offer": "off",
    "work": "wrk",
    "report": "rpt",
    "stoppage": "stp",
    "lot": "lot",
    "inspection_lot": "ins",
}
