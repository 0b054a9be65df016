"""The event-log benchmark prints what it promises; how fast it is is for people to judge, never for a test."""

import orjson
from click.testing import CliRunner

from services.bench.eventlog import run
from services.bench.eventlog.__main__ import main
from services.bench.eventlog.table import plain_text

MEASURES = ["append_one_writer", "append_16_writers", "project", "fold"]


def test_a_small_round_has_every_measure_against_both_contestants() -> None:
    table = run(rounds=1, scale=5)
    assert table["bench"] == "eventlog"
    assert [row["measure"] for row in table["rows"]] == MEASURES
    for row in table["rows"]:
        assert min(row["value"], row["raw"], row["peer"], row["ratio_to_raw"], row["ratio_to_peer"]) > 0
        assert row["unit"] == "events/s"
    assert all(measure in plain_text(table) for measure in MEASURES)


def test_the_command_prints_one_json_object() -> None:
    answer = CliRunner().invoke(main, ["--rounds", "1", "--scale", "5", "--json"])
    assert answer.exit_code == 0, answer.output
    rows = orjson.loads(answer.stdout)["rows"]
    assert set(rows[0]) == {"measure", "value", "unit", "raw", "peer", "ratio_to_raw", "ratio_to_peer"}
