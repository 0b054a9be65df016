"""`python -m services.ledger`: rebuild a view of the ledger in one data directory, or audit it, while nothing serves it."""

from pathlib import Path

import click

from services.ledger.domain.events import EVENT_TYPES
from services.ledger.handlers.auditing import Audit
from services.ledger.projections.books import Books
from services.ledger.projections.entries import Entries
from services.ledger.projections.registers import Registers
from services.ledger.projections.tree import Tree
from shared.clock import SystemClock
from shared.eventstore.projector import Projector
from shared.eventstore.sqlite import SqliteLog

_VIEWS = ("entries", "tree", "books", "registers")
FAILED = 1


@click.group(context_settings={"max_content_width": 110})
def ledger() -> None:
    """The ledger alone, on its database file. Exit codes: 0 done, 1 a check failed."""


@ledger.command()
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("view", type=click.Choice(_VIEWS))
def rebuild(database: Path, view: str) -> None:
    """Fold VIEW anew from the first entry and swap it in."""
    log, projector = _opened(database)
    click.echo(f"{view} rebuilt up to position {projector.rebuild(view):,}")
    log.close()


@ledger.command()
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(database: Path) -> None:
    """Derive everything again from the entries and compare; names the first check that fails."""
    log, projector = _opened(database)
    projector.catch_up()
    failed = False
    for check in Audit(log, SystemClock()).checks():
        failed = failed or not check.passed
        click.echo(f"{'ok    ' if check.passed else 'FAILED'} {check.name}: {check.found}")
    log.close()
    if failed:
        raise SystemExit(FAILED)


def _opened(database: Path) -> tuple[SqliteLog, Projector]:
    log = SqliteLog("ledger", EVENT_TYPES, SystemClock(), database)
    return log, Projector(log, [Entries(), Tree(), Books(), Registers()], SystemClock())


if __name__ == "__main__":
    ledger(prog_name="python -m services.ledger")
