"""What one matching run knows: the demand, the board with what this plan has taken already, and remembered searches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from services.capacity.domain.board import Board
from services.capacity.domain.bookings import Booking
from services.capacity.domain.changeover import Run
from services.capacity.domain.hours import seconds_of, seconds_up
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.matching.earliest import Placement, Search, Window, earliest
from services.capacity.domain.matching.eligibility import Candidate
from services.capacity.domain.matching.problem import Demand
from services.capacity.domain.matching.rules import PlanningRules
from services.capacity.domain.matching.transport import Roads
from shared.contracts.planning import DemandLine

_HOUR = 3_600


def has_own_terms(line: DemandLine) -> bool:
    """Whether the line goes elsewhere, or at another time, than the rest of its order."""
    return line.deliver_to is not None or line.requested_by is not None


@dataclass(frozen=True)
class Context:
    """*at*, *not_before* and *horizon* in seconds since 1970. *ignored*: slot and quote ids that take no time.

    *setup_fen_per_hour*: what an hour of set-up weighs beside the price.
    *banned*: process id -> plants that may not make it. *print_plants*: design -> the only plant that may print it.
    *used*: item -> units of the buyer's supplies that other parts of the plan eat. *taken*: line id -> the line with
    what the plan has placed on it. *plants*: process id -> its plant in the plan that is changed; empty for a new one.
    *together*: when the rest of the order arrives, for which goods wait; None: for nothing.
    *only_plant*: the one that makes everything, "" where several may.
    """

    demand: Demand
    board: Board
    rules: PlanningRules
    roads: Roads
    at: int
    at_us: int
    not_before: int
    horizon: int
    ignored: frozenset[str] = frozenset()
    banned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    print_plants: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, LineOnBoard] = field(default_factory=dict)
    plants: Mapping[str, str] = field(default_factory=dict)
    setup_fen_per_hour: int = 0
    remembered: dict[tuple[object, ...], Placement | None] = field(default_factory=dict)
    only_plant: str = ""
    together: int | None = None

    def of_line(self, line: DemandLine) -> "Context":
        """The context in which *line* is planned: with its own date, window and place where it has them."""
        if not has_own_terms(line):
            return self
        demand = msgspec.structs.replace(
            self.demand,
            deliver_to=line.deliver_to or self.demand.deliver_to,
            requested_by=line.requested_by or self.demand.requested_by,
            deliver_from=self.demand.deliver_from if line.requested_by is None else line.requested_from,
        )
        return replace(self, demand=demand, together=None)

    @property
    def requested_by(self) -> int:
        return seconds_of(self.demand.requested_by)

    @property
    def deliver_from(self) -> int | None:
        wanted = self.demand.deliver_from
        return None if wanted is None else seconds_up(wanted)

    def setup_fen(self, seconds: int) -> int:
        """What *seconds* of set-up weigh when plans are compared; no part of the price."""
        return seconds * self.setup_fen_per_hour // _HOUR

    def as_few(self, some: frozenset[str], others: frozenset[str]) -> bool:
        """Whether nothing is lost, as far as plants go, by taking *some* rather than *others*."""
        return len(some) <= len(others) if self.demand.limits.plants_max is None else some <= others

    def line(self, line_id: str) -> LineOnBoard:
        return self.taken.get(line_id) or self.board.line(line_id)

    @property
    def wanted_from(self) -> int | None:
        """When finished goods are let in: with the buyer's window, and with the rest of the order; None: at once."""
        known = [one for one in (self.deliver_from, self.together) if one is not None]
        return max(known, default=None)

    def begun_at(self, not_before: int) -> "Context":
        """The context in which nothing starts before *not_before* either."""
        return replace(self, not_before=max(self.not_before, not_before), remembered={})

    def search(self, line: LineOnBoard, run: Run, seconds: int, windows: tuple[Window, ...]) -> Search:
        fence = self.at + line.master.frozen_fence_hours * _HOUR
        return Search(
            line=line,
            run=run,
            seconds=seconds,
            not_before=max(self.not_before, fence),
            windows=windows,
            at_us=self.at_us,
            ignored=self.ignored,
            load_cap_seconds=line.master.load_cap_hours_per_week * _HOUR,
        )

    def earliest(
        self, run: Run, candidate: Candidate, release: int, end_min: int, own: Sequence[Booking] = ()
    ) -> Placement | None:
        """The earliest placement of *run* on the candidate's line; remembered, unless *own* runs stand there too."""
        line = self.line(candidate.line_id)
        if own:
            search = self.search(line.plus(own), run, candidate.seconds, candidate.windows)
            return earliest(search, release, end_min)
        key = (line.line_id, run, candidate.seconds, candidate.windows, release, end_min)
        if key not in self.remembered:
            search = self.search(line, run, candidate.seconds, candidate.windows)
            self.remembered[key] = earliest(search, release, end_min)
        return self.remembered[key]

    def with_taken(self, bookings: Mapping[str, list[Booking]]) -> "Context":
        """The context after line id -> *bookings* were placed."""
        lines = {line_id: self.line(line_id).plus(more) for line_id, more in bookings.items()}
        return replace(self, taken={**self.taken, **lines}, remembered={})

    def supplied_at(self, item: str, quantity: int) -> int | None:
        """When so much of the buyer's *item* has arrived beyond what is used; None when never."""
        needed = quantity + self.used.get(item, 0)
        for supply in sorted(self.demand.supplies, key=lambda one: one.arrives_at):
            if supply.item == item:
                needed -= supply.quantity
                if needed <= 0:
                    return seconds_up(supply.arrives_at)
        return None
