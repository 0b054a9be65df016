"""Planted disagreements of services at rest are found: plans, the list of orders, facts lost or doubled in the ledger."""

from dataclasses import dataclass
from typing import Any, cast

import msgspec
import orjson
import sqlalchemy as sa

from services.capacity import publishing
from services.capacity.domain.floor import Down, LineBroke, LineMended
from services.capacity.domain.master_events import CapabilitiesSet, CapacityPublished, CapacityWithdrawn
from services.capacity.domain.plan_events import Change, PlanChanged, PlanConfirmed
from services.capacity.domain.slots import GivenUp, Slot, SlotsConfirmed, SlotsReleased
from services.capacity.domain.work_events import GoodsDelivered, RunStarted, StoppageClosed, StoppageOpened
from services.capacity.publishing import masters, production, slots
from services.ledger.domain.events import EntryRecorded
from services.order.domain.events import (
    EVENT_TYPES,
    DeliveryConfirmed,
    OrderClosed,
    OrderConfirmed,
    OrderPlaced,
    PlanMoved,
)
from services.order.projections.order_overview import TABLE
from services.sim.invariants.agreement import LedgerHasAll, OverviewAgrees, PlansAgree
from services.sim.invariants.book import Book, Past
from services.sim.invariants.promises import Promises
from services.sim.seams import Platform
from shared.clock import StoryClock
from shared.contracts.planning import PlannedStep, PlanOption
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.kernel.event import Event
from tests.support.made import T0, found, log_of, made


@dataclass(frozen=True)
class _Service:
    log: LogWithViews


@dataclass(frozen=True)
class _House:
    services: dict[str, _Service]


@dataclass(frozen=True)
class _AtRest:
    """As much of a platform as a look at its views needs."""

    house: _House


def at_rest(book: Book, views: LogWithViews | None = None) -> list[str]:
    services = {} if views is None else {"order": _Service(views)}
    return list(book.at_rest(cast("Platform", _AtRest(_House(services)))))


def step(line_id: str) -> PlannedStep:
    return made(PlannedStep, process_id="pro_1", line_id=line_id)


def plans(*events: Event) -> list[str]:
    book = PlansAgree(Past())
    assert found(book, log_of(*events)) == []
    return at_rest(book)


def _option(line_id: str) -> PlanOption:
    return made(PlanOption, steps=[step(line_id)])


BOOKED = made(PlanConfirmed, order_id="ord_1", option=_option("lin_1"), work_ids={"pro_1": "wrk_1"})
TOLD = made(OrderConfirmed, order_id="ord_1", option=_option("lin_1"), work_ids={"pro_1": "wrk_1"})
CHANGED = made(PlanChanged, order_id="ord_1", change=made(Change, steps=[step("lin_2")], work_ids={"pro_1": "wrk_2"}))
MOVED = made(PlanMoved, order_id="ord_1", steps=[step("lin_2")], work_ids={"pro_1": "wrk_2"})


def test_plans_that_are_the_same_agree() -> None:
    assert plans(BOOKED, TOLD, CHANGED, MOVED) == []


def test_an_order_that_was_not_told_of_its_plan_or_of_a_change_is_found() -> None:
    assert "the order has no plan" in plans(BOOKED)[0]
    assert "lin_2" in plans(BOOKED, TOLD, CHANGED)[0]


def test_orders_that_ended_need_not_agree() -> None:
    assert plans(BOOKED, TOLD, CHANGED, made(OrderClosed, order_id="ord_1")) == []


def entry(fact: str, index: int, **more: object) -> EntryRecorded:
    return made(
        EntryRecorded, index=index, leaf=msgspec.Raw(b"{}"), body=msgspec.Raw(orjson.dumps({"fact": fact, **more}))
    )


def ledger(*events: Event) -> list[str]:
    book = LedgerHasAll(Past())
    return found(book, log_of(*events)) + at_rest(book)


PUBLISHED = made(CapacityPublished)  # at position 1


def test_a_fact_in_the_ledger_once_be_it_in_pieces_is_sound() -> None:
    assert ledger(PUBLISHED, entry("capacity/1/0", 0, piece=1), entry("capacity/1/0", 1, piece=2)) == []


