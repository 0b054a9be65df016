"""`python -m services.order` checks packs and rebuilds views."""

import shutil
from pathlib import Path

import orjson
from click.testing import CliRunner

from services.order.__main__ import order
from services.order.domain.events import EVENT_TYPES
from services.order.packs.loader import PACKS_AT
from shared.clock import StoryClock
from shared.eventstore.sqlite import SqliteLog
from tests.support.order_world import NOW


def test_the_shipped_packs_are_sound() -> None:
    ran = CliRunner().invoke(order, ["packs"])
    assert ran.exit_code == 0
    assert "tea-can-330" in ran.output
    told = orjson.loads(CliRunner().invoke(order, ["packs", "--json"]).output)
    assert told["sound"]
    assert set(told["versions"]) == {"packaging", "beverage", "services"}


def test_a_faulty_pack_ends_with_1_and_names_the_place(tmp_path: Path) -> None:
    shutil.copytree(PACKS_AT, tmp_path / "packs", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    packaging = tmp_path / "packs" / "packaging.yaml"
    packaging.write_text(packaging.read_text("utf-8").replace("yield_ppm: 975000", "yield_ppm: 1975000"), "utf-8")
    ran = CliRunner().invoke(order, ["packs", "--folder", str(tmp_path / "packs")])
    assert ran.exit_code == 1
    assert "packaging.yaml $.processes.CAN_BODY.yield_ppm" in ran.output


def test_a_view_is_rebuilt(tmp_path: Path) -> None:
    SqliteLog("order", EVENT_TYPES, StoryClock(NOW), tmp_path / "order.sqlite").close()
    ran = CliRunner().invoke(order, ["rebuild", str(tmp_path / "order.sqlite"), "order_overview"])
    assert (ran.exit_code, ran.output) == (0, "order_overview rebuilt up to position 0\n")
    assert CliRunner().invoke(order, ["rebuild", str(tmp_path / "order.sqlite"), "nothing"]).exit_code == 2
