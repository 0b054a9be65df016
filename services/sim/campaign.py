"""Many seeds over a few processes: the world is founded once an engine, each seed lives in a fork of it."""

import multiprocessing
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.context import ForkContext, ForkProcess
from multiprocessing.queues import SimpleQueue
from multiprocessing.sharedctypes import Synchronized
from statistics import median

import msgspec

from services.sim.forked import forked
from services.sim.genesis import Genesis, founded
from services.sim.mortal import ENGINES
from services.sim.record import TAIL_LINES, Outcome, Plan
from services.sim.run import engine_of
from services.sim.seams import Life

Geneses = Mapping[str, Genesis]
_fork: ForkContext = multiprocessing.get_context("fork")


class Summary(msgspec.Struct):
    """What a campaign came to, added up. Times are processor seconds of the seeds alone."""

    seeds: int = 0
    failed: list[Outcome] = []
    days: float = 0.0
    events: int = 0
    steps: int = 0
    commands: Counter[str] = msgspec.field(default_factory=Counter)
    faults: Counter[str] = msgspec.field(default_factory=Counter)
    engines: Counter[str] = msgspec.field(default_factory=Counter)
    cpu_s: list[float] = []

    def add(self, outcome: Outcome) -> None:
        self.seeds += 1
        self.days += outcome.days
        self.events += outcome.events
        self.steps += outcome.steps
        self.commands.update(outcome.commands)
        self.faults.update(outcome.faults)
        self.engines[outcome.engine] += 1
        self.cpu_s.append(outcome.cpu_s)
        if not outcome.passed:
            self.failed.append(outcome)
            self.failed.sort(key=lambda one: one.plan.seed)

    @property
    def cpu_s_median(self) -> float:
        return median(self.cpu_s) if self.cpu_s else 0.0


@contextmanager
def prepared(life: Life, plan: Plan, seeds: int) -> Iterator[Geneses]:
    """The founded worlds that *seeds* seeds from *plan*'s on need."""
    wanted = {engine_of(msgspec.structs.replace(plan, seed=plan.seed + one)) for one in range(min(seeds, 8))}
    with ExitStack() as stack:
        yield {engine: stack.enter_context(founded(life, engine)) for engine in ENGINES if engine in wanted}


def replay(plan: Plan, geneses: Geneses, *, trace_lines: int | None = None) -> Outcome:
    """*plan* once, in a process of its own. One that breaks off fails like any other, and can be seen again."""
    try:
        return forked(plan, geneses[engine_of(plan)], trace_lines=trace_lines)
    except ChildProcessError as failure:
        return Outcome(plan, violations=[f"the run broke off: {failure}"])


def started(geneses: Geneses, plan: Plan, seeds: int, workers: int) -> Iterator[Outcome]:
    """Begin to run *plan* for so many seeds from its own on, at once; gives outcomes as they end.

    The helpers are forked here and now: afterwards the caller may have threads again.
    """
    next_seed, answers = _fork.Value("q", plan.seed), _fork.SimpleQueue()
    last = plan.seed + seeds - 1

    def work() -> None:
        while (seed := _taken(next_seed)) <= last:
            answers.put(_one(msgspec.structs.replace(plan, seed=seed), geneses))

    helpers = [_fork.Process(target=work, daemon=True) for _ in range(min(workers, seeds))]
    for helper in helpers:
        helper.start()
    return _answered(answers, helpers, seeds)


def _answered(answers: "SimpleQueue[bytes]", helpers: Sequence[ForkProcess], seeds: int) -> Iterator[Outcome]:
    for _ in range(seeds):
        yield msgspec.msgpack.decode(answers.get(), type=Outcome)
    for helper in helpers:
        helper.join()


def _taken(counter: "Synchronized[int]") -> int:
    with counter.get_lock():
        seed = counter.value
        counter.value += 1
        return seed


def _one(plan: Plan, geneses: Geneses) -> bytes:
    return msgspec.msgpack.encode(replay(plan, geneses, trace_lines=TAIL_LINES))
