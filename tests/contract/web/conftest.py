"""The web's manners are tried on the pinboard, over every engine the event log has."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.principal import Role
from tests.support.pinboard import NOTE_EVENTS, pinboard_app
from tests.support.web_client import Caller, Issuer, a_principal


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path, clock: StoryClock) -> Iterator[LogWithViews]:
    made: LogWithViews
    made = (
        MemoryLog("pinboard", NOTE_EVENTS, clock)
        if request.param == "memory"
        else SqliteLog("pinboard", NOTE_EVENTS, clock, tmp_path / "pinboard.db")
    )
    yield made
    made.close()


@pytest.fixture
def issuer(clock: StoryClock) -> Issuer:
    return Issuer(clock)


@pytest.fixture
def app(log: LogWithViews, clock: StoryClock, issuer: Issuer) -> Flask:
    return pinboard_app(log, clock, issuer)


@pytest.fixture
def buyer(app: Flask, issuer: Issuer) -> Caller:
    return Caller(app, issuer, a_principal(Role.BUYER, 1))


@pytest.fixture
def rival(app: Flask, issuer: Issuer) -> Caller:
    return Caller(app, issuer, a_principal(Role.BUYER, 2))


@pytest.fixture
def nobody(app: Flask, issuer: Issuer) -> Caller:
    return Caller(app, issuer, None)
