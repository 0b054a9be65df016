"""Where a step may be made of the inputs there are: which ways of them are worth trying on a line, and which lines."""

from collections.abc import Sequence

from services.capacity.domain.matching.chain import Task
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.eligibility import Candidate
from services.capacity.domain.matching.hiding import Label, Open
from services.capacity.domain.matching.placing import inflow, trip_fen

_FEW = 4


class Bases:
    """Ways to have a task's inputs, and which of them are worth trying at a plant: those that no other beats in
    arrival there, cost and plants. With a maximum lag or transfer batches a later arrival may be better, so all are.
    """

    def __init__(self, context: Context, task: Task, joined: Sequence[Label], seen: Open) -> None:
        self._context, self._task, self._joined, self._seen = context, task, joined, seen
        self._came: dict[tuple[int, str], tuple[int, int] | None] = {}
        self._plain = seen.is_blind and all(
            feed.need.lag_minutes_max is None and not feed.need.transfer_quantity for feed in task.feeds
        )

    def candidates(self) -> Sequence[Candidate]:
        """Lines to try: all of them, or of too many those that finish first, in every district at least one, and the
        cheapest.
        """
        every, count = self._task.candidates, self._context.rules.candidates_max
        if len(every) <= count:
            return every
        rows = [one for one in map(self._first_finish, every) if one is not None]
        if len(rows) <= count:
            return [one for _, _, one in rows]
        rows.sort(key=lambda row: (row[0], row[1]))
        chosen: dict[str, Candidate] = {}
        by_district = {row[2].district: row[2] for row in reversed(rows)}
        for one in by_district.values():
            chosen[one.line_id] = one
        for _, _, one in rows[: count - count // 2]:
            chosen[one.line_id] = one
        for _, _, one in sorted(rows, key=lambda row: (row[1], row[0]))[: count // 2]:
            chosen[one.line_id] = one
        return list(chosen.values())

    def _first_finish(self, candidate: Candidate) -> tuple[int, int, Candidate] | None:
        """When the step can be finished on the line, with the inputs that come there first, and at what cost."""
        came = [one for i, base in enumerate(self._joined) if (one := self._arrival(i, base, candidate)) is not None]
        if not came:
            return None
        release = max(self._context.not_before, self._task.supplied or 0, min(came)[0])
        found = self._context.earliest(self._task.run, candidate, release, 0)
        if found is None:
            return None
        fen = min(fen for _, fen in came) + candidate.price_fen + self._context.setup_fen(found.setup)
        return found.ends, fen, candidate

    def worth_trying(self, candidate: Candidate) -> Sequence[Label]:
        if not self._plain or len(self._joined) < _FEW:
            return self._joined
        rows = []
        for i, base in enumerate(self._joined):
            came = self._arrival(i, base, candidate)
            if came is not None:
                count = len(base.plants) + (candidate.plant_id not in base.plants)
                rows.append((came[0], base.cost + came[1], count, i))
        kept: list[tuple[int, frozenset[str], Label]] = []
        for _, cost, _, i in sorted(rows):
            base = self._joined[i]
            plants = base.plants | {candidate.plant_id}
            if not any(other <= cost and self._context.as_few(theirs, plants) for other, theirs, _ in kept):
                kept.append((cost, plants, base))
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
