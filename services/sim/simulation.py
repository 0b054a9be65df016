"""The simulated platform: one seeded chance chooses, step by step, who does something next and what goes wrong."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import heapify, heappop
from random import Random
from typing import TypeVar

from services.embedded.house import House
from services.sim import clocks, faults
from services.sim.disk import Crash
from services.sim.faults import SERVICES, Fault, Weather
from services.sim.mortal import Grounds, MortalHouse
from services.sim.record import Trace
from services.sim.seams import Actor, Fresh, Invariant
from services.sim.sending import Sender, Sent
from services.sim.workers import Workers
from shared.clock import StoryClock
from shared.eventstore.handling import Done, Prepared
from shared.eventstore.port import PAGE_MAX, Head, LogUnavailable, Recorded
from shared.kernel.principal import Principal

R = TypeVar("R")
Move = tuple[str, Callable[[], str]]

JOBS_EVERY = timedelta(hours=4)  # a late run of a job stands for all that were missed
PAUSE_SECONDS = 4.0  # how long, in the mean, time moves on while somebody could work
RESTART_SECONDS_MAX = 20
RESTARTS_SLOWER_MAX = 32  # times that, when one start after the other fails


class Violated(Exception):
    """Something that must hold did not."""


class Simulation:
    """Satisfies `Platform`. *seed* makes all chance; equal arguments give equal runs."""

    def __init__(
        self,
        seed: str,
        grounds: Grounds,
        *,
        actors: Sequence[Actor],
        invariants: Sequence[Invariant],
        weather: Weather,
        begins: datetime,
        trace: Trace,
        sent: list[Sent],
    ) -> None:
        self.world = StoryClock(begins)
        self.trace, self.weather, self.actors, self.invariants = trace, weather, actors, invariants
        self.steps = self.events = self.deaths = 0
        self._chance = Random(f"{seed}/schedule")
        self._haste = {kind: self._chance.choice((1, 3, 9)) for kind in ("relay", "consumer", "views", "actor")}
        self._haste["time"] = 1
        self._clocks = {name: clocks.drawn(self.world, Random(f"{seed}/clock/{name}")) for name in SERVICES}
        self._minds = [Random(f"{seed}/{one.name}") for one in actors]
        self._wakes = [one.wakes_at() for one in actors]
        self._next_wake = min(self._wakes, default=None)
        self._turns = list(faults.turns(weather.coming))
        heapify(self._turns)
        self._jobs_at = begins + JOBS_EVERY
        for name, disk in grounds.disks.items():
            disk.weather, disk.chance = weather, Random(f"{seed}/disk/{name}")
        self._mortal = MortalHouse(grounds, self.world, self._clocks, weather, seed)
        self._workers = self._new_workers()
        self._seen = {name: log.tip for name, log in self._mortal.logs.items()}
        self._sender = Sender(self, Random(f"{seed}/senders"), sent)

    @property
    def house(self) -> House:
        return self._mortal.house

    def now(self, service: str = "") -> datetime:
        return self._clocks[service].now() if service else self.world.now()

    def command(
        self, service: str, principal: Principal, route: str, prepare: Callable[[], Prepared[R]]
    ) -> Done[R] | None:
        return self._sender.send(service, principal, route, prepare)

    def step(self, *, actors: bool = True, until: datetime | None = None) -> None:
        """Let one thing happen, and look whether everything still holds. Raises Violated."""
        self.steps += 1
        self._turn_weather()
        who, do = self._choose(actors=actors, until=until)
        number, at = self.steps, self.world.now()
        try:
            said = do()
        except Crash as crash:
            said = f"the process dies ({crash})"
            self.come_back()
        except Violated:
            raise
        except Exception as failure:
            raise Violated(f"{who} failed: {type(failure).__name__}: {failure}") from failure
        if who != "time":  # it writes nothing, and the next line says what time it is
            self.trace.note(at, number, who, said)
            self._look()

    def let(self, who: str, do: Callable[[], str]) -> None:
        """Let *who* do something beyond the choice of chance. Raises Violated, and what *do* raises."""
        self.trace.note(self.world.now(), self.steps, who, do())
        self._look()

    def is_idle(self) -> bool:
        return self._workers.next_at() is None

    def come_back(self) -> None:
        """A new process on what the disks hold; it may die again while it starts."""
        self.deaths += 1
        patience = 1
        while True:
            self.world.advance(timedelta(seconds=self._chance.uniform(1, RESTART_SECONDS_MAX * patience)))
            patience = min(2 * patience, RESTARTS_SLOWER_MAX)  # as those who start processes do
            self._turn_weather()
            try:
                self._mortal.rebuild()
            except (Crash, LogUnavailable):
                continue
            break
        self._workers = self._new_workers()

    def calm(self) -> None:
        """From now on nothing goes wrong, and what was held up is tried at once."""
        self.weather.clear()
        self._turns.clear()
        self._workers = self._new_workers()

    def run_jobs(self) -> str:
        """Let everything that is due by the clock be done. Raises Violated when a job fails of itself."""
        scheduler = self.house.scheduler
        ran = scheduler.run_due(self.world.now())
        for name, failure in scheduler.failures.items():
            if not failure.startswith(LogUnavailable.__name__):
                raise Violated(f"job {name} failed: {failure}")
        self._jobs_at = self.world.now() + JOBS_EVERY * self._chance.uniform(0.1, 2)
        return ", ".join(ran)

    def _choose(self, *, actors: bool, until: datetime | None) -> Move:
        now, haste = self.world.now(), self._haste
        ready = self._workers.ready(now)
        is_due = actors and self._next_wake is not None and self._next_wake <= now
        due = [number for number, at in enumerate(self._wakes) if at <= now] if is_due else []
        moves: list[Move] = []
        weights: list[int] = []
        for worker in ready:
            moves.append((worker.name, lambda one=worker: self._workers.run(one, now)))  # type: ignore[misc] # bound to this round
            weights.append(haste[worker.kind])
        for number in due:
            moves.append((self.actors[number].name, lambda one=number: self._act(one)))  # type: ignore[misc] # same
            weights.append(haste["actor"])
        if now >= self._jobs_at:
            moves.append(("jobs", self.run_jobs))
            weights.append(1)
        if not moves:
            return ("time", lambda: self._move_on(until, leap=True))
        moves.append(("time", lambda: self._move_on(until, leap=False)))
        weights.append(haste["time"])
        lot = self._chance.random() * sum(weights)
        for move, weight in zip(moves, weights, strict=True):
            lot -= weight
            if lot < 0:
                return move
        return moves[-1]

    def _act(self, number: int) -> str:
        actor = self.actors[number]
        try:
            return actor.act(self, self._minds[number])
        finally:
            self._wakes[number] = actor.wakes_at()
            self._next_wake = min(self._wakes)

    def _move_on(self, until: datetime | None, *, leap: bool) -> str:
        """To the next thing that is due; only a little while somebody could work."""
        now = self.world.now()
        wake, turn = self._next_wake, self._turns[0][0] if self._turns else None
        due = (self._jobs_at, wake, until, self._workers.next_at(), turn)
        later = min((at for at in due if at is not None and at > now), default=now + JOBS_EVERY)
        if not leap:
            later = min(later, now + timedelta(seconds=self._chance.expovariate(1 / PAUSE_SECONDS)))
        self.world.set(later)
        return "moves on"

    def _turn_weather(self) -> None:
        while self._turns and self._turns[0][0] <= self.world.now():
            _, _, begins, fault = heappop(self._turns)
            if not begins:
                self.weather.end(fault)
                continue
            self.weather.begin(fault)
            if fault.kind in faults.MOMENTS:
                self._befall(fault)

    def _befall(self, fault: Fault) -> None:
        self.weather.hit(fault.kind)
        self.trace.note(self.world.now(), self.steps, "fault", fault.name)
        if fault.kind == "clock-leap":
            self._clocks[fault.where].leap(timedelta(seconds=fault.strength))
        else:
            self.come_back()

    def _look(self) -> None:
        fresh = self._fresh()
        if not fresh:
            return
        for name, events in fresh.items():
            self.events += len(events)
            self._workers.grown(name, self.world.now())
            self._mortal.logs[name].rest()
        for invariant in self.invariants:
            for found in invariant.after_step(self, fresh):
                raise Violated(f"{invariant.name}: {found}")

    def _fresh(self) -> Fresh:
        found: dict[str, list[Recorded]] = {}
        for name, log in self._mortal.logs.items():
            while self._seen[name] < log.tip:
                page = log.read_all(self._seen[name], PAGE_MAX)
                found.setdefault(name, []).extend(page)
                self._seen[name] = page[-1].position
        return found

    def _new_workers(self) -> Workers:
        return Workers(self.house, self._mortal.broker, self.weather, self._chance, self.world.now())

    @property
    def heads(self) -> Mapping[str, Head]:
        return {name: log.head() for name, log in self._mortal.logs.items()}
