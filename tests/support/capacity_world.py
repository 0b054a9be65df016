"""The capacity service over a log, with plants of a small world on it, spoken to by facts as the order service does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from services.capacity import wiring
from services.capacity.consumers import react_with
from services.capacity.domain.events import EVENT_TYPES
from services.capacity.domain.line_on_board import LineMaster
from services.capacity.domain.master_events import (
    AutoAcceptRulesSet,
    CalendarDeclared,
    CapacityPublished,
    ChangeoversSet,
    LineRegistered,
    PlantRegistered,
    PricesSet,
)
from services.capacity.domain.plan import PLAN
from services.capacity.domain.plan_state import Plan
from services.capacity.domain.values import AutoAcceptRule, Calendar
from services.capacity.domain.work import WORK
from services.capacity.domain.work_identity import work_stream
from services.capacity.domain.work_state import Work
from services.capacity.publishing import facts_of
from services.capacity.settings import Settings
from shared.bus.port import Delivery
from shared.clock import SeededIds, StoryClock
from shared.contracts.envelope import CloudEvent, Fact
from shared.contracts.line_time import OperationInterval
from shared.contracts.order import PlanningRequested, QuoteAccepted
from shared.contracts.planning import DemandLine, Limits, Place, PlanOption, Supply
from shared.contracts.registry import FACTS
from shared.eventstore.handling import Done, Prepared, load, transact
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import EventLog, StreamAppend
from shared.eventstore.projecting import LogWithViews
from shared.kernel.event import Cause, Event
from shared.kernel.principal import Principal, Role
from shared.web.permissions import permissions_of
from tests.support.planning_world import T0, XIANAN, at
from tests.support.web_client import Caller, Issuer

SETTINGS = Settings(secret=b"a secret of the tests, long enough")
BUYER = "org_B0000000000000000000000001"
CAUSE = Cause(correlation_id="cor_test", org_id="org_test", subject="usr_test", at=T0)


@dataclass
class World:
    """*service* over *log* at *clock*'s time. `tell` delivers an order's fact as the consumer would."""

    log: LogWithViews
    clock: StoryClock
    service: wiring.Service
    issuer: Issuer
    told: int = 0

    def tell(self, fact: Fact) -> list[Fact]:
        """The facts that the answer to *fact* publishes."""
        self.told += 1
        envelope = CloudEvent(
            id=f"order/{self.told}/0",
            source="/gongfang/order",
            type=FACTS.name_of(fact),
            time=self.clock.now(),
            subject="",
            data=msgspec.Raw(b"{}"),
            position=self.told,
            part=0,
            correlationid="cor_test",
        )
        delivery = Delivery("order/0", self.told, envelope, fact)
        handlers = self.service.handlers
        react = react_with(handlers.planning, handlers.replanner, handlers.deliveries, self.clock)
        return self.do(lambda: react(delivery))

    def do(self, prepare: Callable[[], Prepared[Any]]) -> list[Fact]:
        """Decide, append, and what it published."""
        before = self.log.head().position
        transact(self.log, prepare, CAUSE)
        return self.facts_since(before)

    def done(self, prepare: Callable[[], Prepared[Any]]) -> Done[Any]:
        return transact(self.log, prepare, CAUSE)

    def facts_since(self, position: int) -> list[Fact]:
        return [fact for one in self.log.read_all(position) for fact in facts_of(one.event)]

    def plan(self, order_id: str = "ord_1") -> Plan:
        return load(self.log, PLAN, f"plan-{order_id}").state

    def work(self, work_id: str) -> Work:
        return load(self.log, WORK, work_stream(work_id)).state

    def owner(self, plant: str) -> Principal:
        """A factory user of the plant's organisation."""
        return Principal(f"org_{plant}", Role.FACTORY, f"usr_{plant}", permissions_of(Role.FACTORY))

    def caller(self, principal: Principal) -> Caller:
        """*principal* over HTTP."""
        return Caller(self.service.app, self.issuer, principal)


