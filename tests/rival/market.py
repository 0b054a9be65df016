"""Ordering and capacity over logs in memory with the fictional plants published: a region that two brands ask.

Facts flow only when `settle` is called, so a world is a plain list of acts; ids come from whose turn it is, so that one
brand's ids are the same whatever another does.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from werkzeug.test import TestResponse

from services.capacity import wiring as capacity
from services.capacity.domain.events import EVENT_TYPES as CAPACITY_EVENTS
from services.capacity.settings import Settings as CapacitySettings
from services.demo.seed_workbooks import seed_plants
from services.order import wiring as order
from services.order.domain.events import EVENT_TYPES as ORDER_EVENTS
from services.order.settings import Settings as OrderSettings
from shared.bus.memory import InProcessBroker
from shared.clock import StoryClock
from shared.contracts.registry import FACTS
from shared.eventstore.memory import MemoryLog
from shared.kernel.clock import Clock
from shared.kernel.ids import ulid
from shared.kernel.principal import Role
from tests.support.master_app import a_plant, send_workbook
from tests.support.web_client import Caller, Issuer, a_principal

BEGINS = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
_SECRET = b"a secret of the two worlds, long enough"
_RANDOM_BITS = 80


class TurnIds:
    """Ids by whose *turn* it is and how many that one has had."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._had: Counter[str] = Counter()
        self.turn = "nobody"

    def new(self, prefix: str) -> str:
        self._had[self.turn] += 1
        digest = hashlib.sha256(f"{self.turn}/{self._had[self.turn]}".encode()).digest()
        return f"{prefix}_{ulid(self._clock.now(), int.from_bytes(digest, 'big') & ((1 << _RANDOM_BITS) - 1))}"


@dataclass
class Market:
    clock: StoryClock
    ids: TurnIds
    issuer: Issuer
    broker: InProcessBroker
    ordering: order.Service
    planning: capacity.Service

    def brand(self, number: int) -> "Brand":
        return Brand(self, number)

    def settle(self) -> None:
        """Every fact on its way has its effect, and the views have seen it."""
        moved = 1
        while moved:
            moved = 0
            for service in (self.ordering, self.planning):
                assert service.relay is not None
                moved += service.relay.run_once() + sum(one.run_once() for one in service.consumers)
        for service in (self.ordering, self.planning):
            service.projector.catch_up()


@dataclass(frozen=True)
class Brand:
    """The *number*-th brand at the market's door."""

    market: Market
    number: int

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        self.market.ids.turn = f"B{self.number}"
        caller = Caller(self.market.ordering.app, self.market.issuer, a_principal(Role.BUYER, self.number))
        answer = caller.send(method, path, body, headers={"Accept": "application/json", **headers})
        self.market.ids.turn = f"after B{self.number}"
        self.market.settle()
        return answer

    def get(self, path: str) -> TestResponse:
        return self.send("GET", path)

    def ask(self, body: Mapping[str, Any]) -> str:
        """An inquiry, answered by now; its id."""
        answer = self.send("POST", "/v1/inquiries", body)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    def place(self, body: Mapping[str, Any]) -> str:
        answer = self.send("POST", "/v1/orders", body)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    def accept(self, order_id: str, option: int = 0) -> None:
        """Take an option of the newest quote, if there is one."""
        quotes = self.get(f"/v1/orders/{order_id}/quotes").get_json()["items"]
        if quotes and quotes[0]["options"]:
            options = quotes[0]["options"]
            body = {"option_id": options[option % len(options)]["option_id"]}
            assert self.send("POST", f"/v1/quotes/{quotes[0]['id']}/accept", body).status_code == 202


def a_market() -> Market:
    clock = StoryClock(BEGINS)
    ids, issuer, broker = TurnIds(clock), Issuer(clock), InProcessBroker(FACTS)
    ordering = order.build(
        OrderSettings(secret=_SECRET),
        clock=clock,
        ids=ids,
        log=MemoryLog("order", ORDER_EVENTS, clock),
        broker=broker,
        verifier=issuer.verifier(),
    )
    planning = capacity.build(
        CapacitySettings(secret=_SECRET),
        clock=clock,
        ids=ids,
        log=MemoryLog("capacity", CAPACITY_EVENTS, clock),
        broker=broker,
        verifier=issuer.verifier(),
    )
    for service in (ordering, planning):
        for consumer in service.consumers:
            consumer.subscribe()
    market = Market(clock, ids, issuer, broker, ordering, planning)
    for plant in seed_plants().values():
        caller = Caller(planning.app, issuer, a_principal(Role.FACTORY, int(plant.code[1:])))
        plant_id = a_plant(caller, plant.code, plant.district, plant.name)
        assert send_workbook(caller, plant_id, plant.workbook).status_code == 200
    market.settle()
    return market
