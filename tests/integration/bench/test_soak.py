"""A soak of half a minute: the same server, clients and windows as in an hour; only the figures of an hour are judged."""

from services.bench.soak import run
from services.terminal import Terminal


def test_a_short_soak_loads_a_server_without_an_error_and_says_how_it_ended() -> None:
    found = run(Terminal(as_json=True), minutes=0.2, rate_share=0.4, pace=240)
    values = {row["measure"]: row["value"] for row in found["rows"]}
    assert found["failures"] == {}
    assert values["errors"] == 0
    assert values["rate"] > 0
    assert values["requests"] >= 4 * int(values["rate"] * 12)  # place, read twice or more, cancel or accept
    assert {"place", "read", "cancel", "accept"} <= {name.split("_")[1] for name in values if name.count("_") > 2}
    assert values["p99_last10_ms"] > 0
    assert values["fds_last"] > 10
    assert values["threads_last"] > 10
    assert values["story_hours"] > 0
