"""A demo replaces an earlier demo, and nothing else; what it hands over for trying by hand is for its owner alone."""

from pathlib import Path

import pytest
import structlog

from services.demo.party import Credentials
from services.demo.seeding import World
from services.demo.telling import NotADemo, cleared, credentials_file, logged
from services.embedded.story_clocks import MARK_NAME


def test_an_earlier_demo_is_removed(tmp_path: Path) -> None:
    (tmp_path / MARK_NAME).write_text("{}", "utf-8")
    (tmp_path / "order.sqlite").touch()
    cleared(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "order.sqlite").touch()
    with pytest.raises(NotADemo):
        cleared(tmp_path)
    assert (tmp_path / "order.sqlite").exists()


def test_a_fresh_directory_is_made(tmp_path: Path) -> None:
    cleared(tmp_path / "new" / "demo")
    assert (tmp_path / "new" / "demo").is_dir()


def test_credentials_are_shell_variables_only_their_owner_may_read(tmp_path: Path) -> None:
    world = World(credentials={"B1": Credentials("cli_1", "gfs_x")}, plant_ids={"P01": "plt_1"})
    path = credentials_file(tmp_path, world)
    assert path.read_text("utf-8").splitlines() == ["B1_CLIENT=cli_1", "B1_SECRET=gfs_x", "P01_PLANT=plt_1"]
    assert path.stat().st_mode & 0o077 == 0


def test_the_log_goes_to_its_file_only_while_a_story_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()  # whatever a fixture of wider scope has set up
    with logged(tmp_path):
        structlog.get_logger("story").info("within")
    structlog.get_logger("story").info("afterwards")
    (log,) = tmp_path.iterdir()
    assert "within" in log.read_text("utf-8")
    assert "afterwards" not in log.read_text("utf-8")
    assert "afterwards" in capsys.readouterr().out
