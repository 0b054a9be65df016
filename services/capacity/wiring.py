"""Builds the capacity service: the only file that knows how its parts fit together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from flask import Flask
from nacl.utils import random

from services.capacity.api.breakdowns import BREAKDOWN_ROUTES
from services.capacity.api.doors import FloorApi
from services.capacity.api.lines import LINE_ROUTES
from services.capacity.api.lots import LOT_ROUTES
from services.capacity.api.master_api import MasterApi
from services.capacity.api.offers import OFFER_ROUTES
from services.capacity.api.plants import PLANT_ROUTES
from services.capacity.api.schedule import SCHEDULE_ROUTES
from services.capacity.api.work_orders import WORK_ROUTES
from services.capacity.api.workbooks import WORKBOOK_ROUTES
from services.capacity.consumers import order_consumer, react_with
from services.capacity.domain.execution import standard_limits
from services.capacity.handlers.breakdowns import BreakdownsHandler
from services.capacity.handlers.deliveries import DeliveriesHandler
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.making_up import MakeUps
from services.capacity.handlers.masters import Masters
from services.capacity.handlers.missing_material import MissingMaterial
from services.capacity.handlers.moving import MovingHandler
from services.capacity.handlers.no_shows import NoShowsHandler
from services.capacity.handlers.offers import OffersHandler
from services.capacity.handlers.papers_ending import PapersEnding
from services.capacity.handlers.planning import PlanningHandler
from services.capacity.handlers.production import ProductionHandler
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.workbooks import Workbooks
from services.capacity.jobs import jobs
from services.capacity.projections.board import LiveBoard
from services.capacity.projections.lines import Lines
from services.capacity.projections.lots import Lots
from services.capacity.projections.plants import Plants
from services.capacity.projections.work import WorkOrders
from services.capacity.publishing import publish
from services.capacity.settings import Settings
from shared.bus.consumer import Consumer
from shared.bus.port import Broker
from shared.bus.relay import HOLDER_BYTES, Relay
from shared.contracts.capacity import TOPIC
from shared.contracts.registry import FACTS
from shared.eventstore.port import PAGE_MAX
from shared.eventstore.projecting import LogWithViews, Projection
from shared.eventstore.projector import Projector
from shared.kernel.clock import Clock
from shared.kernel.ids import Chance, IdSource
from shared.scheduling import Job
from shared.web.app import build_app
from shared.web.tokens import Verifier

NAME = "capacity"


@dataclass(frozen=True, slots=True)
class Handlers:
    """Everything that may be asked of capacity."""

    masters: Masters
    workbooks: Workbooks
    planning: PlanningHandler
    replanner: Replanner
    offers: OffersHandler
    production: ProductionHandler
    deliveries: DeliveriesHandler
    breakdowns: BreakdownsHandler
    no_shows: NoShowsHandler
    moving: MovingHandler
    papers_ending: PapersEnding
    material: MissingMaterial


@dataclass(frozen=True)
class Service:
    """The capacity service, built and not started."""

    name: str
    log: LogWithViews
    new_app: Callable[[], Flask]
    relay: Relay | None
    consumers: Sequence[Consumer]
    projector: Projector
    projections: Sequence[Projection]
    jobs: Sequence[Job]
    handlers: Handlers
    board: LiveBoard

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
    open_address: Callable[[str], str] = str,
) -> Service:
    """The service over *log*. Without *broker* it neither publishes nor listens (an API process beside a worker).

    *chance* and *lease_clock* stand in for the system's where a run must repeat bit for bit.
    *page_max*: events that the relay and the views take at once. *open_address* opens what the order service sealed;
    without it addresses are shown as they came.
    """
    desk = Desk(log, LiveBoard(log), clock, settings, standard_limits())
    desk.board.caught_up()  # a start is over when planning can begin
    handlers = handlers_on(desk)
    projections: list[Projection] = [Plants(), Lines(), WorkOrders(), Lots()]
    projector = Projector(log, projections, clock, page_max)
    masters = MasterApi(
        log=log,
        clock=clock,
        projector=projector,
        masters=handlers.masters,
        workbooks=handlers.workbooks,
        papers_ending=handlers.papers_ending,
    )
    floor = FloorApi(
        log=log,
        ids=ids,
        desk=desk,
        projector=projector,
        offers=handlers.offers,
        production=handlers.production,
        deliveries=handlers.deliveries,
        breakdowns=handlers.breakdowns,
        moving=handlers.moving,
        open_address=open_address,
    )
    new_app = partial(
        build_app,
        NAME,
        routes=[
            PLANT_ROUTES,
            LINE_ROUTES,
            WORKBOOK_ROUTES,
            OFFER_ROUTES,
            WORK_ROUTES,
            LOT_ROUTES,
            SCHEDULE_ROUTES,
            BREAKDOWN_ROUTES,
        ],
        provides=[masters, floor],
        verifier=verifier,
        clock=clock,
        ids=ids,
        log=log,
        cursor_key=b"capacity cursors\0" + settings.secret,
        title="共坊 Gongfang: capacity",
        version=settings.version,
        checks={"views": lambda: None if projector.ready else f"stale: {', '.join(projector.stale)}"},
    )
    listening: tuple[Consumer, ...] = ()
    relay = None
    if broker is not None:
        react = react_with(handlers.planning, handlers.replanner, handlers.deliveries, clock)
        listening = (order_consumer(log, broker, react, clock),)
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
        consumers=listening,
        projector=projector,
        projections=projections,
        jobs=jobs(desk, log, handlers.offers, handlers.no_shows, handlers.material),
        handlers=handlers,
        board=desk.board,
    )


def handlers_on(desk: Desk) -> Handlers:
    """All handlers over one desk."""
    replanner, masters = Replanner(desk), Masters(desk.log)
    make_ups, material = MakeUps(desk, replanner), MissingMaterial(desk, replanner)
    return Handlers(
        masters=masters,
        workbooks=Workbooks(desk.log, masters),
        planning=PlanningHandler(desk, material),
        replanner=replanner,
        offers=OffersHandler(desk, replanner),
        production=ProductionHandler(desk, make_ups),
        deliveries=DeliveriesHandler(desk, make_ups),
        breakdowns=BreakdownsHandler(desk, replanner),
        no_shows=NoShowsHandler(desk, replanner),
        moving=MovingHandler(desk, replanner),
        papers_ending=PapersEnding(desk, masters, replanner),
        material=material,
    )