def capacity_world(*lines: LineMaster, log: LogWithViews | None = None, auto_accept: bool = True) -> World:
    """*lines* and their plants, published; offers are accepted at once unless *auto_accept* is False."""
    clock = StoryClock(T0)
    kept = MemoryLog("capacity", EVENT_TYPES, clock) if log is None else log
    publish_lines(kept, lines, auto_accept=auto_accept)
    return world_over(kept, clock)


def world_over(log: LogWithViews, clock: StoryClock) -> World:
    """The service over what stands in *log* already."""
    issuer = Issuer(clock)
    service = wiring.build(
        SETTINGS, clock=clock, ids=SeededIds(clock, 7), log=log, broker=None, verifier=issuer.verifier()
    )
    return World(log, clock, service, issuer)


def publish_lines(log: EventLog, lines: Sequence[LineMaster], *, auto_accept: bool) -> None:
    """Masters as their events, without the manners of the masters' API."""
    plants: set[str] = set()
    for line in lines:
        if line.plant_id not in plants:
            plants.add(line.plant_id)
            log.append([StreamAppend(f"plant-{line.plant_id}", 0, [_plant(line)])], CAUSE)
        log.append([StreamAppend(f"line-{line.line_id}", 0, _events(line, auto_accept=auto_accept))], CAUSE)


def _plant(line: LineMaster) -> PlantRegistered:
    return PlantRegistered(
        plant_id=line.plant_id,
        factory_org_id=line.factory_org_id,
        code=line.plant_id.upper(),
        name=line.plant_name,
        district=line.district,
        demo=True,
        registered_at=T0,
    )


def _events(line: LineMaster, *, auto_accept: bool) -> list[Event]:
    who = {
        "line_id": line.line_id,
        "plant_id": line.plant_id,
        "factory_org_id": line.factory_org_id,
        "district": line.district,
    }
    events: list[Event] = [
        LineRegistered(
            **who,
            plant_name=line.plant_name,
            code=line.line_id.upper(),
            name=line.line_id,
            capabilities=list(line.capabilities),
            registered_at=T0,
        ),
        CalendarDeclared(
            **who,
            calendar=Calendar(T0.date(), T0.date(), [], [], [], "all", []),
            period_from=line.offered[0].starts_at,
            period_to=line.offered[-1].ends_at,
            operation=[OperationInterval(one.starts_at, one.ends_at) for one in line.offered],
            planned_downtime=[],
            declared_at=T0,
        ),
        CapacityPublished(**who, intervals=list(line.offered), published_at=T0),
        ChangeoversSet(**who, rules=list(line.changeovers), set_at=T0),
        PricesSet(**who, prices=list(line.prices), set_at=T0),
    ]
    if auto_accept:
        events.append(AutoAcceptRulesSet(**who, rules=[AutoAcceptRule([], 0, 0, 0)], set_at=T0))
    return events


def asks(
    *lines: DemandLine,
    order_id: str = "ord_1",
    attempt: int = 1,
    purpose: str = "quote",
    start: float = 0,
    by: float = 24 * 20,
    limits: Limits | None = None,
    supplies: Sequence[Supply] = (),
    replaces_quote_id: str = "",
) -> PlanningRequested:
    """What the order service publishes when it wants a plan."""
    return PlanningRequested(
        order_id=order_id,
        buyer_org_id=BUYER,
        attempt=attempt,
        purpose="inquiry" if purpose == "inquiry" else "quote",
        lines=list(lines),
        deliver_to=Place(XIANAN),
        earliest_start_at=at(start),
        requested_by=at(by),
        limits=limits or Limits(),
        supplies=list(supplies),
        replaces_quote_id=replaces_quote_id,
    )


def accepts(quote_id: str, option: PlanOption, order_id: str = "ord_1", replaces: str = "") -> QuoteAccepted:
    """What the order service publishes when the buyer takes an option."""
    return QuoteAccepted(
        order_id=order_id,
        buyer_org_id=BUYER,
        quote_id=quote_id,
        option_id=option.option_id,
        accepted_at=T0,
        replaces_quote_id=replaces,
    )
