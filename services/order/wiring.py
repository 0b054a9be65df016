"""Builds the order service: the only file that knows how its parts fit together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from flask import Flask
from nacl.utils import random

from services.order.api import (
    again,
    changes,
    deliveries,
    districts,
    entrusted_reports,
    inquiries,
    operations,
    orders,
    products,
    quotes,
)
from services.order.api.doors import OrderApi
from services.order.consumers import capacity_consumer
from services.order.handlers.addresses import Addresses
from services.order.handlers.entrusting import Entrusting
from services.order.handlers.inquiring import Inquiring
from services.order.handlers.ordering import Ordering
from services.order.jobs import default_answers, lapses
from services.order.packs.loader import catalogue
from services.order.packs.terms import terms
from services.order.projections.order_overview import OrderOverview
from services.order.projections.papers import Papers
from services.order.projections.questions import Questions
from services.order.projections.receipts import Receipts
from services.order.projections.things import Things
from services.order.publishing import publish
from services.order.settings import Settings
from shared.bus.consumer import Consumer
from shared.bus.port import Broker
from shared.bus.relay import HOLDER_BYTES, Relay
from shared.contracts.order import TOPIC
from shared.contracts.registry import FACTS
from shared.eventstore.port import PAGE_MAX
from shared.eventstore.projecting import LogWithViews, Projection
from shared.eventstore.projector import Projector
from shared.eventstore.sealing import Seals
from shared.kernel.clock import Clock
from shared.kernel.ids import Chance, IdSource
from shared.scheduling import Job, forget_claims
from shared.web.app import build_app
from shared.web.tokens import Verifier

NAME = "order"


@dataclass(frozen=True)
class Service:
    """The order service, built and not started."""

    name: str
    log: LogWithViews
    new_app: Callable[[], Flask]
    relay: Relay | None
    consumers: Sequence[Consumer]
    projector: Projector
    projections: Sequence[Projection]
    jobs: Sequence[Job]
    handlers: Ordering
    addresses: Addresses

    @cached_property
    def app(self) -> Flask:
        """Made when it is first asked for: a worker, a benchmark and a simulation serve nobody."""
        return self.new_app()


def build(
    settings: Settings,
    *,
    clock: Clock,
    ids: IdSource,
    log: LogWithViews,
    broker: Broker | None,
    verifier: Verifier,
    chance: Chance = random,
    lease_clock: Clock | None = None,
    page_max: int = PAGE_MAX,
) -> Service:
    """The service over *log*. Without *broker* it neither publishes nor listens (an API process beside a worker).

    *chance* and *lease_clock* stand in for the system's where a run must repeat bit for bit.
    *page_max*: events that the relay and the views take at once.
    """
    ordering = Ordering(log, catalogue(), terms())
    inquiring = Inquiring(log, catalogue(), terms())
    addresses = Addresses(Seals(log, chance), settings.secret)
    projections: list[Projection] = [OrderOverview(), Things(), Questions(), Receipts(), Papers()]
    projector = Projector(log, projections, clock, page_max)
    api = OrderApi(
        log=log,
        clock=clock,
        ids=ids,
        catalogue=catalogue(),
        ordering=ordering,
        inquiring=inquiring,
        entrusting=Entrusting(log),
        addresses=addresses,
        projector=projector,
    )
    new_app = partial(
        build_app,
        NAME,
        routes=[
            products.routes,
            districts.routes,
            inquiries.routes,
            orders.routes,
            again.routes,
            quotes.routes,
            operations.routes,
            changes.routes,
            deliveries.routes,
            entrusted_reports.routes,
        ],
        provides=[api],
        verifier=verifier,
        clock=clock,
        ids=ids,
        log=log,
        cursor_key=b"order cursors\0" + settings.secret,
        title="共坊 Gongfang: order",
        version=settings.version,
        checks={"views": lambda: None if projector.ready else f"stale: {', '.join(projector.stale)}"},
    )
    relay = None
    if broker is not None:
        relay = Relay(
            log,
            publish,
            broker,
            TOPIC,
            FACTS,
            lease_clock=lease_clock,
            page_max=page_max,
            holder=chance(HOLDER_BYTES).hex(),
        )
    return Service(
        name=NAME,
        log=log,
        new_app=new_app,
        relay=relay,
        consumers=() if broker is None else (capacity_consumer(log, broker, ordering, inquiring, clock),),
        projector=projector,
        projections=projections,
        jobs=[default_answers(log, ordering, clock), lapses(log, ordering, clock), forget_claims(NAME, log, clock)],
        handlers=ordering,
        addresses=addresses,
    )
