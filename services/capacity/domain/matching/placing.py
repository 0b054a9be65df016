"""Putting one task on one line after its inputs, and a whole assignment of lines from scratch: lags, transfer batches,
transport and the order's own other runs included.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.capacity.domain.bookings import Booking
from services.capacity.domain.matching.chain import Chain, Feed, Task
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.earliest import Placement
from services.capacity.domain.matching.eligibility import Candidate
from shared.kernel.rounding import ceil_div

_MINUTE = 60
_ROUNDS_MAX = 32


@dataclass(frozen=True, slots=True)
class Placed:
    """A task on a line at a time."""

    task: Task
    candidate: Candidate
    at: Placement

    @property
    def ready(self) -> int:
        """When its output may leave: the end of the run and the quarantine after it."""
        return self.at.ends + self.task.step.last_lag_minutes * _MINUTE

    def booking(self) -> Booking:
        """The run as an obstacle for others of the same plan."""
        start, _, end, setup = self.at
        busy = setup + self.candidate.seconds
        return Booking(start, end, self.task.process_id, "", "", (), setup, busy, 0, self.task.run)


class Inflow(NamedTuple):
    """When an input lets a run begin, before which the run may not end, and by when it must have begun (None: any)."""

    begin: int
    end_min: int
    latest: int | None


class Late(NamedTuple):
    """A maximum lag is broken: task *feed* must end no earlier than *end_min*."""

    feed: int
    end_min: int


def leaves(context: Context, task: Task, source: Placed, candidate: Candidate, ready: int) -> int:
    """When output of *source* that is ready at *ready* may leave for *task* on *candidate*: for a plant that nobody had
    thought of when it was made, now at the earliest.
    """
    planned_at = context.plants.get(task.process_id, candidate.plant_id)
    is_elsewhere = task.pin is None and source.task.pin is not None and planned_at != candidate.plant_id
    return max(ready, context.at) if is_elsewhere else ready


def inflow(context: Context, task: Task, feed: Feed, source: Placed, candidate: Candidate) -> Inflow | None:
    """How *source* feeds a run of *task* on *candidate*; None when the plants are too far apart.

    With transfer batches the run may begin on the first and must outlast the arrival of the last by one batch's work.
    """
    arrives = _arrival(context, feed, source, candidate, leaves(context, task, source, candidate, source.ready))
    if arrives is None:
        return None
    first, end_min = arrives, 0
    transfer = feed.need.transfer_quantity
    if 0 < transfer < feed.quantity:
        seconds = ceil_div(source.candidate.seconds * transfer, source.task.net)
        made = context.line(source.candidate.line_id).hours.advance(source.at.runs_from, seconds)
        lag = source.task.step.last_lag_minutes * _MINUTE
        first_ready = None if made is None else leaves(context, task, source, candidate, made + lag)
        came = None if first_ready is None else _arrival(context, feed, source, candidate, first_ready)
        if came is not None and came < arrives:
            first = came
            end_min = arrives + ceil_div(candidate.seconds * transfer, feed.quantity)
    limit = feed.need.lag_minutes_max
    latest = None if limit is None else first + limit * _MINUTE
    return Inflow(first + feed.need.lag_minutes_min * _MINUTE, end_min, latest)


def _arrival(context: Context, feed: Feed, source: Placed, candidate: Candidate, ready: int) -> int | None:
    if source.candidate.plant_id == candidate.plant_id:
        return ready
    trip = context.roads.trip(
        source.candidate.district,
        candidate.district,
        ready,
        feed.quantity,
        source.task.step.unit,
        cold_band=feed.need.cold_band,
    )
    return None if trip is None else trip.arrives


def trip_fen(context: Context, feed: Feed, source: Placed, candidate: Candidate) -> int:
    """Price of bringing the input to the candidate's plant; nothing within one plant."""
    if source.candidate.plant_id == candidate.plant_id:
        return 0
    trip = context.roads.trip(source.candidate.district, candidate.district, 0, feed.quantity, source.task.step.unit)
    return 0 if trip is None else trip.price_fen


