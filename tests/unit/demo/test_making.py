"""Stories are told alike every time: what starts together is not ordered by ids that chance has drawn."""

from datetime import timedelta

import pytest

from services.demo.making import after_setup, by_start
from services.demo.stage import Broken

EARLY, LATE = "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"
CODES = {"lin_9": "L1", "lin_5": "L2", "lin_7": "L1"}


def test_work_that_starts_together_stands_by_the_codes_of_plant_and_line() -> None:
    late = ("P01", {"id": "wrk_1", "starts_at": LATE, "line_id": "lin_9"})
    second = ("P01", {"id": "wrk_2", "starts_at": EARLY, "line_id": "lin_5"})
    first = ("P01", {"id": "wrk_3", "starts_at": EARLY, "line_id": "lin_9"})
    third = ("P02", {"id": "wrk_0", "starts_at": EARLY, "line_id": "lin_7"})
    assert by_start([late, third, second, first], CODES) == [first, second, third, late]


def test_a_set_up_goes_on_after_a_night_and_the_run_begins_with_what_is_left() -> None:
    night = [
        {"from": "2026-12-01T08:00:00Z", "to": "2026-12-01T10:00:00Z"},
        {"from": "2026-12-02T00:00:00Z", "to": "2026-12-02T10:00:00Z"},
    ]
    assert after_setup(night, timedelta(hours=1))[0]["from"] == "2026-12-01T09:00:00Z"
    next_day = {"from": "2026-12-02T01:00:00Z", "to": "2026-12-02T10:00:00Z"}
    assert after_setup(night, timedelta(hours=3)) == [next_day]
    assert after_setup(night, timedelta(hours=2)) == night[1:]
    with pytest.raises(Broken, match="hours for a run"):
        after_setup(night, timedelta(hours=12))
