"""From what was seen to what is said: the second sixth of the time against the last, the first sixth being warm-up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from statistics import median
from typing import Any

from services.bench.soak.record import Record, Request
from services.bench.soak.watching import Look

PARTS = 6
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Top:
    """What a saturated server did a second: orders taken from placing to cancelling, and requests of all kinds."""

    orders_per_s: float
    requests_per_s: float

    @classmethod
    def of(cls, record: Record, seconds: float) -> "Top":
        return cls(len(record.visits) / seconds, len(record.requests) / seconds)


def row(measure: str, value: float | None, unit: str) -> Row:
    """A row of a benchmark's table; None where the run was too short to see it."""
    shown = round(value, 3) if isinstance(value, float) else value
    empty = dict.fromkeys(("raw", "peer", "ratio_to_raw", "ratio_to_peer"))
    return {"measure": measure, "value": shown, "unit": unit, **empty}


def load_rows(
    top: Top, per_second: float, requests: Sequence[Request], record: Record, told_for: timedelta
) -> list[Row]:
    return [
        row("top_rate", top.orders_per_s, "orders/s, closed loop"),
        row("top_requests", top.requests_per_s, "requests/s, closed loop"),
        row("rate", per_second, "orders/s, open loop"),
        row("requests", len(requests), "answered in the open loop"),
        row("errors", len(record.failures), "visits and deeds that failed, ramp included"),
        row("orders_closed", len(record.closed), "orders made, delivered and confirmed"),
        row("story_hours", told_for.total_seconds() / 3_600, "h of story told"),
    ]


def process_rows(looks: Sequence[Look], begins_s: float, seconds: float) -> list[Row]:
    """Medians of the windows, so that one look at a bad moment decides nothing."""

    def of(window: int, value: Callable[[Look], int]) -> float:
        low, high = _bounds(window, begins_s, seconds)
        return median([value(one) for one in looks if low <= one.at_s < high] or [value(looks[-1])])

    def both(value: Callable[[Look], int]) -> tuple[float, float]:
        return of(1, value), of(PARTS - 1, value)

    (rss_first, rss_last), (fds_first, fds_last) = both(lambda one: one.rss_kb), both(lambda one: one.descriptors)
    threads_first, threads_last = both(lambda one: one.threads)
    return [
        row("rss_first_mb", rss_first / 1_024, "MiB, median of the window after warm-up"),
        row("rss_last_mb", rss_last / 1_024, "MiB, median of the last window"),
        row("rss_growth_pct", (rss_last / rss_first - 1) * 100, "% from the first window to the last"),
        row("fds_first", fds_first, "open descriptors"),
        row("fds_last", fds_last, "open descriptors"),
        row("threads_first", threads_first, "threads"),
        row("threads_last", threads_last, "threads"),
    ]


def latency_rows(requests: Sequence[Request], begins_s: float, seconds: float) -> list[Row]:
    """p99 of all requests in both windows and their ratio, then the same for each kind of request."""
    rows = _compared("", requests, begins_s, seconds)
    for kind in sorted({one.kind for one in requests}):
        rows += _compared(f"_{kind}", [one for one in requests if one.kind == kind], begins_s, seconds)
    return rows


def _compared(name: str, requests: Sequence[Request], begins_s: float, seconds: float) -> list[Row]:
    ends = []
    for window in (1, PARTS - 1):
        low, high = _bounds(window, begins_s, seconds)
        ends.append(percentile([one.ms for one in requests if low <= one.due_s < high], 99))
    first, last = ends
    ratio = last / first if first and last else None
    return [
        row(f"p99{name}_first10_ms", first, "ms, the window after warm-up"),
        row(f"p99{name}_last10_ms", last, "ms, the last window"),
        row(f"p99{name}_ratio", ratio, "last / first"),
    ]


def percentile(values: Sequence[float], percent: int) -> float | None:
    """The smallest value that *percent* of all do not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * percent / 100) - 1] if ordered else None


def _bounds(window: int, begins_s: float, seconds: float) -> tuple[float, float]:
    width = seconds / PARTS
    return begins_s + window * width, begins_s + (window + 1) * width
