"""Every route of the capacity service × role × own, foreign and absent object; and whatever else may be sent to it."""

from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from services.capacity.domain.work_identity import inspection_lot_id_of, lot_id_of, offer_id_of
from services.capacity.handlers.breakdowns import Outage
from services.capacity.handlers.production import Output
from shared.contracts import capacity
from shared.contracts.planning import Limits
from shared.kernel.ids import derived_id
from shared.kernel.principal import Principal, Role
from tests.support.capacity_world import World, accepts, asks, capacity_world
from tests.support.odd_requests import check_answers
from tests.support.planning_world import at, capability, demand_line, line, step, variant
from tests.support.route_matrix import Matrix, two_of_each, walk
from tests.support.web_client import a_principal

CANS = demand_line(1_000, variant(step("body", "BODY")))


def lin(number: int) -> str:
    return derived_id("lin", number)


def plt(number: int) -> str:
    return derived_id("plt", number)


def two_factories() -> World:
    """Each with one plant of one line, where offers wait for an answer."""
    lines = []
    for number in (1, 2):
        made = line(lin(number), plt(number), capability("BODY"))
        lines.append(msgspec.structs.replace(made, factory_org_id=a_principal(Role.FACTORY, number).org_id))
    return capacity_world(*lines, auto_accept=False)


def work_of(world: World, number: int, order: str) -> str:
    """A work order of buyer and factory *number*, offered."""
    buyer = a_principal(Role.BUYER, number).org_id
    other = plt(3 - number)
    asked = asks(CANS, order_id=derived_id("ord", number, order), limits=Limits(exclude_plants=[other]))
    facts = world.tell(msgspec.structs.replace(asked, buyer_org_id=buyer))
    quote = next(one for one in facts if isinstance(one, capacity.QuoteOffered))
    taken = accepts(quote.quote_id, quote.options[0], asked.order_id)
    facts = world.tell(msgspec.structs.replace(taken, buyer_org_id=buyer))
    confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
    (work_id,) = confirmed.work_ids.values()
    return work_id


def everything_of(world: World, number: int) -> dict[str, str]:
    """Ids of all that factory *number* has: one work order finished, one stopped by a breakdown, one only offered."""
    owner, handlers = a_principal(Role.FACTORY, number), world.service.handlers
    finished, stopped, offered = (work_of(world, number, order) for order in "abc")
    for work_id in (finished, stopped):
        world.do(partial(handlers.offers.accept, offer_id_of(work_id), owner))
    report_id = derived_id("rpt", number)
    output = Output(900, 0, 0, "can", None, (), None, None)
    world.do(lambda: handlers.production.start(finished, owner, None))
    world.clock.advance(timedelta(minutes=20))
    world.do(lambda: handlers.production.report(finished, report_id, owner, output))
    world.do(lambda: handlers.production.finish(finished, owner, None))
    world.do(lambda: handlers.production.start(stopped, owner, None))
    stoppage_id = derived_id("stp", number)
    outage = Outage(world.clock.now(), at(30), "breakdown")
    world.do(lambda: handlers.breakdowns.break_line(lin(number), stoppage_id, owner, outage))
    lot_id = lot_id_of(finished, "1")
    return {
        "plant_id": plt(number),
        "line_id": lin(number),
        "offer_id": offer_id_of(offered),
        "work_id": finished,
        "report_id": report_id,
        "stopped": stopped,
        "stoppage_id": stoppage_id,
        "lot_id": lot_id,
        "inspection_lot_id": inspection_lot_id_of(lot_id),
    }


@pytest.fixture
def world() -> World:
    return two_factories()


def shares(viewer: Principal, owner: Principal, rule: str) -> bool:
    """The office reads what factories have; a buyer the lots made for it, by the factory of the same number here."""
    if viewer.role is Role.OFFICE:
        return owner.role is not Role.OFFICE
    return rule.startswith("/v1/lots") and viewer.org_id[-1] == owner.org_id[-1] and Role.OFFICE is not owner.role


def test_no_route_tells_anybody_of_anothers_things(world: World) -> None:
    owned: dict[str, dict[str, str]] = {}
    for number in (1, 2):
        ids = everything_of(world, number)
        owned[a_principal(Role.FACTORY, number).org_id] = ids
        owned[a_principal(Role.BUYER, number).org_id] = {"lot_id": ids["lot_id"]}

    def maker(*names: str) -> Any:
        def make(owner: Principal) -> dict[str, str] | None:
            ids = owned.get(owner.org_id, {})
            return {name: ids[name] for name in names} if set(names) <= set(ids) else None

        return make

    def stoppage(owner: Principal) -> dict[str, str] | None:
        ids = owned.get(owner.org_id, {})
        if "stopped" not in ids:
            return None
        return {"work_id": ids["stopped"], "line_id": ids["line_id"], "stoppage_id": ids["stoppage_id"]}

    single = ("plant_id", "line_id", "offer_id", "work_id", "lot_id", "inspection_lot_id")
    matrix = Matrix(
        app=world.service.app,
        tokens=world.issuer,
        principals=[a_principal(role, number) for role, number in two_of_each()],
        makers={
            **{name: maker(name) for name in single},
            "report_id": maker("work_id", "report_id"),
            "stoppage_id": stoppage,
            "number": lambda _: None,
            "certificate": lambda _: None,
        },
        absent={
            "plant_id": derived_id("plt", "no"),
            "line_id": derived_id("lin", "no"),
            "offer_id": derived_id("off", "no"),
            "work_id": derived_id("wrk", "no"),
            "report_id": derived_id("rpt", "no"),
            "stoppage_id": derived_id("stp", "no"),
            "lot_id": derived_id("lot", "no"),
            "inspection_lot_id": derived_id("ins", "no"),
            "number": "SC10642120290019",
            "certificate": "none",
        },
        shares=shares,
    )
    findings = walk(matrix)
    assert findings.leaks == []
    assert findings.cells["foreign"] >= 60


def test_whatever_is_sent_is_answered(world: World) -> None:
    ids = everything_of(world, 1)
    callers = [a_principal(Role.FACTORY), a_principal(Role.OFFICE)]
    known = {name: value for name, value in ids.items() if name != "stopped"}
    check_answers(world.service.app, world.issuer, callers, {**known, "number": "none", "certificate": "none"})
