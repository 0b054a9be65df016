"""The capacity service with its masters alone, over a log in memory, called as HTTP does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from services.capacity.api.lines import LINE_ROUTES
from services.capacity.api.master_api import MasterApi
from services.capacity.api.plants import PLANT_ROUTES
from services.capacity.api.workbooks import WORKBOOK_ROUTES
from services.capacity.domain.events import EVENT_TYPES
from services.capacity.domain.execution import standard_limits
from services.capacity.domain.slots import Slot, SlotsHeld
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.masters import Masters
from services.capacity.handlers.papers_ending import PapersEnding
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.workbooks import Workbooks
from services.capacity.projections.board import LiveBoard
from services.capacity.projections.lines import Lines
from services.capacity.projections.plants import Plants
from services.capacity.settings import Settings
from services.capacity.workbook.template import MEDIA_TYPE
from shared.clock import SeededIds, StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import StreamAppend
from shared.eventstore.projector import Projector
from shared.kernel.event import Cause
from shared.kernel.principal import Role
from shared.web.app import build_app
from tests.support.masters import NOW, at
from tests.support.web_client import CURSOR_KEY, Caller, Issuer, a_principal


@dataclass
class MasterApp:
    """A running masters API and those who may call it."""

    app: Flask
    log: MemoryLog
    clock: StoryClock
    issuer: Issuer

    def caller(self, role: Role, number: int = 1) -> Caller:
        return Caller(self.app, self.issuer, a_principal(role, number))

    @property
    def factory(self) -> Caller:
        return self.caller(Role.FACTORY)

    @property
    def rival(self) -> Caller:
        return self.caller(Role.FACTORY, 2)

    @property
    def office(self) -> Caller:
        return self.caller(Role.OFFICE)

    @property
    def buyer(self) -> Caller:
        return self.caller(Role.BUYER)


def master_app() -> MasterApp:
    clock = StoryClock(NOW)
    log = MemoryLog("capacity", EVENT_TYPES, clock)
    issuer = Issuer(clock)
    masters = Masters(log)
    projector = Projector(log, [Plants(), Lines()], clock)
    desk = Desk(log, LiveBoard(log), clock, Settings(secret=CURSOR_KEY), standard_limits())
    endings = PapersEnding(desk, masters, Replanner(desk))
    app = build_app(
        "capacity",
        routes=[PLANT_ROUTES, LINE_ROUTES, WORKBOOK_ROUTES],
        provides=[MasterApi(log, clock, projector, masters, Workbooks(log, masters), endings)],
        verifier=issuer.verifier(),
        clock=clock,
        ids=SeededIds(clock, 7),
        log=log,
        cursor_key=CURSOR_KEY,
        title="Capacity",
        version="1.0.0",
    )
    return MasterApp(app, log, clock, issuer)


def a_plant(caller: Caller, code: str = "P08", district: str = "421202", name: str = "淦河无菌茶饮厂") -> str:
    """Registers a plant and returns its id."""
    answer = caller.post("/v1/plants", {"code": code, "name": name, "district": district})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def a_line(caller: Caller, plant_id: str, code: str = "L1") -> dict[str, Any]:
    """Registers a can-filling line and returns it."""
    answer = caller.post(f"/v1/plants/{plant_id}/lines", line_body(code))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def line_body(code: str = "L1") -> dict[str, Any]:
    return {
        "code": code,
        "name": f"灌装线 {code}",
        "capabilities": [
            {
                "code": "FILL_CAN",
                "unit": "can",
                "formats": ["SLEEK_330"],
                "rate_per_hour": 36_000,
                "efficiency_ppm": 800_000,
                "batch_min": 50_000,
                "batch_max": 0,
                "multiple": 1,
            }
        ],
    }


def calendar_body() -> dict[str, Any]:
    """Monday to Friday, 08:00 to 16:00 local, in December 2026."""
    return {
        "valid_from": "2026-12-01",
        "valid_until": "2027-01-01",
        "shifts": [{"weekday": day, "start": "08:00", "minutes": 480} for day in range(1, 6)],
    }


def send_workbook(
    caller: Caller, plant_id: str, content: bytes, *, preview: bool = False, headers: Mapping[str, str] | None = None
) -> Any:
    path = f"/v1/plants/{plant_id}/workbook" + ("?preview=true" if preview else "")
    return caller.send("POST", path, data=content, headers={"Content-Type": MEDIA_TYPE, **(headers or {})})


def hold(app: MasterApp, line: dict[str, Any]) -> None:
    """3 December, 09:00 to 11:00 local, held until the second begins."""
    slot = Slot(
        slot_id="slt_1",
        quote_id="quo_1",
        order_id="ord_1",
        buyer_org_id="org_1",
        process_id="pro_1",
        option_ids=["opt_1"],
        capability="FILL_CAN",
        format="SLEEK_330",
        features={},
        quantity_gross=1,
        unit="can",
        setup_seconds=0,
        run_seconds=7200,
        starts_at=at(3, 9),
        ends_at=at(3, 11),
        expires_at=at(2, 0),
    )
    identity = {"plant_id": line["plant_id"], "factory_org_id": line["organisation_id"], "district": line["district"]}
    held = SlotsHeld(line_id=line["id"], **identity, slots=[slot], held_at=NOW)
    cause = Cause(correlation_id="cor_1", org_id="system", subject="system:test", at=NOW)
    app.log.append([StreamAppend(f"slots-{line['id']}", 0, [held])], cause)
