"""Which day a line-second belongs to: the local date, except that a shift over midnight belongs to its start day.

Instants become whole seconds since 1970 by cutting off fractions; days are numbers of local dates since 1970-01-01.
"""

from datetime import UTC, date, datetime, timedelta

SECONDS_PER_DAY = 86_400
_LOCAL_OFFSET_S = 8 * 3_600  # Asia/Shanghai has had no other offset since 1991
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_SECOND = timedelta(seconds=1)


def second_of(at: datetime) -> int:
    """Whole seconds since 1970, fractions cut off downward."""
    return (at - _EPOCH) // _SECOND


def local_day(second: int) -> int:
    """The number of the local date on which *second* falls."""
    return (second + _LOCAL_OFFSET_S) // SECONDS_PER_DAY


def day_start(day: int) -> int:
    """The first second of the local date *day*."""
    return day * SECONDS_PER_DAY - _LOCAL_OFFSET_S


def day_text(day: int) -> str:
    """`2026-12-01`."""
    return date.fromordinal(_EPOCH_DAY + day).isoformat()


def day_number(on: date) -> int:
    return on.toordinal() - _EPOCH_DAY


def shift_pieces(start: int, end: int) -> list[tuple[int, int, int]]:
    """An operation interval as (start, end, production day): whole on its start day when it lasts at most 24 hours.

    Longer ones are continuous operation, in which single shifts can no longer be told apart: each local date its own.
    """
    if end - start <= SECONDS_PER_DAY:
        return [(start, end, local_day(start))]
    days = range(local_day(start), local_day(end - 1) + 1)
    return [(max(start, day_start(day)), min(end, day_start(day + 1)), day) for day in days]
