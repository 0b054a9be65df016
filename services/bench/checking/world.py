"""What the checker knows: masters as published, offered hours derived anew, and every slot it has been told of."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from services.capacity.domain.values import (
    Calendar,
    Capability,
    ChangeoverRule,
    FoodContactProof,
    Licence,
    Price,
    Shift,
)
from shared.contracts.planning import Interval
from shared.kernel.clock import LOCAL_ZONE


@dataclass(frozen=True)
class CheckedLine:
    """A line's masters. *offered*: its offered hours, ascending and apart."""

    line_id: str
    plant_id: str
    district: str
    capabilities: Mapping[str, Capability]
    prices: Mapping[str, Price]
    changeovers: tuple[ChangeoverRule, ...]
    offered: tuple[Interval, ...]
    licences: tuple[Licence, ...]
    proofs: tuple[FoodContactProof, ...]
    load_cap_hours_per_week: int
    frozen_fence_hours: int

    def open_seconds(self, since: datetime, until: datetime) -> int:
        """Offered seconds within [since, until), by adding up."""
        total, i = 0, max(0, bisect_right(self.offered, since, key=lambda one: one.starts_at) - 1)
        while i < len(self.offered) and self.offered[i].starts_at < until:
            one = self.offered[i]
            total += max(0, _seconds(min(one.ends_at, until) - max(one.starts_at, since)))
            i += 1
        return total

    def is_open(self, at: datetime) -> bool:
        i = bisect_right(self.offered, at, key=lambda one: one.starts_at) - 1
        return i >= 0 and at < self.offered[i].ends_at

    def run_start(self, starts_at: datetime, setup_seconds: int) -> datetime:
        """When a run begins whose set-up begins at *starts_at*: a set-up done at closing time is followed by a run at
        the next opening.
        """
        done = self.after_open(starts_at, setup_seconds) or starts_at
        if self.is_open(done):
            return done
        i = bisect_right(self.offered, done, key=lambda one: one.starts_at)
        return self.offered[i].starts_at if i < len(self.offered) else done

    def after_open(self, at: datetime, seconds: int) -> datetime | None:
        """When *seconds* offered seconds have passed since *at*, walking interval by interval."""
        i = max(0, bisect_right(self.offered, at, key=lambda one: one.starts_at) - 1)
        left = seconds
        while left and i < len(self.offered):
            start = max(at, self.offered[i].starts_at)
            here = max(0, _seconds(self.offered[i].ends_at - start))
            if here >= left:
                return start + timedelta(seconds=left)
            left -= here
            i += 1
        return at if not left else None


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot on a line. *expires_at* None: firm."""

    slot_id: str
    line_id: str
    starts_at: datetime
    ends_at: datetime
    setup_seconds: int
    capability: str
    format: str
    features: Mapping[str, str]
    expires_at: datetime | None


@dataclass
class CheckedWorld:
    """Lines by id, and slots by line in the order of their start."""

    lines: Mapping[str, CheckedLine]
    taken: dict[str, list[Taken]] = field(default_factory=dict)
    longest: timedelta = timedelta()

    def take(self, slot: Taken) -> None:
        self.release(slot.line_id, {slot.slot_id})
        rows = self.taken.setdefault(slot.line_id, [])
        rows.insert(bisect_right(rows, slot.starts_at, key=lambda one: one.starts_at), slot)
        self.longest = max(self.longest, slot.ends_at - slot.starts_at)

    def release(self, line_id: str, slot_ids: Iterable[str]) -> None:
        gone = set(slot_ids)
        rows = self.taken.get(line_id, [])
        if any(one.slot_id in gone for one in rows):
            self.taken[line_id] = [one for one in rows if one.slot_id not in gone]

    def standing(self, line_id: str, since: datetime, until: datetime, at: datetime) -> list[Taken]:
        """Slots that stand at *at* and touch [since, until), ascending."""
        rows = self.taken.get(line_id, [])
        first = bisect_right(rows, since - self.longest, key=lambda one: one.starts_at)
        found = []
        for one in rows[max(0, first - 1) :]:
            if one.starts_at >= until:
                break
            if one.ends_at > since and stands(one, at):
                found.append(one)
        return found

    def next_to(self, line_id: str, starts_at: datetime, at: datetime, side: Literal[-1, 1]) -> list[Taken]:
        """Standing slots before (-1) or from (1) *starts_at* on, nearest first, up to the first firm one."""
        rows = self.taken.get(line_id, [])
        i = bisect_right(rows, starts_at, key=lambda one: one.starts_at)
        order = range(i - 1, -1, -1) if side < 0 else range(i, len(rows))
        found = []
        for k in order:
            if stands(rows[k], at):
                found.append(rows[k])
                if rows[k].expires_at is None:
                    break
        return found


def stands(one: Taken, at: datetime) -> bool:
    return one.expires_at is None or one.expires_at > at


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def offered_anew(calendar: Calendar, since: datetime, until: datetime) -> tuple[Interval, ...]:
    """Offered hours within [since, until) by cutting time at every edge and asking of each piece what holds there."""
    operating = _spans(calendar, calendar.shifts, since, until)
    limited = _spans(calendar, calendar.offered_shifts, since, until) if calendar.offered == "shifts" else operating
    upkeep = [(one.starts_at, one.ends_at) for one in calendar.maintenance]
    edges = sorted({since, until, *(edge for spans in (operating, limited, upkeep) for span in spans for edge in span)})
    result: list[Interval] = []
    starts = {name: sorted(spans) for name, spans in (("on", operating), ("offered", limited), ("off", upkeep))}
    for left, right in pairwise(edges):
        if left < since or right > until:
            continue
        holds = {name: _covers(spans, left) for name, spans in starts.items()}
        if holds["on"] and holds["offered"] and not holds["off"]:
            if result and result[-1].ends_at == left:
                result[-1] = Interval(result[-1].starts_at, right)
            else:
                result.append(Interval(left, right))
    return tuple(result)


def _covers(spans: list[tuple[datetime, datetime]], at: datetime) -> bool:
    """Whether any span has *at* in it; no span is longer than three days."""
    i = bisect_right(spans, at, key=lambda one: one[0])
    return any(first <= at < last for first, last in spans[max(0, i - 60) : i])


def _spans(
    calendar: Calendar, shifts: Iterable[Shift], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    closed = {one.on for one in calendar.closed_days}
    spans = []
    noon = since.astimezone(LOCAL_ZONE).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=3)
    while noon < until + timedelta(days=1):
        on = noon.date()
        if calendar.valid_from <= on < calendar.valid_until and on not in closed:
            for shift in shifts:
                if shift.weekday == on.weekday() + 1:
                    begins = noon - timedelta(hours=12) + timedelta(minutes=shift.start_minute)
                    spans.append((begins.astimezone(UTC), (begins + timedelta(minutes=shift.minutes)).astimezone(UTC)))
        noon += timedelta(days=1)
    return spans
