"""The optimum of a case by OR-Tools CP-SAT, written from the rules of the trade and not from the planning code.

On a line only open cells are counted, so that a run is an interval of fixed length there: it lies in one gap between the
line's bookings, after the set-up from the run before and leaving the set-up of the run after. Runs of the order itself
that share a line stand in either order, with their set-up between them. Lorries leave between 06:00 and 20:00.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from ortools.sat.python import cp_model

from services.bench.exact.cases import BUYER, Case, Line
from services.bench.exact.clock import Clock, Place, first_departure, travel

CELLS = 1_400
_DAY = 240
_SECONDS_MAX = 60


class Unsolved(Exception):
    """The solver proved neither an optimum nor that there is no plan."""


@dataclass(frozen=True)
class _Run:
    """A step on one line: *at* counts open cells of the line; no output of it leaves before *soonest*."""

    line: Line
    length: int
    soonest: int
    chosen: cp_model.IntVar
    at: cp_model.IntVar


@dataclass
class _Model:
    """*until*: no cell from it on is looked at. *begins*, *leaves*: a step -> wall cells of its run's begin, and of when
    its output may leave; *departs*: the first lorry after that.
    """

    case: Case
    until: int
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    runs: list[list[_Run]] = field(default_factory=list)
    begins: list[cp_model.IntVar] = field(default_factory=list)
    leaves: list[cp_model.IntVar] = field(default_factory=list)
    departs: list[cp_model.IntVar] = field(default_factory=list)

    def solved(self) -> int | None:
        for i in range(len(self.case.steps)):
            self._step(i)
        if not all(self.runs):
            return None
        self._own_runs_apart()
        self._inputs()
        soonest = min(first_departure(one.soonest) + travel(one.line.district, BUYER) for one in self.runs[-1])
        if soonest > self.until:
            return None
        arrives = self.model.new_int_var(soonest, self.until, "arrives")
        for one in self.runs[-1]:
            self.model.add(arrives >= self.departs[-1] + travel(one.line.district, BUYER)).only_enforce_if(one.chosen)
        self.model.minimize(arrives)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = _SECONDS_MAX
        found = solver.solve(self.model)
        if found == cp_model.INFEASIBLE:
            return None
        if found != cp_model.OPTIMAL:
            raise Unsolved(f"case {self.case.number}: {solver.status_name(found)} after {_SECONDS_MAX} s")
        return round(solver.objective_value)

    def _step(self, i: int) -> None:
        """Step *i* on one of the lines that have room for it."""
        self.begins.append(self.model.new_int_var(0, self.until, f"begins{i}"))
        self.leaves.append(self.model.new_int_var(0, self.until, f"leaves{i}"))
        self.departs.append(self.model.new_int_var(0, self.until + _DAY, f"departs{i}"))
        lorries = [first_departure(cell) for cell in range(self.until + 1)]
        self.model.add_element(self.leaves[i], lorries, self.departs[i])
        able = [line for line in self.case.lines if self.case.steps[i].code in line.cells]
        self.runs.append([run for line in able if (run := self._on_line(i, line)) is not None])
        self.model.add_exactly_one(one.chosen for one in self.runs[i])

    def _on_line(self, i: int, line: Line) -> _Run | None:
        """In one gap of the line, if it is chosen, with wall times by the line's clock."""
        step, clock = self.case.steps[i], Clock(line, self.until)
        length = line.cells[step.code] * step.share
        since = self._inputs_there(i, line)
        places = [
            one for gap in clock.gaps(self.case, step) for one in clock.places(gap, length) if one.starts >= since
        ]
        if not places:
            return None
        chosen = self.model.new_bool_var(f"{i}on{line.name}")
        at = self.model.new_int_var(0, places[-1].at, f"at{i}{line.name}")
        starts = self.model.new_int_var(0, self.until, f"starts{i}{line.name}")
        ends = self.model.new_int_var(0, self.until, f"ends{i}{line.name}")
        self.model.add_allowed_assignments([at, starts, ends], _rows(places))
        self.model.add(self.begins[i] == starts).only_enforce_if(chosen)
        self.model.add(self.leaves[i] == ends + step.quarantine).only_enforce_if(chosen)
        self.model.add(at == places[0].at).only_enforce_if(~chosen)
        return _Run(line, length, places[0].ends + step.quarantine, chosen, at)

    def _inputs_there(self, i: int, line: Line) -> int:
        """No run of step *i* on *line* begins earlier: each input at its soonest, whatever line makes it."""
        since = self.case.start
        for feed in self.case.steps[i].feeds:
            came = [
                one.soonest
                if one.line.plant == line.plant
                else first_departure(one.soonest) + travel(one.line.district, line.district)
                for one in self.runs[feed.step]
            ]
            since = max(since, min(came, default=self.until) + feed.lag_min)
        return since

    def _own_runs_apart(self) -> None:
        """Of two steps on one line one comes first, and the other after it with its set-up between."""
        for i, j in combinations(range(len(self.runs)), 2):
            there = self.case.setup(self.case.steps[i].design, self.case.steps[j].design)
            back = self.case.setup(self.case.steps[j].design, self.case.steps[i].design)
            for one, other in product(self.runs[i], self.runs[j]):
                if one.line.name == other.line.name:
                    first = self.model.new_bool_var(f"{i}before{j}on{one.line.name}")
                    both = [one.chosen, other.chosen]
                    self.model.add(other.at >= one.at + one.length + there).only_enforce_if([*both, first])
                    self.model.add(one.at >= other.at + other.length + back).only_enforce_if([*both, ~first])

    def _inputs(self) -> None:
        """A run begins once each input is there, by lorry from another plant, and within the lags."""
        plants = sorted({(line.plant, line.district) for line in self.case.lines})
        made_at = [{plant: self._at_plant(rows, plant) for plant, _ in plants} for rows in self.runs]
        for j, step in enumerate(self.case.steps):
            for feed in step.feeds:
                came = self.model.new_int_var(0, 2 * CELLS, f"came{feed.step}to{j}")
                for (plant, district), (other, place) in product(plants, plants):
                    here, there = made_at[feed.step][plant], made_at[j][other]
                    if here is None or there is None:
                        continue
                    by_lorry = self.departs[feed.step] + travel(district, place)
                    there_at = self.leaves[feed.step] if plant == other else by_lorry
                    self.model.add(came == there_at).only_enforce_if(here, there)
                self.model.add(self.begins[j] >= came + feed.lag_min)
                if feed.lag_max is not None:
                    self.model.add(self.begins[j] <= came + feed.lag_max)

    def _at_plant(self, runs: Sequence[_Run], plant: str) -> cp_model.IntVar | None:
        """Whether the step is made at *plant*; None: it cannot be."""
        here = [one.chosen for one in runs if one.line.plant == plant]
        if len(here) < 2:
            return here[0] if here else None
        found = self.model.new_bool_var(plant)
        self.model.add(sum(here) == found)
        return found


def _rows(places: Sequence[Place]) -> list[tuple[int, int, int]]:
    return [(one.at, one.starts, one.ends) for one in places]


def optimum(case: Case, until: int = CELLS) -> int | None:
    """The cell at which the goods can be at the buyer's at the earliest; None when they cannot be there by *until*.

    Raises Unsolved when the solver proves nothing within a minute.
    """
    return _Model(case, until).solved()
