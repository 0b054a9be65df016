"""Algebra of spans of time: lists of half-open intervals that ascend and do not touch. Linear sweeps, no clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.contracts.planning import Interval


def merged(spans: Iterable[Interval]) -> list[Interval]:
    """The same time as *spans* in any order, ascending and apart; empty ones vanish."""
    result: list[Interval] = []
    for one in sorted(spans, key=lambda span: span.starts_at):
        if one.ends_at <= one.starts_at:
            continue
        if result and one.starts_at <= result[-1].ends_at:
            if one.ends_at > result[-1].ends_at:
                result[-1] = Interval(result[-1].starts_at, one.ends_at)
        else:
            result.append(one)
    return result


def common(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """Time that is in both *left* and *right*; both ascending and apart."""
    result: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        starts_at = max(left[i].starts_at, right[j].starts_at)
        ends_at = min(left[i].ends_at, right[j].ends_at)
        if starts_at < ends_at:
            result.append(Interval(starts_at, ends_at))
        if left[i].ends_at < right[j].ends_at:
            i += 1
        else:
            j += 1
    return result


def minus(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """Time of *left* that is not in *right*; both ascending and apart."""
    result: list[Interval] = []
    j = 0
    for one in left:
        starts_at = one.starts_at
        while j < len(right) and right[j].ends_at <= starts_at:
            j += 1
        k = j
        while k < len(right) and right[k].starts_at < one.ends_at:
            if right[k].starts_at > starts_at:
                result.append(Interval(starts_at, right[k].starts_at))
            starts_at = max(starts_at, right[k].ends_at)
            k += 1
        if starts_at < one.ends_at:
            result.append(Interval(starts_at, one.ends_at))
    return result


def after(spans: Sequence[Interval], at: datetime) -> list[Interval]:
    """The part of *spans* from *at* on."""
    return [Interval(max(one.starts_at, at), one.ends_at) for one in spans if one.ends_at > at]


def between(spans: Sequence[Interval], starts_at: datetime, ends_at: datetime) -> list[Interval]:
    """The part of *spans* within [starts_at, ends_at)."""
    return common(spans, [Interval(starts_at, ends_at)]) if starts_at < ends_at else []


def first_seconds(spans: Sequence[Interval], wanted: int) -> list[Interval]:
    """The first *wanted* whole seconds of *spans*, all of them when there are fewer."""
    result: list[Interval] = []
    for one in spans:
        if wanted <= 0:
            break
        length = min(wanted, int((one.ends_at - one.starts_at).total_seconds()))
        result.append(Interval(one.starts_at, one.starts_at + timedelta(seconds=length)))
        wanted -= length
    return result


def seconds(spans: Iterable[Interval]) -> int:
    """Length of all *spans* together, in whole seconds."""
    return sum(int((one.ends_at - one.starts_at).total_seconds()) for one in spans)
