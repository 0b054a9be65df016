import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.portal.__main__ import portal
from services.portal.domain.events import EVENT_TYPES
from services.portal.domain.user import UserRegistered
from shared.clock import SystemClock
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.principal import Role
from tests.support.accounts import SETTINGS, accounts

SECRET = {"GONGFANG_PORTAL_SECRET": SETTINGS.secret.decode(), "GONGFANG_ISSUER": SETTINGS.issuer}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A portal that has admitted an office and issued a token."""
    path = tmp_path / "portal.db"
    clock = SystemClock()
    log = SqliteLog("portal", EVENT_TYPES, clock, path)
    made = accounts(clock, log)
    made.token(made.admit(Role.OFFICE, "office"))
    log.close()
    return path


def _run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(portal, arguments, env=SECRET if env is None else env)


def test_views_are_rebuilt(database: Path) -> None:
    done = _run("rebuild", str(database), "organisations", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["position"] > 0


def test_a_revoked_key_is_replaced(database: Path) -> None:
    (before,) = json.loads(_run("keys", str(database), "--json").stdout)["keys"]
    assert _run("revoke-key", str(database), before["kid"]).exit_code == 0
    (after,) = json.loads(_run("keys", str(database), "--json").stdout)["keys"]
    assert after["kid"] != before["kid"]
    again = _run("revoke-key", str(database), before["kid"])
    assert again.exit_code == 1
    assert "KEY_REVOKED" in again.stderr


def test_a_person_is_forgotten_once_and_the_log_still_verifies(database: Path) -> None:
    log = SqliteLog("portal", EVENT_TYPES, SystemClock(), database)
    user_id = next(one.event.user_id for one in log.read_all() if isinstance(one.event, UserRegistered))
    log.close()
    assert json.loads(_run("forget-user", str(database), user_id, "--json").stdout)["forgotten"] is True
    assert json.loads(_run("forget-user", str(database), user_id, "--json").stdout)["forgotten"] is False
    log = SqliteLog("portal", EVENT_TYPES, SystemClock(), database)
    assert log.verify() == log.head()
    log.close()


def test_without_its_secret_nothing_is_opened(database: Path) -> None:
    refused = _run("keys", str(database), env={"GONGFANG_PORTAL_SECRET": ""})
    assert refused.exit_code == 2
    assert "GONGFANG_PORTAL_SECRET" in refused.stderr


def test_what_is_no_log_is_named(tmp_path: Path) -> None:
    path = tmp_path / "portal.db"
    path.write_bytes(b"not a database at all" * 500)
    refused = _run("keys", str(path))
    assert refused.exit_code == 4
    assert "portal.db" in refused.stderr


def test_every_command_explains_itself() -> None:
    for command in ((), ("rebuild",), ("keys",), ("revoke-key",), ("forget-user",)):
        assert _run(*command, "--help").exit_code == 0
