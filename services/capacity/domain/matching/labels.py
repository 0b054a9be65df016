"""Plant labels: a dynamic programme over one chain that keeps, for every step at every plant, the ways that no other
beats in time, price and plants together. Plants are compared by their number, and one by one only where the buyer
limits them: so the fewest plants are a good guess otherwise, while the fastest and the cheapest are not.

The earliest of them is exact for chains and converging trees: transport and gaps are first in, first out, so nothing
is gained by finishing an input later. A step that feeds two others keeps its placement in every label, and only
labels that agree on it join. Two runs of one order on one line see each other; where two branches clash when they
join, both are placed again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.capacity.domain.matching.chain import Chain, Task
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.eligibility import Candidate
from services.capacity.domain.matching.placing import Placed, inflow, place, replay, trip_fen
from services.capacity.domain.matching.transport import Trip

_JOINED_MAX = 64
_FEW = 4


@dataclass(frozen=True, slots=True)
class Label:
    """A way to have a step done: *ready* when its output may leave, *fen* of all work and trips so far."""

    ready: int
    fen: int
    plants: frozenset[str]
    placed: Mapping[int, Placed]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A part placed whole: *arrives* at the buyer by *trip*, *fen* with all trips."""

    chain: Chain
    placed: Mapping[int, Placed]
    trip: Trip
    fen: int
    plants: frozenset[str]

    @property
    def arrives(self) -> int:
        return self.trip.arrives


@dataclass(frozen=True, slots=True)
class Stuck:
    """A chain that cannot be placed: *task* finds no place though its inputs are *placed* (one way of them)."""

    chain: Chain
    task: Task
    placed: Mapping[int, Placed]


def outcomes(context: Context, chain: Chain) -> list[Outcome] | Stuck:
    """The ways to place *chain* that no other beats in arrival, price and plants together, or where it is stuck."""
    by_task: list[list[Label]] = []
    for task in chain.tasks:
        joined = list(_joined(context, chain, task, by_task))
        found = _labels(context, chain, task, joined)
        if not found:
            return Stuck(chain, task, joined[0].placed if joined else {})
        by_task.append(found)
    last = chain.tasks[-1]
    delivered = [one for one in (_delivered(context, chain, label) for label in by_task[-1]) if one is not None]
    return undominated(delivered) or Stuck(chain, last, by_task[-1][0].placed)


def undominated(found: Iterable[Outcome]) -> list[Outcome]:
    """Those that no other beats, fastest first."""
    kept: list[Outcome] = []
    for one in sorted(found, key=lambda outcome: (outcome.arrives, outcome.fen, len(outcome.plants))):
        if not any(other.fen <= one.fen and other.plants <= one.plants for other in kept):
            kept.append(one)
    return kept


def _delivered(context: Context, chain: Chain, label: Label) -> Outcome | None:
    """On its way to the buyer; what is made before the buyer's window begins waits for a lorry that arrives within it."""
    last = label.placed[len(chain.tasks) - 1]
    destination, wanted = context.demand.deliver_to.district, context.deliver_from
    held = None if wanted is None else context.roads.ready_to_arrive(last.candidate.district, destination, wanted)
    ready = label.ready if held is None else max(label.ready, held)
    trip = context.roads.trip(last.candidate.district, destination, ready, chain.part.net, last.task.step.unit)
    if trip is None:
        return None
    return Outcome(chain, label.placed, trip, label.fen + trip.price_fen, label.plants)


def _labels(context: Context, chain: Chain, task: Task, joined: Sequence[Label]) -> list[Label]:
    if task.supplied is None:
        return []
    by_plant: dict[str, list[Label]] = {}
    bases = _Bases(context, task, joined)
    for candidate in task.candidates:
        for base in bases.worth_trying(candidate):
            label = _extended(context, chain, task, candidate, base)
            if label is not None:
                by_plant.setdefault(candidate.plant_id, []).append(label)
    return [one for labels in by_plant.values() for one in _best(context, labels, context.rules.labels_max)]


