"""The whole order service over a real log and the in-process bus, and a stand-in for capacity's side of the wire."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.order.domain.events import EVENT_TYPES
from services.order.settings import Settings
from services.order.wiring import Service, build
from shared.bus.memory import InProcessBroker
from shared.bus.port import Delivery, Outgoing
from shared.bus.relay import Relay
from shared.clock import SeededIds, StoryClock
from shared.contracts import capacity
from shared.contracts.envelope import Fact
from shared.contracts.order import PlanningRequested
from shared.contracts.registry import FACTS
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import Recorded, StreamAppend
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.event import Cause, Event, EventTypes
from shared.kernel.principal import Role
from tests.support.order_world import NOW, WANTED, a_confirmation, a_quote
from tests.support.web_client import Caller, Issuer, a_principal


class Told(Event, frozen=True):
    """One fact capacity has to tell, kept in a log of its own so that the real relay publishes it."""

    name: str
    data: str
    key: str


TOLD_TYPES = EventTypes({"told.v1": Told})


def publish_told(recorded: Recorded) -> list[Outgoing]:
    event = recorded.event
    assert isinstance(event, Told)
    return [Outgoing(event.key, FACTS.decode(event.name, event.data.encode()))]


ORDER_BODY: dict[str, Any] = {
    "reference": "PO-2026-77",
    "lines": [
        {
            "product": "tea-can-330",
            "options": {"artwork": "cold-brew-v3", "colour": "dark"},
            "quantity": {"value": "12", "unit": "thousand-can"},
        }
    ],
    "deliver_to": {"district": "420100", "address": "武汉市江岸区"},
    "requested_by": f"{WANTED:%FT%TZ}",
}


@dataclass
class World:
    """*service* and the wire to capacity; `settle` lets every fact on its way have its effect."""

    service: Service
    clock: StoryClock
    issuer: Issuer
    broker: InProcessBroker
    plants: MemoryLog
    relay: Relay
    heard: list[Delivery]

    def caller(self, role: Role = Role.BUYER, number: int = 1) -> Caller:
        return Caller(self.service.app, self.issuer, a_principal(role, number))

    def told(self, *facts: Fact) -> None:
        """Capacity says *facts*; they arrive over the bus."""
        cause = Cause(correlation_id="cor_capacity", org_id="system", subject="system:capacity", at=self.clock.now())
        for fact in facts:
            key: str = getattr(fact, "order_id", "")
            told = Told(name=FACTS.name_of(fact), data=FACTS.encode(fact).decode(), key=key)
            self.plants.append([StreamAppend("told", -1, [told])], cause)
        self.settle()

    def settle(self) -> None:
        assert self.service.relay is not None
        (consumer,) = self.service.consumers
        moved = True
        while moved:
            moved = bool(self.service.relay.run_once() + self.relay.run_once() + consumer.run_once())
            page = self.broker.poll("capacity", ["order"], 500, 0)
            self.heard += page
            self.broker.commit("capacity", page)
            moved = moved or bool(page)

    def placed(self, body: Mapping[str, Any] = ORDER_BODY, number: int = 1) -> dict[str, Any]:
        """An order of the *number*-th buyer, not answered yet."""
        answer = self.caller(number=number).post("/v1/orders", body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def asked(self) -> PlanningRequested:
        """The plan asked for last."""
        last: PlanningRequested = self.facts(PlanningRequested)[-1]
        return last

    def quoted(self, body: Mapping[str, Any] = ORDER_BODY, number: int = 1, variant: str = "") -> capacity.QuoteOffered:
        """An order with a quote before its buyer."""
        self.placed(body, number)
        return self.offer(variant)

    def offer(self, variant: str = "") -> capacity.QuoteOffered:
        """Capacity answers the plan asked for last."""
        asked = self.asked()
        quote = a_quote(
            asked.lines,
            order_id=asked.order_id,
            buyer_org_id=asked.buyer_org_id,
            attempt=asked.attempt,
            at=self.clock.now(),
            variant=variant,
        )
        self.told(quote)
        return quote

    def confirmed(
        self, body: Mapping[str, Any] = ORDER_BODY, number: int = 1, variant: str = ""
    ) -> capacity.QuoteOffered:
        """An order booked with the first option of its quote."""
        quote = self.quoted(body, number, variant)
        answer = self.caller(number=number).post(
            f"/v1/quotes/{quote.quote_id}/accept", {"option_id": quote.options[0].option_id}
        )
        assert answer.status_code == 202, answer.text
        self.told(a_confirmation(quote, at=self.clock.now()))
        return quote

    def facts(self, kind: type[Fact]) -> list[Any]:
        """What the order service has published of *kind*."""
        self.settle()
        return [one.fact for one in self.heard if isinstance(one.fact, kind)]


LOGS: dict[str, Callable[[StoryClock, Path], LogWithViews]] = {
    "memory": lambda clock, _: MemoryLog("order", EVENT_TYPES, clock),
    "sqlite": lambda clock, folder: SqliteLog("order", EVENT_TYPES, clock, folder / "order.sqlite"),
}


ON_EVERY_LOG = {"test_an_order_from_end_to_end", "test_quotes_over_http", "test_changes_over_http"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What writes and waits runs on every log; what only reads or is refused runs on memory."""
    if "world" in metafunc.fixturenames:
        name = metafunc.module.__name__.rpartition(".")[2]
        metafunc.parametrize("world", list(LOGS) if name in ON_EVERY_LOG else ["memory"], indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    clock = StoryClock(NOW)
    issuer, broker = Issuer(clock), InProcessBroker(FACTS)
    log = LOGS[request.param](clock, tmp_path)
    service = build(
        Settings(secret=b"secret of the tests, long enough"),
        clock=clock,
        ids=SeededIds(clock, 7),
        log=log,
        broker=broker,
        verifier=issuer.verifier(),
    )
    plants = MemoryLog("capacity", TOLD_TYPES, clock)
    relay = Relay(plants, publish_told, broker, capacity.TOPIC, FACTS)
    broker.subscribe("capacity", ["order"], {})
    for consumer in service.consumers:
        consumer.subscribe()
    yield World(service, clock, issuer, broker, plants, relay, [])
    broker.close()
    log.close()
    plants.close()
