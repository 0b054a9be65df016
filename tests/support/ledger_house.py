"""A ledger of its own for tests: log, views, app and consumer, and a teller that publishes facts to it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import orjson
from flask import Flask

from services.ledger import wiring
from services.ledger.domain.events import EVENT_TYPES
from services.ledger.settings import Settings
from shared.bus.memory import InProcessBroker
from shared.clock import RandomIds, StoryClock
from shared.contracts import line_time as facts
from shared.contracts.capacity import ShipmentDelivered
from shared.contracts.envelope import CloudEvent, Fact
from shared.contracts.order import DeliveryConfirmed
from shared.contracts.planning import Interval
from shared.contracts.registry import FACTS
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock
from shared.kernel.event import EventTypes
from shared.kernel.principal import Principal, Role
from tests.support.web_client import Caller, Issuer, a_principal

MORNING = datetime(2026, 12, 1, tzinfo=UTC)  # 08:00 local
OpenLog = Callable[[str, EventTypes, Clock], LogWithViews]


class LedgerHouse:
    """One ledger. `tell` publishes facts; `settle` lets them be recorded and seen."""

    def __init__(self, open_log: OpenLog = MemoryLog) -> None:
        self.clock = StoryClock(MORNING)
        self.broker = InProcessBroker(FACTS)
        self.log = open_log("ledger", EVENT_TYPES, self.clock)
        self.issuer = Issuer(self.clock)
        self.service = wiring.build(
            Settings(secret=b"secret of the ledger's tests"),
            clock=self.clock,
            ids=RandomIds(self.clock),
            log=self.log,
            broker=self.broker,
            verifier=self.issuer.verifier(),
            new_salt=_salts(7),
        )
        (self.consumer,) = self.service.consumers
        self.consumer.subscribe()
        self.raw: list[dict[str, Any]] = []
        self._positions = {"portal": 0, "capacity": 0, "order": 0}

    @property
    def app(self) -> Flask:
        return self.service.app

    def tell(self, *told: Fact, key: str = "") -> None:
        """Publish *told* as the services would, in this order."""
        for fact in told:
            name = FACTS.name_of(fact)
            topic = name.split(".")[0]
            self._positions[topic] += 1
            position = self._positions[topic]
            data = FACTS.encode(fact)
            self.raw.append({"type": name, "data": orjson.loads(data)})
            envelope = CloudEvent(
                id=f"{topic}/{position}/0",
                source=f"/gongfang/{topic}",
                type=name,
                time=self.clock.now(),
                subject=key or str(getattr(fact, "line_id", "") or getattr(fact, "order_id", "")),
                data=msgspec.Raw(data),
                position=position,
                part=0,
                sequence=position,
                correlationid="req_test",
                actor="org_test",
            )
            self.broker.publish(topic, [envelope])

    def settle(self) -> None:
        while self.consumer.run_once():
            pass
        self.service.projector.catch_up()
        assert self.consumer.parked() == []
        assert self.service.projector.parked() == []

    def caller(self, role: Role, number: int = 1) -> Caller:
        return Caller(self.app, self.issuer, a_principal(role, number))

    def principal(self, role: Role, number: int = 1) -> Principal:
        return a_principal(role, number)

    def get(self, path: str, role: Role = Role.OFFICE, number: int = 1) -> Any:
        """The JSON answer, which must be 200."""
        answer = self.caller(role, number).get(path)
        assert answer.status_code == 200, answer.text
        return answer.get_json()


def _salts(seed: int) -> Callable[[], bytes]:
    chance = Random(seed)
    return lambda: chance.randbytes(32)


def owner(number: int = 1) -> str:
    """The organisation that owns plant *number*."""
    return a_principal(Role.FACTORY, number).org_id


def client(number: int = 1) -> str:
    return a_principal(Role.BUYER, number).org_id


class Shift:
    """One line's day, told as facts: 08:00-20:00 local, offered whole, minus half an hour of cleaning at the start."""

    def __init__(self, line: int = 1, plant: int = 1, day: int = 0, district: str = "421202") -> None:
        self.where = {
            "line_id": f"lin_{line}",
            "plant_id": f"plt_{plant}",
            "factory_org_id": owner(plant),
            "district": district,
        }
        self.start = MORNING + timedelta(days=day)
        self.tag = f"{line}_{day}"

    def at(self, hours: float) -> datetime:
        return self.start + timedelta(seconds=int(hours * 3600))

    def registered(self) -> list[Fact]:
        line_id, plant_id = self.where["line_id"], self.where["plant_id"]
        return [
            facts.PlantRegistered(
                plant_id=plant_id,
                factory_org_id=self.where["factory_org_id"],
                name=f"{plant_id} 示范厂",
                district=self.where["district"],
                registered_at=self.start - timedelta(days=30),
            ),
            facts.LineRegistered(
                **self.where,
                name=f"{line_id} 号线",
                ideal_rates={"CAN_BODY": 96_000},
                registered_at=self.start - timedelta(days=30),
            ),
        ]

    def offered(self) -> list[Fact]:
        hours = Interval(self.at(0), self.at(12))
        return [
            facts.CalendarDeclared(
                **self.where,
                period_from=self.at(-8),
                period_to=self.at(16),
                operation=[facts.OperationInterval(hours.starts_at, hours.ends_at)],
                planned_downtime=[facts.PlannedDowntime(self.at(0), self.at(0.5), "CIP")],
                declared_at=self.start - timedelta(days=20),
            ),
            facts.CapacityPublished(
                **self.where,
                intervals=[Interval(self.at(0.5), self.at(12))],
                published_at=self.start - timedelta(days=20),
            ),
        ]

    def worked(self, buyer: str, begins: float = 2.0, good: int = 190_000) -> list[Fact]:
        """An hour of set-up, then a run of three with half an hour's stop: booked for five, reported and inspected."""
        work = {"work_id": f"wrk_{self.tag}_{begins}", "slot_id": f"slt_{self.tag}_{begins}"}
        who = {**self.where, **work, "order_id": f"ord_{self.tag}", "client_org_id": buyer}
        stop = {**self.where, "stoppage_id": f"stp_{self.tag}_{begins}"}
        return [
            facts.SlotBooked(
                **self.where,
                slot_id=work["slot_id"],
                order_id=who["order_id"],
                process_id="pro_1",
                client_org_id=buyer,
                starts_at=self.at(begins),
                ends_at=self.at(begins + 5),
                booked_at=self.start,
            ),
            facts.SetupStarted(**who, at=self.at(begins)),
            facts.SetupFinished(**self.where, **work, at=self.at(begins + 1)),
            facts.RunStarted(**who, capability="CAN_BODY", at=self.at(begins + 1)),
            facts.StoppageOpened(
                **stop, work_id=work["work_id"], family="held", reason="tooling", at=self.at(begins + 2)
            ),
            facts.StoppageClosed(**stop, at=self.at(begins + 2.5)),
            self.report(begins, good=good, scrap=10_000),
            facts.RunFinished(**self.where, **work, at=self.at(begins + 4)),
            facts.InspectionDispositioned(
                **self.where,
                inspection_lot_id=f"ins_{self.tag}_{begins}",
                work_id=work["work_id"],
                lot_id=f"lot_{self.tag}_{begins}",
                disposition="released",
                quantity=good,
                unit="can",
                dispositioned_at=self.at(begins + 6),
            ),
        ]

    def report(self, begins: float = 2.0, good: int = 190_000, scrap: int = 10_000) -> facts.ProductionReported:
        return facts.ProductionReported(
            **self.where,
            report_id=f"rpt_{self.tag}_{begins}",
            work_id=f"wrk_{self.tag}_{begins}",
            order_id=f"ord_{self.tag}",
            client_org_id=client(),
            capability="CAN_BODY",
            unit="can",
            good=good,
            scrap=scrap,
            rework=0,
            lots_in=[],
            lots_out=[facts.LotMove(f"lot_{self.tag}_{begins}", "can_body", good, "can")],
            from_at=self.at(begins + 1),
            to_at=self.at(begins + 4),
            reported_at=self.at(begins + 4),
        )

    def delivered(self, quantity: int, begins: float = 2.0) -> list[Fact]:
        """Shipped to the client, who confirms it."""
        delivery: dict[str, Any] = {
            "order_id": f"ord_{self.tag}",
            "buyer_org_id": client(),
            "delivery_id": f"dlv_{self.tag}_{begins}",
        }
        return [
            ShipmentDelivered(
                **delivery,
                work_id=f"wrk_{self.tag}_{begins}",
                process_id="pro_1",
                quantity=quantity,
                unit="can",
                lots=[f"lot_{self.tag}_{begins}"],
                delivered_at=self.at(begins + 9),
            ),
            DeliveryConfirmed(**delivery, quantity=quantity, unit="can", confirmed_at=self.at(begins + 10)),
        ]

    def corrected(self, good: int, scrap: int, begins: float = 2.0) -> facts.ReportCorrected:
        return facts.ReportCorrected(
            **self.where,
            correction_id=f"cor_{self.tag}_{begins}_{good}",
            report_id=f"rpt_{self.tag}_{begins}",
            work_id=f"wrk_{self.tag}_{begins}",
            good=good,
            scrap=scrap,
            rework=0,
            grounds="counter misread",
            corrected_by="usr_1",
            corrected_at=self.at(begins + 8),
            lots_out=[],
        )
