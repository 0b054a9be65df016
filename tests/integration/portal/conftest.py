"""A founded programme: the office, two brands and two factories, over every engine of the event log."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.portal.domain.events import EVENT_TYPES
from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.principal import Role
from tests.support.accounts import Accounts, accounts
from tests.support.web_client import Caller


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture(params=["memory", "sqlite"])
def programme(request: pytest.FixtureRequest, tmp_path: Path, clock: StoryClock) -> Iterator[Accounts]:
    log: LogWithViews
    if request.param == "memory":
        log = MemoryLog("portal", EVENT_TYPES, clock)
    else:
        log = SqliteLog("portal", EVENT_TYPES, clock, tmp_path / "portal.db")
    made = accounts(clock, log)
    for role, login in (
        (Role.OFFICE, "office"),
        (Role.BUYER, "brand-a"),
        (Role.BUYER, "brand-b"),
        (Role.FACTORY, "plant-a"),
        (Role.FACTORY, "plant-b"),
    ):
        made.admit(role, login)
    yield made
    log.close()


@pytest.fixture
def office(programme: Accounts) -> Caller:
    return programme.caller(programme.principals["office"])


@pytest.fixture
def brand(programme: Accounts) -> Caller:
    return programme.caller(programme.principals["brand-a"])


@pytest.fixture
def rival(programme: Accounts) -> Caller:
    return programme.caller(programme.principals["brand-b"])


@pytest.fixture
def nobody(programme: Accounts) -> Caller:
    return programme.caller(None)