class _Bases:
    """Ways to have a task's inputs, and which of them are worth trying at a plant: those that no other beats in
    arrival there, price and plants. With a maximum lag or transfer batches a later arrival may be better, so all are.
    """

    def __init__(self, context: Context, task: Task, joined: Sequence[Label]) -> None:
        self._context, self._task, self._joined = context, task, joined
        self._came: dict[tuple[int, str], tuple[int, int] | None] = {}
        self._plain = all(feed.need.lag_minutes_max is None and not feed.need.transfer_quantity for feed in task.feeds)

    def worth_trying(self, candidate: Candidate) -> Sequence[Label]:
        if not self._plain or len(self._joined) < _FEW:
            return self._joined
        rows = []
        for i, base in enumerate(self._joined):
            came = self._arrival(i, base, candidate)
            if came is not None:
                count = len(base.plants) + (candidate.plant_id not in base.plants)
                rows.append((came[0], base.fen + came[1], count, i))
        kept: list[tuple[int, frozenset[str], Label]] = []
        for _, fen, _, i in sorted(rows):
            base = self._joined[i]
            plants = base.plants | {candidate.plant_id}
            if not any(other <= fen and self._context.as_few(theirs, plants) for other, theirs, _ in kept):
                kept.append((fen, plants, base))
        return [base for _, _, base in kept]

    def _arrival(self, i: int, base: Label, candidate: Candidate) -> tuple[int, int] | None:
        """When the last input is at the candidate's plant, and the price of bringing all of them."""
        at_home = self._context.plants.get(self._task.process_id) == candidate.plant_id or any(
            base.placed[feed.task].candidate.plant_id == candidate.plant_id for feed in self._task.feeds
        )
        key = (i, candidate.plant_id if at_home else candidate.district)
        if key not in self._came:
            self._came[key] = self._travel(base, candidate)
        return self._came[key]

    def _travel(self, base: Label, candidate: Candidate) -> tuple[int, int] | None:
        last, fen = 0, 0
        for feed in self._task.feeds:
            flow = inflow(self._context, self._task, feed, base.placed[feed.task], candidate)
            if flow is None:
                return None
            last = max(last, flow.begin)
            fen += trip_fen(self._context, feed, base.placed[feed.task], candidate)
        return last, fen


def _extended(context: Context, chain: Chain, task: Task, candidate: Candidate, base: Label) -> Label | None:
    """*base* with *task* on *candidate*; inputs are moved right where a maximum lag asks for it."""
    found = place(context, task, candidate, base.placed)
    if found is None:
        return None
    placed: Mapping[int, Placed]
    if isinstance(found, list):
        lines = {i: one.candidate for i, one in base.placed.items()} | {task.index: candidate}
        again = replay(context, chain, lines)
        if again is None:
            return None
        placed = again
    else:
        placed = {**base.placed, task.index: Placed(task, candidate, found)}
    fen = base.fen + candidate.price_fen
    fen += sum(trip_fen(context, feed, placed[feed.task], candidate) for feed in task.feeds)
    return Label(placed[task.index].ready, fen, base.plants | {candidate.plant_id}, placed)


def _joined(context: Context, chain: Chain, task: Task, by_task: Sequence[Sequence[Label]]) -> Iterator[Label]:
    """Every way to have all inputs of *task*: one label an input, agreeing on what they share."""
    joined = [Label(context.not_before, 0, frozenset(), {})]
    for feed in task.feeds:
        pairs = (_merged(context, chain, left, right) for left in joined for right in by_task[feed.task])
        joined = [one for one in pairs if one is not None]
        if len(joined) > _JOINED_MAX:
            joined = _best(context, joined, _JOINED_MAX)
    yield from joined


def _merged(context: Context, chain: Chain, left: Label, right: Label) -> Label | None:
    if not left.placed:
        return right
    shared = left.placed.keys() & right.placed.keys()
    if any(left.placed[i].candidate != right.placed[i].candidate for i in shared):
        return None
    placed: Mapping[int, Placed] = {**left.placed, **right.placed}
    if any(left.placed[i].at != right.placed[i].at for i in shared) or _clashes(placed.values()):
        again = replay(context, chain, {i: one.candidate for i, one in placed.items()})
        if again is None:
            return None
        placed = again
    plants = left.plants | right.plants
    return Label(max(left.ready, right.ready), _fen(context, placed), plants, placed)


def _clashes(placed: Iterable[Placed]) -> bool:
    by_line: dict[str, list[Placed]] = {}
    for one in placed:
        by_line.setdefault(one.candidate.line_id, []).append(one)
    return any(len(runs) > 1 for runs in by_line.values())


def _fen(context: Context, placed: Mapping[int, Placed]) -> int:
    work = sum(one.candidate.price_fen for one in placed.values())
    trips = (
        trip_fen(context, feed, placed[feed.task], one.candidate) for one in placed.values() for feed in one.task.feeds
    )
    return work + sum(trips)


def _best(context: Context, labels: Sequence[Label], count: int) -> list[Label]:
    """Undominated labels, at most *count*: the fastest, the cheapest and the one of fewest plants are always kept."""
    kept: list[Label] = []
    for one in sorted(labels, key=lambda label: (label.ready, label.fen, len(label.plants))):
        if not any(other.fen <= one.fen and context.as_few(other.plants, one.plants) for other in kept):
            kept.append(one)
    if len(kept) <= count:
        return kept
    first = [
        kept[0],
        min(kept, key=lambda label: (label.fen, label.ready)),
        min(kept, key=lambda label: (len(label.plants), label.ready)),
    ]
    rest = [one for one in kept if all(one is not chosen for chosen in first)]
    unique = [one for i, one in enumerate(first) if all(one is not before for before in first[:i])]
    return unique + rest[: count - len(unique)]
