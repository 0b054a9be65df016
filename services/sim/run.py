"""One run: a seed's world lives through its days, faults stop, everything drains, and what is left is judged."""

import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from time import process_time

from services.embedded import checks
from services.embedded.house import House
from services.sim import faults
from services.sim.faults import Weather
from services.sim.genesis import Genesis
from services.sim.invariants.acknowledged import Acknowledged
from services.sim.invariants.drained import Drained
from services.sim.invariants.logs import Contiguous
from services.sim.invariants.once import AppliedOnce
from services.sim.invariants.replayed import Replayed
from services.sim.mortal import Grounds
from services.sim.record import TAIL_LINES, Outcome, Plan, Trace
from services.sim.seams import Invariant
from services.sim.sending import Sent
from services.sim.simulation import Simulation, Violated
from services.terminal import Check

STARTS_DAYS_MAX = 330  # after the founding in December: winter lulls and summer peaks
DRAIN_STEPS_MAX = 20_000
STEPS_MAX = 500_000  # a run that goes on for longer will never end
REBUILT = 0.25  # of all seeds, whose views are folded anew at the end and whose books are added up
SQLITE_EVERY = 4  # of so many seeds, one runs on files


def engine_of(plan: Plan) -> str:
    return plan.engine or ("sqlite" if plan.seed % SQLITE_EVERY == 0 else "memory")


def run(plan: Plan, genesis: Genesis, *, trace_lines: int | None = TAIL_LINES) -> Outcome:
    """Run *plan* on a copy of the founded world. On the memory engine the world is used up: fork before."""
    with genesis.copied() as grounds:
        return _run(plan, genesis, grounds, Trace(trace_lines))


def _run(plan: Plan, genesis: Genesis, grounds: Grounds, trace: Trace) -> Outcome:
    began = process_time()
    chance, sent = Random(f"{plan.seed}/plan"), list[Sent]()
    begins = genesis.at + timedelta(minutes=chance.randrange(STARTS_DAYS_MAX * 24 * 60))
    ends = begins + timedelta(days=plan.days)
    drawn = faults.drawn(Random(f"{plan.seed}/faults"), begins, ends)
    weather = Weather(drawn, plan.without)
    everybody = genesis.life.cast(genesis.world, begins)
    actors = [one for one in everybody if one.name not in plan.without]
    invariants: list[Invariant] = [Contiguous(), AppliedOnce(grounds.disks), Acknowledged(sent), Drained(), Replayed()]
    invariants += genesis.life.laws(genesis.world)
    outcome = Outcome(
        plan, grounds.engine, names=[*(one.name for one in weather.coming), *(one.name for one in actors)]
    )
    simulation = Simulation(
        str(plan.seed),
        grounds,
        actors=actors,
        invariants=invariants,
        weather=weather,
        begins=begins,
        trace=trace,
        sent=sent,
    )
    try:
        steps_max = plan.steps_max or STEPS_MAX
        while simulation.world.now() < ends and simulation.steps < steps_max:
            simulation.step(until=ends)
        if simulation.steps >= STEPS_MAX:
            outcome.violations = [f"the run: comes to no end within {STEPS_MAX} steps"]
        elif simulation.steps < steps_max:
            _drain(simulation)
            luck = Random(f"{plan.seed}/last")
            _let(simulation, "the last", lambda: genesis.life.asks_last(genesis.world, simulation, luck))
            _let(simulation, "jobs", simulation.run_jobs)
            outcome.violations = _left_behind(simulation, is_rebuilt=chance.random() < REBUILT)
    except Violated as violated:
        outcome.violations = [str(violated)]
    except Exception as failure:  # noqa: BLE001 - a fault of the simulation itself fails its seed, which is told and shrunk
        traceback.print_exc()
        outcome.violations = [f"the run itself: {type(failure).__name__}: {failure}"]
    outcome.steps, outcome.events = simulation.steps, simulation.events
    outcome.days = (simulation.world.now() - begins) / timedelta(days=1)
    outcome.commands = dict(Counter(one.ended for one in sent))
    outcome.faults = dict(sorted(weather.hits.items()))
    outcome.digest, outcome.tail = trace.digest(simulation.heads), list(trace.tail)
    outcome.cpu_s = process_time() - began
    simulation.house.close()
    return outcome


def _drain(simulation: Simulation) -> None:
    """Nothing goes wrong any more and nobody asks for anything: all that is on its way arrives, soon."""
    simulation.calm()
    _let(simulation, "jobs", simulation.run_jobs)


def _let(simulation: Simulation, who: str, do: Callable[[], str]) -> None:
    """Let *who* do something more, and everything that follows from it arrive."""
    simulation.let(who, do)
    last = simulation.steps + DRAIN_STEPS_MAX
    while not simulation.is_idle():
        if simulation.steps >= last:
            raise Violated(f"the run: does not drain within {DRAIN_STEPS_MAX} steps")
        simulation.step(actors=False)


def _left_behind(simulation: Simulation, *, is_rebuilt: bool) -> list[str]:
    found = [f"{one.name}: {words}" for one in simulation.invariants for words in one.at_rest(simulation)]
    whole = checks.stored(simulation.house) if is_rebuilt else _lean(simulation.house)
    return found + [f"{one.name}: {one.found}" for one in whole if not one.passed]


def _lean(house: House) -> Iterator[Check]:
    """What can be checked without folding every view anew."""
    for service in house.services.values():
        yield checks.log_check(service)
        yield checks.parked_check(service)