def test_a_fact_that_never_reached_the_ledger_is_found() -> None:
    firm = made(SlotsConfirmed, slots=[made(Slot)])
    given_up = made(SlotsReleased, slots=[GivenUp("slt_1", "ord_1", True)])
    at_door = made(GoodsDelivered, at_door=True)
    broke, mended = made(LineBroke, down=made(Down, stoppage_id="stp_1")), made(LineMended, stoppage_id="stp_1")
    taken_back, rates = made(CapacityWithdrawn), made(CapabilitiesSet)
    booked = (firm, given_up, at_door)
    for event in (PUBLISHED, made(RunStarted), made(DeliveryConfirmed), *booked, broke, mended, taken_back, rates):
        assert "not in the ledger" in ledger(event)[0]


def test_every_event_that_tells_of_a_lines_time_is_looked_for() -> None:
    entries = LedgerHasAll(Past()).entries
    of_time = {masters.__name__, production.__name__, slots.__name__}
    assert {kind for kind, tell in publishing._FACTS.items() if tell.__module__ in of_time} <= set(entries)


def test_hours_of_a_broken_line_are_told_by_its_stoppage_alone() -> None:
    assert ledger(made(CapacityWithdrawn, stoppage_id="stp_1")) == []


def test_a_stoppage_that_the_run_was_to_tell_and_did_not_is_found() -> None:
    down = made(Down, stoppage_id="stp_1", is_told_by_work=True)
    broke, mended = made(LineBroke, down=down), made(LineMended, stoppage_id="stp_1", is_told_by_work=True)
    opened, closed = made(StoppageOpened, stoppage_id="stp_1"), made(StoppageClosed, stoppage_id="stp_1")
    assert "nothing tells the stoppage stp_1" in ledger(broke)[0]
    assert "nothing tells the stoppage stp_1" in ledger(opened, mended)[0]
    recorded = [entry("capacity/2/0", 0), entry("capacity/4/0", 1)]
    assert ledger(broke, opened, mended, closed, *recorded) == []


def test_a_fact_that_is_entered_twice_or_out_of_order_is_found() -> None:
    twice = ledger(PUBLISHED, entry("capacity/1/0", 0), entry("capacity/1/0", 1))
    assert "comes after" in twice[0]
    assert "comes after" in ledger(entry("capacity/2/0", 0), entry("capacity/1/0", 1))[0]


def test_entries_with_a_gap_are_found() -> None:
    assert "where 0 should" in ledger(entry("capacity/1/0", 1))[0]


def overview(*events: Event, rows: list[dict[str, Any]]) -> list[str]:
    promises = Promises(Past())
    book = OverviewAgrees(Past(), promises)
    log = log_of(*events)
    assert [*found(promises, log), *found(book, log)] == []
    views = MemoryLog("order", EVENT_TYPES, StoryClock(T0))
    with views.writing() as connection:
        TABLE.create(connection)
        for row in rows:
            connection.execute(sa.insert(TABLE).values(_row(row)))
    try:
        return at_rest(book, views)
    finally:
        views.close()


def _row(given: dict[str, Any]) -> dict[str, Any]:
    empty = {one.name: "" if isinstance(one.type, sa.Text) else 0 for one in TABLE.columns if not one.nullable}
    return {**empty, "needs_answer": False, "order_id": "ord_1", "state": "planning", "version": 1, **given}


def test_a_list_that_says_what_happened_agrees() -> None:
    assert overview(made(OrderPlaced, order_id="ord_1"), rows=[{}]) == []


def test_a_list_that_lacks_an_order_or_shows_another_state_or_version_is_found() -> None:
    placed = made(OrderPlaced, order_id="ord_1")
    assert "is on no list" in overview(placed, rows=[])[0]
    assert "the list says quoted" in overview(placed, rows=[{"state": "quoted"}])[0]
    assert "the list says 2" in overview(placed, rows=[{"version": 2}])[0]
    assert "never placed" in overview(placed, rows=[{}, {"order_id": "ord_2"}])[0]
