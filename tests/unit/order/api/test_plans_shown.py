"""Late is said, and by how much; so is early: both by what is promised before anything is booked, which is a day."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.order.api.plans_shown import Wanted, option_shown
from tests.support.order_world import a_line, an_option

EVENING = datetime(2026, 12, 20, 10, tzinfo=UTC)  # 18:00 in Shanghai
MIDNIGHT = datetime(2026, 12, 20, 16, tzinfo=UTC)  # the end of that day


def shown(promise_at: datetime, by: datetime, since: datetime | None = None) -> dict[str, object]:
    option = msgspec.structs.replace(an_option([a_line().demand], 1, quote_id="quo_1"), promise_at=promise_at)
    return option_shown(option, Wanted(since, by))


@pytest.mark.parametrize(
    ("promise_at", "by", "minutes", "days"),
    [
        (EVENING, MIDNIGHT, 0, 0),
        (MIDNIGHT, MIDNIGHT, 0, 0),
        (EVENING - timedelta(days=1), EVENING, 0, 0),
        (EVENING, EVENING, 6 * 60, 0),
        (EVENING - timedelta(hours=9), EVENING, 6 * 60, 0),
        (MIDNIGHT + timedelta(minutes=1), MIDNIGHT, 24 * 60, 1),
        (EVENING + timedelta(days=3), MIDNIGHT, 3 * 24 * 60, 3),
    ],
)
def test_late_is_said_by_the_end_of_the_promised_day(
    promise_at: datetime, by: datetime, minutes: int, days: int
) -> None:
    found = shown(promise_at, by)
    assert (found["late"], found["late_by_minutes"], found["late_by_days"]) == (minutes > 0, minutes, days)


@pytest.mark.parametrize(("days_early", "before"), [(0, 0), (1, 1), (40, 40)])
def test_before_the_window_is_said_in_days(days_early: int, before: int) -> None:
    found = shown(EVENING - timedelta(days=days_early), EVENING + timedelta(days=9), since=EVENING)
    assert (found["before_window"], found["before_window_by_days"]) == (before > 0, before)


def test_without_a_window_nothing_is_before_it() -> None:
    found = shown(EVENING, EVENING + timedelta(days=300))
    assert (found["before_window"], found["before_window_by_days"]) == (False, 0)
