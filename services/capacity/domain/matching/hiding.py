"""Which ways to have a step done are worth keeping. A way hides another that is later, dearer and in more plants, but
only as long as the steps that are still to come cannot tell the two apart.

They can tell by two things: the line of a step whose place is not settled yet (another branch eats of it too, or a
maximum lag or transfer batches may make a later finish the better one), and time taken on lines that they may want.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import or_

from services.capacity.domain.matching.chain import Chain, Feed, Task
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.placing import Placed

_OF_KINDS_MAX = 48  # ways kept for one step at one plant where steps to come can tell them apart


Wanted = Mapping[str, set[int]]  # line -> tasks that it may run


@dataclass(frozen=True, slots=True)
class Label:
    """A way to have a step done: *ready* when its output may leave, *fen* of all work and trips so far, *cost* the
    same with the hours of set-up.
    """

    ready: int
    fen: int
    cost: int
    plants: frozenset[str]
    placed: Mapping[int, Placed]


@dataclass(frozen=True, slots=True)
class Open:
    """What steps to come can tell of a way: the lines of *loose* tasks, what it takes of *wanted* lines, and at which
    plants its *inputs* lie (of ways to have several of them).
    """

    loose: tuple[int, ...]
    wanted: frozenset[str]
    inputs: tuple[int, ...] = ()

    @property
    def is_blind(self) -> bool:
        return not self.loose and not self.wanted

    def kind(self, label: Label) -> tuple[str, ...]:
        lines = tuple(label.placed[i].candidate.line_id for i in self.loose)
        return lines + tuple(label.placed[i].candidate.plant_id for i in self.inputs)

    def takes(self, label: Label) -> frozenset[tuple[str, int, int]]:
        """(line, start, end) of runs on lines that steps to come may want."""
        rows = (one for one in label.placed.values() if one.candidate.line_id in self.wanted)
        return frozenset((one.candidate.line_id, one.at.starts, one.at.ends) for one in rows)


@dataclass(frozen=True, slots=True)
class Tell:
    """For one task: what can be told of ways to have its first input, its first two, and so on (*joins*), and of ways to
    have it done (*after*).
    """

    joins: tuple[Open, ...]
    after: Open

    @property
    def before(self) -> Open:
        """What can be told of ways to have all its inputs."""
        return self.joins[-1] if self.joins else Open((), frozenset())


def tells(chain: Chain) -> list[Tell]:
    """One a task, in their order."""
    above = needed(chain)
    users = _users(chain)
    wanted_by: dict[str, set[int]] = {}
    for task in chain.tasks:
        for one in task.candidates:
            wanted_by.setdefault(one.line_id, set()).add(task.index)
    shared = {line: tasks for line, tasks in wanted_by.items() if len(tasks) > 1}
    return [
        Tell(
            tuple(_joins(task, above, users, shared)),
            _open(above[task.index], users, shared),
        )
        for task in chain.tasks
    ]


def _joins(
    task: Task, above: Sequence[frozenset[int]], users: Mapping[int, list[tuple[int, Feed]]], shared: Wanted
) -> Iterator[Open]:
    done = accumulate((above[one.task] for one in task.feeds), or_)
    for count, tasks in enumerate(done, 1):
        inputs = tuple(one.task for one in task.feeds[:count]) if count > 1 else ()
        yield replace(_open(tasks, users, shared), inputs=inputs)


def needed(chain: Chain) -> list[frozenset[int]]:
    """task -> itself and all tasks that it needs."""
    found: list[frozenset[int]] = []
    for task in chain.tasks:
        found.append(frozenset({task.index}).union(*(found[feed.task] for feed in task.feeds)))
    return found


def _users(chain: Chain) -> Mapping[int, list[tuple[int, Feed]]]:
    """task -> who eats of it, and how."""
    found: dict[int, list[tuple[int, Feed]]] = {}
    for task in chain.tasks:
        for feed in task.feeds:
            found.setdefault(feed.task, []).append((task.index, feed))
    return found


def _open(done: frozenset[int], users: Mapping[int, list[tuple[int, Feed]]], shared: Wanted) -> Open:
    loose: set[int] = set()
    for i in sorted(done, reverse=True):
        eaten = users.get(i, [])
        outside = [feed for user, feed in eaten if user not in done]
        if (outside and len(eaten) > 1) or any(
            _is_elastic(feed) and (user not in done or user in loose) for user, feed in eaten
        ):
            loose.add(i)
    wanted = frozenset(line for line, tasks in shared.items() if tasks - done and tasks & done)
    return Open(tuple(sorted(loose)), wanted)


def _is_elastic(feed: Feed) -> bool:
    return feed.need.lag_minutes_max is not None or feed.need.transfer_quantity > 0


def best(context: Context, seen: Open, labels: Sequence[Label], count: int) -> list[Label]:
    """Labels that none hides, at most *count* and somewhat more of kinds that steps to come can tell apart; the fastest,
    the cheapest and the one of fewest plants are always kept.
    """
    ordered = sorted(labels, key=lambda label: (label.ready, label.cost, len(label.plants)))
    if seen.is_blind and not seen.inputs:
        return _few(_unhidden(context, ordered), count)
    by_kind: dict[tuple[object, ...], list[Label]] = {}
    for one in _unhidden_of_kinds(context, seen, ordered):
        by_kind.setdefault((seen.kind(one), seen.takes(one)), []).append(one)
    rows = [row for kind in by_kind.values() for row in enumerate(_few(kind, count))]
    rows.sort(key=lambda row: row[0])  # of every kind the first, then of every kind the second
    return [one for _, one in rows[: max(count, _OF_KINDS_MAX)]]


def _unhidden(context: Context, ordered: Iterable[Label]) -> list[Label]:
    kept: list[Label] = []
    for one in ordered:
        if not any(other.cost <= one.cost and context.as_few(other.plants, one.plants) for other in kept):
            kept.append(one)
    return kept


def _unhidden_of_kinds(context: Context, seen: Open, ordered: Iterable[Label]) -> list[Label]:
    kept: list[tuple[Label, tuple[str, ...], frozenset[tuple[str, int, int]]]] = []
    for one in ordered:
        kind, takes = seen.kind(one), seen.takes(one)
        if not any(
            other.cost <= one.cost and theirs == kind and taken <= takes and context.as_few(other.plants, one.plants)
            for other, theirs, taken in kept
        ):
            kept.append((one, kind, takes))
    return [one for one, _, _ in kept]


def _few(kept: list[Label], count: int) -> list[Label]:
    if len(kept) <= count:
        return kept
    first = [
        kept[0],
        min(kept, key=lambda label: (label.cost, label.ready)),
        min(kept, key=lambda label: (len(label.plants), label.ready)),
    ]
    rest = [one for one in kept if all(one is not chosen for chosen in first)]
    unique = [one for i, one in enumerate(first) if all(one is not before for before in first[:i])]
    return unique + rest[: count - len(unique)]
