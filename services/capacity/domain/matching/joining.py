"""Bringing the inputs of a step together: one label an input, agreeing on what they share. Where two branches take the
same line their runs are placed again in every order, since either may be better first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, permutations

from services.capacity.domain.matching.chain import Chain, Task
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.hiding import Label, Open, Tell, best, needed
from services.capacity.domain.matching.placing import Placed, replay, trip_fen

_JOINED_MAX = 64
_ORDERS_MAX = 24


def joined(
    context: Context, chain: Chain, task: Task, by_task: Sequence[Sequence[Label]], tell: Tell
) -> Sequence[Label]:
    """Every way to have all inputs of *task*; of very many the best. *tell*: what steps to come can tell of them."""
    found = [Label(context.not_before, 0, 0, frozenset(), {})]
    for feed, seen in zip(task.feeds, tell.joins, strict=True):
        found = [
            one for left in found for right in by_task[feed.task] for one in _merged(context, chain, left, right, seen)
        ]
        if len(found) > _JOINED_MAX:
            found = best(context, seen, found, _JOINED_MAX)
    return found


def _merged(context: Context, chain: Chain, left: Label, right: Label, seen: Open) -> Iterator[Label]:
    if not left.placed:
        yield right
        return
    shared = left.placed.keys() & right.placed.keys()
    if any(left.placed[i].candidate != right.placed[i].candidate for i in shared):
        return
    placed: Mapping[int, Placed] = {**left.placed, **right.placed}
    plants = left.plants | right.plants
    clashing = _clashing(left, right, shared)
    if not clashing and all(left.placed[i].at == right.placed[i].at for i in shared):
        yield Label(max(left.ready, right.ready), *cost_of(context, placed), plants, placed)
        return
    lines = {i: one.candidate for i, one in placed.items()}
    for order in orders(chain, lines, clashing):
        again = replay(context, chain, lines, order)
        if again is not None:
            ready = max(again[i].ready for i in seen.inputs)
            yield Label(ready, *cost_of(context, again), plants, again)


def _clashing(left: Label, right: Label, shared: Iterable[int]) -> list[int]:
    """Tasks that only one side has, on a line that the other side takes too."""
    both = set(shared)
    here = {i: one.candidate.line_id for i, one in left.placed.items() if i not in both}
    there = {i: one.candidate.line_id for i, one in right.placed.items() if i not in both}
    lines = set(here.values()) & set(there.values())
    return sorted(i for i, line in (*here.items(), *there.items()) if line in lines)


def orders(chain: Chain, tasks: Iterable[int], clashing: Sequence[int]) -> list[tuple[int, ...]]:
    """Orders in which to place *tasks*, inputs first: one for every order of the clashing ones."""
    above, every = needed(chain), sorted(tasks)
    found: dict[tuple[int, ...], None] = {}
    for wanted in islice(permutations(clashing), _ORDERS_MAX):
        order: dict[int, None] = {}
        for last in (*wanted, *every):
            order.update(dict.fromkeys(sorted(above[last])))
        found[tuple(order)] = None
    return list(found)


def cost_of(context: Context, placed: Mapping[int, Placed]) -> tuple[int, int]:
    """Fen of all work and trips, and what they cost with the hours of set-up."""
    fen = sum(one.candidate.price_fen for one in placed.values()) + sum(
        trip_fen(context, feed, placed[feed.task], one.candidate) for one in placed.values() for feed in one.task.feeds
    )
    return fen, fen + sum(context.setup_fen(one.at.setup) for one in placed.values() if one.task.pin is None)
