"""`python -m services.portal`: look after the portal's database while nothing serves it: views and signing keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from services.portal import settings, wiring
from services.portal.domain.events import EVENT_TYPES
from services.portal.recovery import OPERATOR, new_code
from services.portal.terms import terms
from services.terminal import EXIT_CODES_HELP, Exit, Terminal
from shared.clock import RandomIds, SystemClock
from shared.eventstore.handling import transact
from shared.eventstore.port import LogError
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.clock import instant_text
from shared.kernel.event import Cause
from shared.kernel.principal import Role, system
from shared.kernel.refusal import Refused
from shared.settings import Environment, SettingsWrong

_database = click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of words.")


@click.group(epilog=EXIT_CODES_HELP, context_settings={"max_content_width": 110})
def portal() -> None:
    """The portal alone, on its database file. Needs GONGFANG_PORTAL_SECRET, the secret that it is served with."""


@portal.command()
@_database
@click.argument("view", type=click.Choice(["organisations", "users", "clients"]))
@_json
def rebuild(database: Path, view: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Fold VIEW anew from the first event and swap it in."""
    with _opened(database) as service:
        position = service.projector.rebuild(view)
    terminal = Terminal(as_json=as_json)
    terminal.say(f"{view} rebuilt up to position {position:,}")
    terminal.result({"view": view, "position": position})


@portal.command()
@_database
@_json
def keys(database: Path, as_json: bool) -> None:  # noqa: FBT001 - click
    """List the keys that verify tokens now."""
    with _opened(database) as service:
        found = service.portal.signing.published()
    rows = [
        {"kid": key.kid, "signs_from": instant_text(key.signs_from), "signs_until": instant_text(key.signs_until)}
        for key in found
    ]
    terminal = Terminal(as_json=as_json)
    for row in rows:
        terminal.say(f"{row['kid']}  signs {row['signs_from']} to {row['signs_until']}")
    terminal.result({"keys": rows})


@portal.command("revoke-key")
@_database
@click.argument("kid")
@_json
def revoke_key(database: Path, kid: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Take key KID out of the key set: its tokens are worth nothing from now on, and a new key signs."""
    with _opened(database) as service:
        service.portal.signing.revoke(kid)
    terminal = Terminal(as_json=as_json)
    terminal.say(f"{kid} is revoked")
    terminal.result({"revoked": kid})


@portal.command("emergency-access")
@_database
@click.argument("login")
@click.option("--grounds", required=True, help="Why: it stays in the log and is shown to the office's administrators.")
@_json
def emergency_access(database: Path, login: str, grounds: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Give LOGIN, a person of the office, a one-time code when no administrator is left who could: good for an hour."""
    with _opened(database) as service:
        portal, code = service.portal, new_code()
        user = service.handlers.user_of_login(login)
        if user is None or service.handlers.role_of(user.org_id) is not Role.OFFICE:
            raise click.UsageError(f"{login} is no active user of an office organisation")
        now, lasts_for = portal.clock.now(), terms().emergency_code_lasts_for
        by = system(OPERATOR.partition(":")[2])
        cause = Cause(correlation_id=portal.ids.new("req"), org_id=by.org_id, subject=by.subject, at=now)
        transact(
            portal.log,
            lambda: portal.recovery.issued(
                user.user_id, code, lasts_for=lasts_for, by=OPERATOR, grounds=grounds, at=now
            ),
            cause,
        )
    terminal = Terminal(as_json=as_json)
    terminal.say(f"one-time code for {login}: {code}")
    terminal.say(f"good until {instant_text(now + lasts_for)}; POST /session/recovery takes it with a new password")
    terminal.result({"login": login, "code": code, "good_until": instant_text(now + lasts_for)})


@portal.command("forget-user")
@_database
@click.argument("user_id")
@_json
def forget_user(database: Path, user_id: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Erase a person: login, name, phone and password of USER_ID become unreadable for good; the log still verifies."""
    with _opened(database) as service:
        service.portal.sessions.end_all_of(user_id)
        found = service.handlers.forget(user_id)
    terminal = Terminal(as_json=as_json)
    terminal.say(f"{user_id} is forgotten" if found else f"nothing was sealed for {user_id}")
    terminal.result({"user_id": user_id, "forgotten": found})


@contextmanager
def _opened(database: Path) -> Iterator[wiring.Service]:
    """The portal over *database*; what cannot be is told in a line, with its exit code."""
    clock = SystemClock()
    try:
        read = settings.read(Environment())
        log = SqliteLog("portal", EVENT_TYPES, clock, database)
    except SettingsWrong as wrong:
        raise click.UsageError(str(wrong)) from wrong
    except LogError as failure:
        click.echo(f"{database}: {failure}", err=True)
        raise SystemExit(Exit.LOG_UNAVAILABLE) from failure
    try:
        yield wiring.build(read, clock=clock, ids=RandomIds(clock), log=log, broker=None)
    except Refused as refused:
        click.echo(str(refused), err=True)
        raise SystemExit(Exit.CHECK_FAILED) from refused
    finally:
        log.close()


if __name__ == "__main__":
    portal(prog_name="python -m services.portal")
