"""Plant labels: a dynamic programme over one chain that keeps, for every step at every plant, the ways that no other
beats in time, cost and plants together. Plants are compared by their number, and one by one only where the buyer
limits them: so the fewest plants are a good guess otherwise, while the fastest and the cheapest are not.

The earliest of them is exact for chains and converging trees: transport and gaps are first in, first out, so nothing
is gained by finishing an input later. Where later steps can tell two ways apart none hides the other (`hiding`); where
two branches take the same line they are tried in every order (`joining`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.capacity.domain.matching.bases import Bases
from services.capacity.domain.matching.chain import Chain, Task
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.eligibility import Candidate
from services.capacity.domain.matching.hiding import Label, Tell, best, tells
from services.capacity.domain.matching.joining import cost_of, joined, orders
from services.capacity.domain.matching.placing import Placed, place, replay, trip_fen
from services.capacity.domain.matching.transport import Trip


@dataclass(frozen=True, slots=True)
class Outcome:
    """A part placed whole: *arrives* at the buyer by *trip*, *fen* with all trips, *cost* with the set-ups as well."""

    chain: Chain
    placed: Mapping[int, Placed]
    trip: Trip
    fen: int
    cost: int
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
    """The ways to place *chain* that no other beats in arrival, cost and plants together, or where it is stuck."""
    by_task: list[list[Label]] = []
    for task, tell in zip(chain.tasks, tells(chain), strict=True):
        ways_in = joined(context, chain, task, by_task, tell)
        found = _labels(context, chain, task, ways_in, tell)
        if not found:
            return Stuck(chain, task, ways_in[0].placed if ways_in else {})
        by_task.append(found)
    last = chain.tasks[-1]
    delivered = [one for one in (_delivered(context, chain, label) for label in by_task[-1]) if one is not None]
    return undominated(delivered) or Stuck(chain, last, by_task[-1][0].placed)


def undominated(found: Iterable[Outcome]) -> list[Outcome]:
    """Those that no other beats, fastest first."""
    kept: list[Outcome] = []
    for one in sorted(found, key=lambda outcome: (outcome.arrives, outcome.cost, len(outcome.plants))):
        if not any(other.cost <= one.cost and other.plants <= one.plants for other in kept):
            kept.append(one)
    return kept


def _delivered(context: Context, chain: Chain, label: Label) -> Outcome | None:
    """On its way to the buyer; what is made before the buyer's window begins waits for a lorry that arrives within it."""
    last = label.placed[len(chain.tasks) - 1]
    destination, wanted = context.demand.deliver_to.district, context.deliver_from
    held = None if wanted is None else context.roads.ready_to_arrive(last.candidate.district, destination, wanted)
    ready = label.ready if held is None else max(label.ready, held)
    trip = context.roads.trip(
        last.candidate.district,
        destination,
        ready,
        chain.part.net,
        last.task.step.unit,
        cold_band=chain.part.line.cold_band,
    )
    if trip is None:
        return None
    more = trip.price_fen
    return Outcome(chain, label.placed, trip, label.fen + more, label.cost + more, label.plants)


def _labels(context: Context, chain: Chain, task: Task, ways_in: Sequence[Label], tell: Tell) -> list[Label]:
    if task.supplied is None:
        return []
    by_plant: dict[str, list[Label]] = {}
    bases = Bases(context, task, ways_in, tell.before)
    for candidate in bases.candidates():
        for base in bases.worth_trying(candidate):
            label = _extended(context, chain, task, candidate, base)
            if label is not None:
                by_plant.setdefault(candidate.plant_id, []).append(label)
    return [one for labels in by_plant.values() for one in best(context, tell.after, labels, context.rules.labels_max)]


def _extended(context: Context, chain: Chain, task: Task, candidate: Candidate, base: Label) -> Label | None:
    """*base* with *task* on *candidate*; inputs are moved right where a maximum lag asks for it."""
    found = place(context, task, candidate, base.placed)
    if found is None:
        return None
    plants = base.plants | {candidate.plant_id}
    if isinstance(found, list):
        again = _moved(context, chain, task, candidate, base)
        if again is None:
            return None
        return Label(again[task.index].ready, *cost_of(context, again), plants, again)
    placed = {**base.placed, task.index: Placed(task, candidate, found)}
    fen = candidate.price_fen + sum(trip_fen(context, feed, placed[feed.task], candidate) for feed in task.feeds)
    cost = base.cost + fen + context.setup_fen(found.setup)
    return Label(placed[task.index].ready, base.fen + fen, cost, plants, placed)


def _moved(
    context: Context, chain: Chain, task: Task, candidate: Candidate, base: Label
) -> Mapping[int, Placed] | None:
    """All from scratch, inputs as late as *task* needs them; runs that share a line in the order in which they stood, and
    in every other.
    """
    lines = {i: one.candidate for i, one in base.placed.items()} | {task.index: candidate}
    count = Counter(one.candidate.line_id for one in base.placed.values())
    clashing = [i for i, one in base.placed.items() if count[one.candidate.line_id] > 1]
    stood = (*sorted(base.placed, key=lambda i: (base.placed[i].at.runs_from, i)), task.index)
    tried = (replay(context, chain, lines, one) for one in dict.fromkeys([stood, *orders(chain, lines, clashing)]))
    return min((one for one in tried if one is not None), key=lambda one: one[task.index].ready, default=None)
