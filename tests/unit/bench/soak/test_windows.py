"""The windows of a soak: warm-up counts for nothing, and what grows or slows down between the windows is seen."""

from services.bench.soak.record import Request
from services.bench.soak.watching import Look
from services.bench.soak.windows import Row, latency_rows, percentile, process_rows

BEGINS, SECONDS = 1_000.0, 600.0


def _values(rows: list[Row]) -> dict[str, object]:
    return {row["measure"]: row["value"] for row in rows}


def test_memory_that_grows_only_while_warming_up_has_not_grown() -> None:
    looks = [Look(BEGINS + second, 100_000 + 1_000 * min(second, 90), 50, 20) for second in range(0, 600, 2)]
    assert _values(process_rows(looks, BEGINS, SECONDS))["rss_growth_pct"] == 0


def test_growth_is_counted_from_the_window_after_warm_up_to_the_last() -> None:
    looks = [Look(BEGINS + second, 200_000 + 100 * second, 50 + second // 500, 20) for second in range(600)]
    values = _values(process_rows(looks, BEGINS, SECONDS))
    assert values["rss_growth_pct"] == 18.609  # 214.95 MB in the middle of the second window, 254.95 MB of the last
    assert (values["fds_first"], values["fds_last"]) == (50, 51)
    assert values["threads_first"] == values["threads_last"] == 20


def test_latencies_are_put_by_when_they_were_due() -> None:
    warm_up = [Request("place", BEGINS + second, 900.0) for second in range(100)]
    first = [Request("place", BEGINS + 100 + second, 10.0) for second in range(100)]
    last = [Request("read", BEGINS + 500 + second, 12.0) for second in range(100)]
    values = _values(latency_rows([*warm_up, *first, *last], BEGINS, SECONDS))
    assert values["p99_first10_ms"] == 10.0
    assert values["p99_last10_ms"] == 12.0
    assert values["p99_ratio"] == 1.2
    assert values["p99_place_last10_ms"] is None
    assert values["p99_place_ratio"] is None


def test_a_percentile_is_one_of_the_values_and_nothing_of_nothing() -> None:
    assert percentile([float(one) for one in range(1, 101)], 99) == 99.0
    assert percentile([7.0], 99) == 7.0
    assert percentile([], 99) is None
