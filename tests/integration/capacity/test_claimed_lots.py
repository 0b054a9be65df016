"""A factory that names another tenant's lot among what it bought: it learns nothing of it and takes nothing from it."""

from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from services.capacity.domain import work_events as events
from services.capacity.domain.work_identity import lot_id_of, offer_id_of
from services.capacity.projections.lots import LOTS, Lots, find_lot
from shared.contracts.line_time import LotMove
from shared.contracts.planning import RecipeInput
from shared.kernel.clock import parse_instant
from shared.kernel.ids import derived_id
from shared.kernel.principal import Role
from tests.integration.capacity import test_tenant_walls as walls
from tests.support.capacity_world import World
from tests.support.planning_world import demand_line, step, variant
from tests.support.web_client import Caller, a_principal, problem

OWNER, ATTACKER = a_principal(Role.FACTORY, 1), a_principal(Role.FACTORY, 2)
BODIES = step("body", "BODY", RecipeInput(item="ends", unit="end", source="pooled"))
ENDS: dict[str, Any] = {"item": "ends", "quantity": {"value": "900", "unit": "end"}}
GOOD: dict[str, Any] = {"good": {"value": "900", "unit": "can"}}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(walls, "CANS", demand_line(1_000, variant(BODIES)))
    return walls.two_factories()


def _running(world: World, number: int) -> str:
    """Work of factory *number* that runs and has something to report."""
    owner, handlers = a_principal(Role.FACTORY, number), world.service.handlers
    work_id = walls.work_of(world, number, "a")
    world.do(partial(handlers.offers.accept, offer_id_of(work_id), owner))
    view = world.caller(owner).get(f"/v1/work-orders/{work_id}").get_json()
    world.clock.set(max(world.clock.now(), parse_instant(view["starts_at"])))
    world.do(lambda: handlers.production.start(work_id, owner, None))
    world.clock.advance(timedelta(minutes=20))
    return work_id


def _reported(caller: Caller, work_id: str, lots_in: list[dict[str, Any]] | None = None) -> Any:
    body = GOOD if lots_in is None else {**GOOD, "lots_in": lots_in}
    return caller.post(f"/v1/work-orders/{work_id}/reports", body)


def test_a_bought_lot_is_known_by_its_label_and_opens_no_lot_of_another_tenant(world: World) -> None:
    mine, theirs = _running(world, 1), _running(world, 2)
    owner, attacker = world.caller(OWNER), world.caller(ATTACKER)
    assert _reported(owner, mine).status_code == 201
    lot_id = lot_id_of(mine, "1")
    problem(_reported(attacker, theirs, [{**ENDS, "lot_id": lot_id}]), 422, "LOT_NOT_RECEIVED")
    problem(attacker.get(f"/v1/lots/{lot_id}"), 404, "UNKNOWN_LOT")
    bought = derived_id("lot", ATTACKER.org_id, "ends", "E-7")
    named = {**ENDS, "supplier_lot": "E-7"}
    problem(_reported(attacker, theirs, [{**named, "lot_id": lot_id}]), 422, "LOT_NOT_RECEIVED")
    assert _reported(attacker, theirs, [{**named, "lot_id": bought}]).status_code == 201
    assert attacker.get(f"/v1/lots/{bought}").get_json()["origin"] == "bought"
    problem(owner.get(f"/v1/lots/{bought}"), 404, "UNKNOWN_LOT")


def test_a_lot_that_is_not_made_yet_cannot_be_claimed(world: World) -> None:
    mine, theirs = _running(world, 1), _running(world, 2)
    owner, attacker = world.caller(OWNER), world.caller(ATTACKER)
    lot_id = lot_id_of(mine, "1")
    problem(_reported(attacker, theirs, [{**ENDS, "lot_id": lot_id}]), 422, "LOT_NOT_RECEIVED")
    assert _reported(attacker, theirs).status_code == 201
    view = attacker.get(f"/v1/work-orders/{theirs}").get_json()
    path = f"/v1/work-orders/{theirs}/reports/{view['reports'][0]['id']}/correction"
    restated = {**GOOD, "lots_in": [{**ENDS, "lot_id": lot_id}], "grounds": "typing error"}
    answer = attacker.post(path, restated, headers={"If-Match": f'"v{view["version"]}"'})
    problem(answer, 422, "LOT_NOT_RECEIVED")
    assert _reported(owner, mine).status_code == 201
    assert owner.get(f"/v1/lots/{lot_id}").get_json()["origin"] == "made"


@pytest.mark.parametrize("first", [OWNER.org_id, ATTACKER.org_id])
def test_a_claim_in_an_old_log_opens_nothing_either(world: World, first: str) -> None:
    """Logs written before such claims were refused hold some: the view gives the lot to its maker alone."""
    mine, theirs = _running(world, 1), _running(world, 2)
    for number, work_id in ((1, mine), (2, theirs)):
        assert _reported(world.caller(a_principal(Role.FACTORY, number)), work_id).status_code == 201
    lot_id = lot_id_of(mine, "1")
    reports = {}
    for recorded in world.log.read_all():
        event = recorded.event
        if isinstance(event, events.ProductionReported):
            claims = [LotMove(lot_id, "ends", 900, "end")] if event.factory_org_id == ATTACKER.org_id else []
            changed = msgspec.structs.replace(event, lots_in=claims)
            reports[event.factory_org_id] = msgspec.structs.replace(recorded, event=changed)
    page = [reports.pop(first), *reports.values()]
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        LOTS.metadata.create_all(connection)
        Lots().apply(connection, page)
    found = find_lot(engine, lot_id, OWNER)
    assert found is not None
    assert (found.origin, found.work_id, found.quantity) == ("made", mine, 900)
    assert find_lot(engine, lot_id, ATTACKER) is None
    engine.dispose()
