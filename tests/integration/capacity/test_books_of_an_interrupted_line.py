"""What capacity tells of a line that breaks down under a run, is mended early and runs on keeps the ledger's books true."""

from collections import Counter
from datetime import timedelta

import orjson

from services.capacity.handlers.breakdowns import Outage
from services.capacity.handlers.production import Output
from shared.contracts import capacity, line_time
from shared.contracts.envelope import Fact
from shared.contracts.planning import RecipeInput
from shared.contracts.registry import FACTS
from tests.support.capacity_world import World, accepts, asks, capacity_world
from tests.support.ledger_house import LedgerHouse
from tests.support.planning_world import at, capability, demand_line, line, step, variant
from tests.support.utilization_recomputed import line_days

CANS = demand_line(4_000, variant(step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body"))))


def output(good: int) -> Output:
    return Output(good, 5, 0, "can", None, (), None, None)


def a_broken_and_mended_run(world: World) -> None:
    handlers, owner, clock = world.service.handlers, world.owner("p1"), world.clock
    quote = next(one for one in world.tell(asks(CANS)) if isinstance(one, capacity.QuoteOffered))
    facts = world.tell(accepts(quote.quote_id, quote.options[0]))
    confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
    body = confirmed.work_ids[confirmed.option.steps[0].process_id]
    world.do(lambda: handlers.production.start(body, owner, None))
    clock.advance(timedelta(hours=1))
    world.do(lambda: handlers.production.report(body, "rpt_1", owner, output(900)))
    outage = Outage(clock.now(), at(49), "breakdown")
    world.do(lambda: handlers.breakdowns.break_line("b1", "stp_1", owner, outage))
    clock.set(at(10))
    world.do(lambda: handlers.breakdowns.mend_line("b1", "stp_1", owner))
    clock.set(at(14))
    world.do(lambda: handlers.production.report(body, "rpt_2", owner, output(3_050)))
    world.do(lambda: handlers.production.finish(body, owner, None))


def told(world: World) -> list[Fact]:
    return [fact for fact in world.facts_since(0) if type(fact) in line_time.FACTS.values()]


def test_the_books_stay_true() -> None:
    world = capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")))
    a_broken_and_mended_run(world)
    ledger = LedgerHouse()
    ledger.clock.set(world.clock.now())
    ledger.tell(*told(world))
    ledger.settle()
    faults = [(one.name, one.found) for one in ledger.service.audit.checks() if not one.passed]
    assert faults == []


def test_a_line_that_breaks_with_nothing_on_it_could_not_be_had_until_it_is_mended() -> None:
    """Available becomes unattainable, though the factory's guess was longer; nothing counts as taken back."""
    world = capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")))
    breakdowns, owner = world.service.handlers.breakdowns, world.owner("p1")
    world.clock.set(at(2))
    world.do(lambda: breakdowns.break_line("b1", "stp_1", owner, Outage(at(1), at(49), "breakdown")))
    world.clock.set(at(10))
    world.do(lambda: breakdowns.mend_line("b1", "stp_1", owner))
    raw = [{"type": FACTS.name_of(fact), "data": orjson.loads(FACTS.encode(fact))} for fact in told(world)]
    accounts = Counter[str]()
    for (_, account), seconds in line_days(raw, "b1").items():
        accounts[account] += seconds
    assert accounts["unattainable"] == 9 * 3_600
    assert not accounts["withdrawn"]
    ledger = LedgerHouse()
    ledger.clock.set(world.clock.now())
    ledger.tell(*told(world))
    ledger.settle()
    assert [(one.name, one.found) for one in ledger.service.audit.checks() if not one.passed] == []
