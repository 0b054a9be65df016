"""`python -m services.capacity` on a stored log: views folded anew, the board saved for the next start."""

import json
from pathlib import Path

from click.testing import CliRunner

from services.capacity.__main__ import capacity as command
from services.capacity.domain.events import EVENT_TYPES
from shared.clock import StoryClock
from shared.contracts import capacity
from shared.eventstore.sqlite import SqliteLog
from tests.support.capacity_world import accepts, asks, capacity_world
from tests.support.planning_world import T0, demand_line, line, step, variant


def a_database(tmp_path: Path) -> str:
    """A log with one booked order."""
    path = tmp_path / "capacity.sqlite"
    world = capacity_world(line("r1", "p1"), log=SqliteLog("capacity", EVENT_TYPES, StoryClock(T0), path))
    (quote,) = world.tell(asks(demand_line(1_000, variant(step()))))
    assert isinstance(quote, capacity.QuoteOffered)
    world.tell(accepts(quote.quote_id, quote.options[0]))
    world.log.close()
    return str(path)


def test_a_view_is_folded_anew(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["rebuild", "work_orders", "--database", a_database(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["projection"] == "work_orders"
    assert said["position"] > 0


def test_a_view_that_is_none_is_named_with_those_that_are(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["rebuild", "gossip", "--database", a_database(tmp_path)])
    assert done.exit_code == 2
    assert "work_orders" in done.output


def test_the_board_is_saved_for_the_next_start(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["board", "--database", a_database(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["lines"], said["bookings"]) == (1, 1)
    assert CliRunner().invoke(command, ["--help"]).exit_code == 0
