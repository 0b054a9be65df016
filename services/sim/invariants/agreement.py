"""When all has drained, the services agree: plans, the list of orders, and what the ledger has of every fact."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

import orjson
import sqlalchemy as sa

from services.capacity.domain import master_events as masters
from services.capacity.domain import plan_events as plans
from services.capacity.domain import slots
from services.capacity.domain import work_events as works
from services.capacity.domain.floor import LineBroke, LineMended
from services.ledger.domain.events import EntryRecorded
from services.order.domain import events as orders
from services.order.projections import order_overview
from services.portal.domain.organisation import OrganisationAdmitted
from services.sim.invariants.book import Book, Past
from services.sim.invariants.promises import Promises
from services.sim.seams import Platform
from shared.contracts.planning import PlannedStep
from shared.contracts.remaining import Part, part_of
from shared.eventstore.port import Recorded

Plan = tuple[list[PlannedStep], dict[str, str]]


class PlansAgree(Book):
    """The plan of every order as capacity booked it and as its order knows it."""

    name = "plans agree"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._booked: dict[str, Plan] = {}
        self._known: dict[str, Plan] = {}
        self._asked: dict[str, orders.ReplanAsked] = {}
        self._terms: dict[str, tuple[datetime, int]] = {}  # promise and price of the known plan
        self._before: dict[str, tuple[Plan, tuple[datetime, int]]] = {}  # of the change accepted last
        self._ended: set[str] = set()
        self._parts: dict[str, set[Part]] = {}  # given up, by order
        self.entries = {
            plans.PlanConfirmed: self._confirmed,
            plans.PlanChanged: self._changed,
            plans.PlanChangeAnswered: self._changed,
            plans.PartsDropped: self._changed,
            orders.OrderConfirmed: self._told,
            orders.PlanMoved: self._moved,
            orders.ReplanAsked: self._question,
            orders.ReplanAnswered: self._answered,
            orders.PartsCancelled: self._given_up,
            orders.OrderCancelled: self._end,
            orders.OrderClosed: self._end,
        }

    def _confirmed(self, event: plans.PlanConfirmed, _: Recorded) -> Iterator[str]:
        self._booked[event.order_id] = event.option.steps, event.work_ids
        yield from ()

    def _changed(
        self, event: plans.PlanChanged | plans.PlanChangeAnswered | plans.PartsDropped, _: Recorded
    ) -> Iterator[str]:
        if event.change is not None:
            self._booked[event.order_id] = event.change.steps, event.change.work_ids
        yield from ()

    def _told(self, event: orders.OrderConfirmed, _: Recorded) -> Iterator[str]:
        self._parts.pop(event.order_id, None)
        self._know(
            event.order_id, (event.option.steps, event.work_ids), event.option.promise_at, event.option.price_fen
        )
        yield from ()

    def _moved(self, event: orders.PlanMoved, _: Recorded) -> Iterator[str]:
        self._know(event.order_id, (event.steps, event.work_ids), event.new_promise_at, event.new_price_fen)
        yield from ()

    def _given_up(self, event: orders.PartsCancelled, _: Recorded) -> Iterator[str]:
        plan = self._known[event.order_id]
        parts = {part_of(one) for one in plan[0] if one.process_id in event.process_ids}
        self._parts[event.order_id] = self._parts.get(event.order_id, set()) | parts
        self._asked.pop(event.order_id, None)
        self._know(event.order_id, plan, event.promise_at, event.price_fen)
        yield from ()

    def _know(self, order_id: str, plan: Plan, promise_at: datetime, price_fen: int) -> None:
        """A plan that was on its way when parts were given up does not bring them back."""
        gone = self._parts.get(order_id, set())
        steps = [one for one in plan[0] if part_of(one) not in gone]
        plan = steps, {one.process_id: plan[1][one.process_id] for one in steps}
        self._known[order_id], self._terms[order_id] = plan, (promise_at, price_fen)
        self._before.pop(order_id, None)

    def _question(self, event: orders.ReplanAsked, _: Recorded) -> Iterator[str]:
        """Asked about the plan before: what was accepted last had been lost."""
        self._asked[event.order_id] = event
        plan, terms = self._before.pop(event.order_id, (None, None))
        if plan is not None and terms == (event.old_promise_at, event.old_price_fen):
            self._know(event.order_id, plan, *terms)
        yield from ()

    def _answered(self, event: orders.ReplanAnswered, _: Recorded) -> Iterator[str]:
        asked = self._asked.pop(event.order_id, None)
        if asked is not None and event.choice == "accept":
            before = self._known[event.order_id], self._terms[event.order_id]
            self._know(event.order_id, (asked.steps, asked.work_ids), asked.new_promise_at, asked.new_price_fen)
            self._before[event.order_id] = before
        yield from ()

    def _end(self, event: orders.OrderCancelled | orders.OrderClosed, _: Recorded) -> Iterator[str]:
        self._ended.add(event.order_id)
        yield from ()

    def at_rest(self, platform: Platform) -> Iterator[str]:  # noqa: ARG002 - the books say it all
        for order_id in {**self._booked, **self._known}:
            if order_id in self._ended:
                continue
            booked, known = self._booked.get(order_id), self._known.get(order_id)
            if booked != known:
                yield f"{order_id}: capacity has {_told(booked)}, the order has {_told(known)}"


def _told(plan: Plan | None) -> str:
    if plan is None:
        return "no plan"
    steps, work_ids = plan
    return ", ".join(
        f"{one.step} on {one.line_id} {one.starts_at:%d %H:%M} for {one.price_fen} as {work_ids.get(one.process_id)}"
        for one in steps
    )


_SHOWN = {"confirmed": {"confirmed", "in_production"}, "quoted": {"quoted", "quote_expired"}}
"""situation -> how the list may call it, where that is not the same word."""


class OverviewAgrees(Book):
    """The list of orders against the situations that the events lead to."""

    name = "the list of orders agrees"

    def __init__(self, past: Past, promises: Promises) -> None:
        super().__init__(past)
        self._promises = promises
        self._versions: dict[str, int] = {}
        self.entries = dict.fromkeys(promises.entries, self._counted)

    def _counted(self, event: orders.OrderEvent, recorded: Recorded) -> Iterator[str]:
        self._versions[event.order_id] = recorded.version
        yield from ()

    def at_rest(self, platform: Platform) -> Iterator[str]:
        table = order_overview.TABLE
        with platform.house.services["order"].log.views.connect() as connection:
            rows = {row.order_id: row for row in connection.execute(sa.select(table))}
        for order_id, standing in self._promises.standing.items():
            row = rows.pop(order_id, None)
            if row is None:
                yield f"{order_id} is on no list"
            elif row.state not in _SHOWN.get(standing, {standing}):
                yield f"{order_id} is {standing}, the list says {row.state}"
            elif row.version != self._versions[order_id]:
                yield f"{order_id} is at version {self._versions[order_id]}, the list says {row.version}"
        for order_id in rows:
            yield f"{order_id} is listed and was never placed"


_RECORDED: frozenset[type] = frozenset(
    {
        OrganisationAdmitted,
        masters.PlantRegistered,
        masters.LineRegistered,
        masters.CapabilitiesSet,
        masters.CalendarDeclared,
        masters.CapacityPublished,
        works.SetupStarted,
        works.SetupFinished,
        works.RunStarted,
        works.RunFinished,
        works.ProductionReported,
        works.ReportCorrected,
        works.InspectionDispositioned,
        orders.DeliveryConfirmed,
    }
)
"""Private events whose facts the ledger must have, each once."""


class LedgerHasAll(Book):
    """Which facts the ledger recorded, by their place in their source's log."""

    name = "the ledger has every fact once"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._expected: dict[str, set[int]] = defaultdict(set)
        self._recorded: dict[str, set[int]] = defaultdict(set)
        self._last: dict[str, tuple[int, int, int]] = {}
        self._size = 0
        self._told: set[tuple[type, str]] = set()
        self._untold: list[tuple[tuple[type, str], Recorded]] = []
        self.entries = dict.fromkeys(_RECORDED, self._happened)
        self.entries[masters.CapacityWithdrawn] = self._taken_back
        self.entries[LineBroke] = self._line_stood
        self.entries[LineMended] = self._line_stood
        self.entries[works.StoppageOpened] = self._run_stood
        self.entries[works.StoppageClosed] = self._run_stood
        self.entries[slots.SlotsHeld] = self._booked
        self.entries[slots.SlotsConfirmed] = self._booked
        self.entries[slots.SlotsReleased] = self._freed
        self.entries[works.GoodsDelivered] = self._delivered
        self.entries[EntryRecorded] = self._entered

    def _happened(self, _: object, recorded: Recorded) -> Iterator[str]:
        service = "portal" if isinstance(recorded.event, OrganisationAdmitted) else "capacity"
        self._expected["order" if isinstance(recorded.event, orders.OrderEvent) else service].add(recorded.position)
        yield from ()

    def _taken_back(self, event: masters.CapacityWithdrawn, recorded: Recorded) -> Iterator[str]:
        """A broken line took nothing back: its stoppage says that the hours could not be had."""
        if not event.stoppage_id:
            self._expected["capacity"].add(recorded.position)
        yield from ()

    def _line_stood(self, event: LineBroke | LineMended, recorded: Recorded) -> Iterator[str]:
        """A line tells its stoppage by itself, or by the run that stands still with it."""
        told: tuple[type, str]
        if isinstance(event, LineMended):
            by_work, told = event.is_told_by_work, (works.StoppageClosed, event.stoppage_id)
        else:
            by_work = event.down is not None and event.down.is_told_by_work
            told = works.StoppageOpened, "" if event.down is None else event.down.stoppage_id
        if by_work:
            self._untold.append((told, recorded))
        else:
            self._expected["capacity"].add(recorded.position)
        yield from ()

    def _run_stood(self, event: works.StoppageOpened | works.StoppageClosed, recorded: Recorded) -> Iterator[str]:
        self._told.add((type(event), event.stoppage_id))
        yield from self._happened(event, recorded)

    def settled(self) -> Iterator[str]:
        untold, self._untold = self._untold, []
        for told, recorded in untold:
            if told not in self._told:
                yield f"capacity/{recorded.position}: nothing tells the stoppage {told[1]} on {recorded.stream}"

    def _booked(self, event: slots.SlotsHeld | slots.SlotsConfirmed, recorded: Recorded) -> Iterator[str]:
        if any(one.expires_at is None for one in event.slots):
            self._expected["capacity"].add(recorded.position)
        yield from ()

    def _freed(self, event: slots.SlotsReleased, recorded: Recorded) -> Iterator[str]:
        if event.kept_until is None and any(one.was_firm for one in event.slots):
            self._expected["capacity"].add(recorded.position)
        yield from ()

    def _delivered(self, event: works.GoodsDelivered, recorded: Recorded) -> Iterator[str]:
        if event.at_door:
            self._expected["capacity"].add(recorded.position)
        yield from ()

    def _entered(self, event: EntryRecorded, recorded: Recorded) -> Iterator[str]:
        body = orjson.loads(bytes(event.body))
        source, position, part = body["fact"].split("/")
        place = int(position), int(part), int(body.get("piece", 0))
        if place <= self._last.get(source, (0, 0, 0)):
            yield f"ledger/{recorded.position}: {body['fact']} comes after {self._last[source]} of {source}"
        if event.index != self._size:
            yield f"ledger/{recorded.position}: entry {event.index} stands where {self._size} should"
        self._size = event.index + 1
        self._last[source] = place
        self._recorded[source].add(place[0])

    def at_rest(self, platform: Platform) -> Iterable[str]:  # noqa: ARG002 - the books say it all
        for source, expected in self._expected.items():
            missing = sorted(expected - self._recorded[source])
            if missing:
                yield f"{len(missing)} facts of {source} are not in the ledger, the first of position {missing[0]}"
