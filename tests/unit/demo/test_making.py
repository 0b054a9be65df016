"""Stories are told alike every time: what starts together is not ordered by ids that chance has drawn."""

from services.demo.making import by_start

EARLY, LATE = "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"
CODES = {"lin_9": "L1", "lin_5": "L2", "lin_7": "L1"}


def test_work_that_starts_together_stands_by_the_codes_of_plant_and_line() -> None:
    late = ("P01", {"id": "wrk_1", "starts_at": LATE, "line_id": "lin_9"})
    second = ("P01", {"id": "wrk_2", "starts_at": EARLY, "line_id": "lin_5"})
    first = ("P01", {"id": "wrk_3", "starts_at": EARLY, "line_id": "lin_9"})
    third = ("P02", {"id": "wrk_0", "starts_at": EARLY, "line_id": "lin_7"})
    assert by_start([late, third, second, first], CODES) == [first, second, third, late]
