"""`python -m services.capacity`: the capacity service's own commands on its own data."""

import json
from pathlib import Path

import click

from services.capacity import wiring
from services.capacity.domain.events import EVENT_TYPES
from services.capacity.settings import Settings
from services.terminal import EXIT_CODES_HELP
from shared.clock import RandomIds, SystemClock
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.refusals import WebWhy


@click.group(epilog=EXIT_CODES_HELP)
def capacity() -> None:
    """Who makes it and when: plants, plans, bookings, production."""


@capacity.command()
@click.argument("projection")
@click.option("--database", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rebuild(projection: str, database: Path, *, as_json: bool) -> None:
    """Fold PROJECTION from the log again, beside the live view, and swap it in. Exit code 2: no such projection."""
    service = _opened(database)
    try:
        if projection not in service.projector.names:
            raise click.UsageError(f"expected one of {', '.join(service.projector.names)}, found {projection!r}")
        service.projector.rebuild(projection)
        position = service.projector.position(projection)
    finally:
        service.log.close()
    said = {"projection": projection, "position": position}
    click.echo(json.dumps(said) if as_json else f"{projection} is folded anew up to position {position}")


@capacity.command()
@click.option("--database", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def board(database: Path, *, as_json: bool) -> None:
    """Catch the planning board up with the log, save it for the next start, and say how large it is."""
    service = _opened(database)
    try:
        service.board.save()
        lines = service.board.caught_up().lines()
        said = {
            "position": service.board.position,
            "lines": len(lines),
            "bookings": sum(len(one.bookings) for one in lines),
        }
    finally:
        service.log.close()
    click.echo(json.dumps(said) if as_json else "  ".join(f"{name} {value:,}" for name, value in said.items()))


def _opened(database: Path) -> wiring.Service:
    """The service on *database*, speaking to nobody: no caller is let in, nothing is published."""
    clock = SystemClock()
    log = SqliteLog(wiring.NAME, EVENT_TYPES, clock, database)
    settings = Settings(secret=b"nothing is signed here")
    return wiring.build(settings, clock=clock, ids=RandomIds(clock), log=log, broker=None, verifier=_nobody)


def _nobody(token: str) -> Principal:  # noqa: ARG001 - whoever it is, nobody is let in
    raise Refused(WebWhy.TOKEN_INVALID)


if __name__ == "__main__":
    capacity(prog_name="python -m services.capacity")
