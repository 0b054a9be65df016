"""docs/operations.md tells the truth: each check of readiness and each measure has a row, its commands and files exist."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.__main__ import gongfang
from services.embedded.front import Doors, doors_of
from services.embedded.running import opened

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text("utf-8")


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    with opened(tmp_path / "data", datetime(2026, 12, 1, tzinfo=UTC)) as house:
        yield doors_of(house)


def test_every_check_of_readiness_is_explained(doors: Doors) -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE.split("## What `/readyz` says")[1].split("\n## ")[0], re.MULTILINE)
    said = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    usual = {name if name in said else re.sub(r"^\w+\.", "… ", name) for name in doors.measures.ready}
    assert usual == said


def test_every_measure_is_explained(doors: Doors) -> None:
    doors.measures.connections = lambda: 0
    families = {family.name for family in doors.measures.collect()}
    assert len(families) > 10
    assert [name for name in sorted(families) if f"`{name}" not in PAGE] == []


def test_every_command_and_file_it_names_exists() -> None:
    commands = set(re.findall(r"python -m services ([\w-]+)", PAGE))
    assert {"backup", "verify-backup", "restore", "found", "serve"} <= commands
    assert commands <= set(gongfang.list_commands(None))  # type: ignore[arg-type] # the context is not looked at
    named = re.findall(r"`((?:deploy|docs)/[\w./-]+)`", PAGE)
    assert len(named) > 3
    assert [path for path in named if not (ROOT / path).is_file()] == []
