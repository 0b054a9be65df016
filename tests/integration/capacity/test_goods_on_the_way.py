"""Goods are where a lorry took them: work that moves to another plant has its material when a lorry has been there."""

from datetime import timedelta

from services.capacity.domain.work_events import GoodsDelivered, GoodsForwarded, MaterialReceived, WorkEvent
from services.capacity.domain.work_state import Accepted, Countered, Finished, Offered
from services.capacity.handlers.breakdowns import Outage
from services.capacity.handlers.production import Output
from shared.contracts import capacity
from tests.support.capacity_world import World, capacity_world
from tests.support.planning_world import capability, line
from tests.support.print_world import answer, booked, changed, decline, offer_of, work_at

PIECES = 4_000


def world_with(*printers: tuple[str, str]) -> World:
    """One body line, and print lines as (line, plant), the first the cheapest. Plants answer by hand."""
    lines = [
        line(name, plant, capability("PRINT"), fen_per_thousand=10_000 * number)
        for number, (name, plant) in enumerate(printers, start=1)
    ]
    return capacity_world(line("b1", "p1", capability("BODY")), *lines, auto_accept=False)


def bodies_leave(world: World) -> capacity.QuoteConfirmed:
    """Booked, the bodies made and on the road, the printers still silent."""
    confirmed = booked(world)
    handlers, (body_id, plant) = world.service.handlers, work_at(confirmed, "body")
    owner, body = world.owner(plant), next(one for one in confirmed.option.steps if one.step == "body")
    world.do(lambda: handlers.offers.accept(offer_of(body_id), owner))
    world.clock.set(body.starts_at)
    world.do(lambda: handlers.production.start(body_id, owner, None))
    world.clock.set(body.ends_at)
    output = Output(PIECES, 0, 0, "can", None, (), None, None)
    world.do(lambda: handlers.production.report(body_id, "rpt_1", owner, output))
    world.do(lambda: handlers.production.finish(body_id, owner, None))
    world.do(lambda: handlers.deliveries.ship(body_id, "dlv_1", owner, None, None))
    return confirmed


def bodies_arrive(world: World, body_id: str) -> None:
    world.do(lambda: world.service.handlers.deliveries.deliver(body_id, world.owner("p1"), None, None))


def printed_elsewhere(world: World, confirmed: capacity.QuoteConfirmed) -> tuple[str, str]:
    """The printers decline and the buyer takes the second best: its work order and plant."""
    change = changed(decline(world, *work_at(confirmed, "print")))
    if change.needs_answer:
        world.tell(answer("accept", change.replan_id))
    moved = next(one for one in change.steps if one.step == "print")
    return change.work_ids[moved.process_id], moved.plant_id


def stock_of(world: World, work_id: str) -> int:
    work = world.work(work_id)
    return sum(lot.received for lot in work.stock.values()) if isinstance(work, Offered | Countered | Accepted) else 0


def told(world: World, work_id: str, *kinds: type[WorkEvent]) -> list[WorkEvent]:
    return [one.event for one in world.log.read_stream(f"work-{work_id}") if isinstance(one.event, kinds)]


def test_what_lies_at_another_plant_comes_by_lorry_and_not_by_a_new_plan() -> None:
    world = world_with(("r1", "p3"), ("r2", "p4"))
    confirmed = bodies_leave(world)
    body_id, print_id = work_at(confirmed, "body")[0], work_at(confirmed, "print")[0]
    bodies_arrive(world, body_id)
    assert stock_of(world, print_id) == PIECES
    new_id, plant = printed_elsewhere(world, confirmed)
    assert (plant, stock_of(world, new_id)) == ("p4", 0), "nobody has driven yet"
    assert [one.to_work_id for one in told(world, body_id, GoodsForwarded) if isinstance(one, GoodsForwarded)] == [
        new_id
    ]
    [shipment] = finished(world, body_id).shipments.values()
    assert shipment.delivered_at is None, "on the road again, for its maker to say when it is there"
    bodies_arrive(world, body_id)
    assert stock_of(world, new_id) == PIECES


def finished(world: World, work_id: str) -> Finished:
    work = world.work(work_id)
    assert isinstance(work, Finished)
    return work


def test_what_lies_at_the_plant_is_in_the_hands_of_its_other_line_at_once() -> None:
    world = world_with(("r1", "p3"), ("r2", "p3"), ("r3", "p4"))
    confirmed = bodies_leave(world)
    body_id, print_id = work_at(confirmed, "body")[0], work_at(confirmed, "print")[0]
    bodies_arrive(world, body_id)
    broken = next(one for one in confirmed.option.steps if one.step == "print")
    outage = Outage(world.clock.now(), broken.ends_at + timedelta(days=2), "breakdown")
    facts = world.do(
        lambda: world.service.handlers.breakdowns.break_line(broken.line_id, "stp_1", world.owner("p3"), outage)
    )
    change = changed(facts)
    if change.needs_answer:
        world.tell(answer("accept", change.replan_id))
    moved = next(one for one in change.steps if one.step == "print")
    assert (moved.plant_id, moved.line_id == broken.line_id) == ("p3", False)
    assert stock_of(world, change.work_ids[moved.process_id]) == PIECES
    assert stock_of(world, print_id) == 0
    assert told(world, body_id, GoodsForwarded) == []


def test_a_lorry_on_the_road_goes_where_the_step_is_made_now_and_says_so() -> None:
    world = world_with(("r1", "p3"), ("r2", "p4"))
    confirmed = bodies_leave(world)
    body_id = work_at(confirmed, "body")[0]
    new_id, _ = printed_elsewhere(world, confirmed)
    assert stock_of(world, new_id) == 0
    bodies_arrive(world, body_id)
    [arrived] = told(world, body_id, GoodsDelivered)
    assert isinstance(arrived, GoodsDelivered)
    assert arrived.to_work_id == new_id
    assert len(told(world, new_id, MaterialReceived)) == 1