def place(
    context: Context, task: Task, candidate: Candidate, placed: Mapping[int, Placed], end_min: int = 0
) -> Placement | list[Late] | None:
    """The earliest placement after the inputs in *placed*; broken maximum lags; None when there is no place."""
    flows: list[tuple[Feed, Inflow]] = []
    for feed in task.feeds:
        flow = inflow(context, task, feed, placed[feed.task], candidate)
        if flow is None:
            return None
        flows.append((feed, flow))
    release = max([context.not_before, task.supplied or 0, *(flow.begin for _, flow in flows)])
    floor = max([end_min, end_near_window(context, task, candidate), *(flow.end_min for _, flow in flows)])
    found: Placement | None
    if task.pin is not None:
        found = task.pin.at if _still_fits(task.pin.at, placed, flows) else None
    else:
        found = context.earliest(task.run, candidate, release, floor, _own(candidate, placed))
    if found is None or (task.pin is None and task.use_by is not None and found.runs_from > task.use_by):
        return None
    late = [
        Late(feed.task, _end_min(context, feed, placed[feed.task], candidate, found.runs_from))
        for feed, flow in flows
        if flow.latest is not None and found.runs_from > flow.latest and not _both_pinned(task, placed[feed.task])
    ]
    return late or found


def end_near_window(context: Context, task: Task, candidate: Candidate) -> int:
    """The step may not end earlier, or its output would wait too long, or be too old, when the buyer's window begins or
    the rest of the order is there.
    """
    wanted, keeps = context.wanted_from, task.keeps
    if wanted is None or (keeps.wait_max is None and keeps.age_max is None):
        return 0
    floor = 0 if keeps.age_max is None else wanted - keeps.age_max
    if keeps.wait_max is not None:
        destination = context.demand.deliver_to.district
        ready = context.roads.ready_to_arrive(candidate.district, destination, wanted)
        departs = wanted if ready is None else context.roads.departure(ready)
        floor = max(floor, departs - keeps.wait_max - task.step.last_lag_minutes * _MINUTE)
    return max(0, floor)


def _both_pinned(task: Task, source: Placed) -> bool:
    return task.pin is not None and source.task.pin is not None


def _still_fits(pin: Placement, placed: Mapping[int, Placed], flows: Iterable[tuple[Feed, Inflow]]) -> bool:
    """Whether a pinned run still comes after those of its inputs that are planned anew."""
    anew = [flow for feed, flow in flows if placed[feed.task].task.pin is None]
    return all(flow.begin <= pin.runs_from and flow.end_min <= pin.ends for flow in anew)


def _own(candidate: Candidate, placed: Mapping[int, Placed]) -> list[Booking]:
    """Runs of the same plan on the candidate's line; pinned ones are on the board already."""
    return [
        one.booking() for one in placed.values() if one.candidate.line_id == candidate.line_id and one.task.pin is None
    ]


def _end_min(context: Context, feed: Feed, source: Placed, candidate: Candidate, runs_from: int) -> int:
    """The earliest end of the feeding run for which a start at *runs_from* keeps the maximum lag."""
    needed = runs_from - (feed.need.lag_minutes_max or 0) * _MINUTE
    if source.candidate.plant_id != candidate.plant_id:
        ready = context.roads.ready_to_arrive(source.candidate.district, candidate.district, needed)
        needed = needed if ready is None else ready
    return max(needed - source.task.step.last_lag_minutes * _MINUTE, source.at.ends + 1)


def replay(
    context: Context, chain: Chain, lines: Mapping[int, Candidate], order: Sequence[int]
) -> dict[int, Placed] | None:
    """Place the tasks named in *lines* (all ancestors included) on those lines as early as every rule allows, one after
    another in *order*.

    All rules are lower bounds, so raising them round by round until none is broken gives the earliest times. None
    when a task has no place or the rounds do not settle.
    """
    floors: dict[int, int] = {}
    for _ in range(_ROUNDS_MAX):
        placed: dict[int, Placed] = {}
        broken: Iterable[Late] = ()
        for i in order:
            found = place(context, chain.tasks[i], lines[i], placed, floors.get(i, 0))
            if found is None:
                return None
            if isinstance(found, list):
                broken = found
                break
            placed[i] = Placed(chain.tasks[i], lines[i], found)
        else:
            return placed
        for late in broken:
            if chain.tasks[late.feed].pin is not None:
                return None
            floors[late.feed] = max(floors.get(late.feed, 0), late.end_min)
    return None


def bookings_by_line(placed: Iterable[Placed]) -> dict[str, list[Booking]]:
    """line id -> new bookings of *placed*; pinned ones are on the board already."""
    found: dict[str, list[Booking]] = {}
    for one in placed:
        if one.task.pin is None:
            found.setdefault(one.candidate.line_id, []).append(one.booking())
    return found
