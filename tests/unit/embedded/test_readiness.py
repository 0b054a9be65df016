"""Each check of readiness names its own fault and no other; asking often costs nothing."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from services.embedded import readiness
from services.embedded.front import gateway_of
from services.embedded.house import House
from services.embedded.readiness import Remembered, checks_of
from services.embedded.running import opened
from services.portal.tables import PRIVATE_KEY
from shared.clock import StoryClock
from shared.eventstore import stepping
from shared.eventstore.port import LogUnavailable
from shared.eventstore.stepping import Stepper
from tests.support.children import files_limited_to, in_child

NOW = datetime(2026, 12, 1, tzinfo=UTC)
PATIENCE_S = 10.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "data", NOW) as built:
        yield built


def troubles(house: House) -> dict[str, str]:
    return {name: said for name, ask in checks_of(house).items() if (said := ask()) is not None}


def test_a_sound_house_is_ready(house: House) -> None:
    assert troubles(house) == {}
    assert gateway_of(house) is not None


def test_too_little_room_is_said_with_the_floor(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGFANG_DISK_FLOOR_MIB", "1000000")
    free = shutil.disk_usage(str(house.data)).free
    found = troubles(house)
    assert list(found) == (["disk"] if free < 1_000_000 * 1024 * 1024 else [])
    assert all("the floor is" in said for said in found.values())


def test_a_disk_that_takes_nothing_is_seen_by_writing(house: House) -> None:
    assert house.data is not None
    data = house.data

    def look() -> str | None:
        with files_limited_to(0):
            return readiness.disk(data, 0)

    assert "cannot be written" in in_child(look)
    assert not (data / readiness.PROBE_NAME).exists()


def test_secrets_that_a_next_start_would_not_find_are_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.data is not None
    path = house.data / "secrets.json"
    checks, kept = checks_of(house), path.read_text("utf-8")
    path.unlink()
    assert "secrets.json" in (checks["secrets"]() or "")
    path.write_text("{", "utf-8")
    assert "cannot be read" in (checks["secrets"]() or "")
    path.write_text(json.dumps({**json.loads(kept), "GONGFANG_ORDER_SECRET": "another"}), "utf-8")
    assert "GONGFANG_ORDER_SECRET" in (checks["secrets"]() or "")
    monkeypatch.setenv("GONGFANG_ORDER_SECRET", "given from outside")
    assert checks["secrets"]() is None
    path.write_text(kept, "utf-8")
    assert checks["secrets"]() is None


def test_a_signing_key_without_its_half_or_under_another_secret_is_named(house: House) -> None:
    house.portal.signing.rotate()
    assert isinstance(house.clock, StoryClock)
    house.clock.set(NOW + timedelta(minutes=1))
    assert troubles(house) == {}
    log = house.services["portal"].log
    with log.writing() as connection:
        connection.execute(PRIVATE_KEY.update().values(sealed=b"x" * 80))
    assert "is not sealed with this portal's secret" in troubles(house)["keys"]
    with log.writing() as connection:
        connection.execute(PRIVATE_KEY.delete())
    assert "has no private half" in troubles(house)["keys"]


def test_a_clock_set_back_behind_what_is_recorded_is_named(house: House) -> None:
    house.portal.signing.rotate()
    assert readiness.clock(house) is None

    behind = replace(house, clock=StoryClock(NOW - timedelta(hours=1)))
    assert "the last event of portal" in (readiness.clock(behind) or "")


def test_a_log_is_held_against_the_clock_that_it_was_recorded_by(house: House) -> None:
    house.portal.signing.rotate()
    early, late = StoryClock(NOW - timedelta(hours=1)), StoryClock(NOW + timedelta(hours=1))
    assert readiness.clock(replace(house, clock=early, clocks={"portal": late})) is None
    assert "the last event of portal" in (readiness.clock(replace(house, clocks={"portal": early})) or "")


def test_a_thread_that_died_waits_or_does_not_come_back_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "AWAY_SECONDS_MAX", 0.01)
    monkeypatch.setattr(stepping, "ROUND_SECONDS_MAX", 0.01)
    monkeypatch.setattr(stepping, "RETRY_WAIT_S", 0.02)
    tries = []

    def away() -> int:
        tries.append(1)
        raise LogUnavailable("the disk is full")

    def slow() -> int:
        gates[-1].wait(PATIENCE_S)
        return 0

    def dies() -> int:
        raise ValueError("a fault of the code")

    found, gates = {}, [Event()]
    for name, step in {"away": away, "slow": slow, "dies": dies}.items():
        gates.append(Event())
        stepper = Stepper(name, step, lambda: None, lambda: None, (LogUnavailable,))
        assert stepper.trouble() is None
        stepper.start()
        looks = 0
        while (said := stepper.trouble()) is None or (name == "away" and "waited" not in said):
            looks += 1
            assert looks < 2_000
            Event().wait(0.005)
        found[name] = said
        gates[-1].set()
        stepper.stop()
    assert "the disk is full" in found["away"]
    assert "at one round" in found["slow"]
    assert "ValueError: a fault of the code" in found["dies"]


def test_a_check_is_asked_once_in_its_time_however_often_it_is_looked_at() -> None:
    asked = []

    def ask() -> str | None:
        asked.append(1)
        return None

    check = Remembered(ask, look_again_s=60)
    assert [check() for _ in range(100)] == [None] * 100
    assert len(asked) == 1
    assert "could not be looked at: ZeroDivisionError" in (Remembered(lambda: str(1 / 0))() or "")
