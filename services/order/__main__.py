"""`python -m services.order`: check packs before they ship, or rebuild a view while nothing serves the database."""

import json
from pathlib import Path

import click

from services.order.domain.changing import body_of
from services.order.domain.events import EVENT_TYPES
from services.order.domain.order import ORDER, stream_of
from services.order.domain.situations import Absent
from services.order.handlers.addresses import Addresses
from services.order.packs.faults import PackFault
from services.order.packs.loader import PACK_FILES, PACKS_AT, load, pack_contents
from services.order.packs.terms import terms
from services.order.projections.order_overview import OrderOverview
from services.order.projections.papers import Papers
from services.order.projections.questions import Questions
from services.order.projections.things import Things
from shared.clock import SystemClock
from shared.eventstore.handling import load as load_stream
from shared.eventstore.projector import Projector
from shared.eventstore.sealing import Seals
from shared.eventstore.sqlite import SqliteLog

FAULTY = 1
_VIEWS = (OrderOverview.name, Things.name, Questions.name, Papers.name)


@click.group(context_settings={"max_content_width": 110})
def order() -> None:
    """The order service alone. Exit codes: 0 done, 1 a pack is faulty (the fault is named), 2 wrong usage."""


@order.command()
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=PACKS_AT)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def packs(folder: Path, *, as_json: bool) -> None:
    """Check the packs in FOLDER against one another and name the first fault, or say what they hold."""
    try:
        catalogue = load(pack_contents(folder, PACK_FILES))
        terms()
    except (PackFault, OSError) as fault:
        click.echo(
            json.dumps({"sound": False, "fault": str(fault)}) if as_json else f"faulty: {fault}", err=not as_json
        )
        raise SystemExit(FAULTY) from fault
    found = {"sound": True, "versions": dict(catalogue.versions), "products": sorted(catalogue.products)}
    if as_json:
        click.echo(json.dumps(found))
        return
    for pack, version in catalogue.versions.items():
        names = [one.product_id for one in catalogue.products.values() if one.pack == pack]
        click.echo(f"{pack} {version}: {', '.join(names)}")


@order.command()
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("view", type=click.Choice(_VIEWS))
def rebuild(database: Path, view: str) -> None:
    """Fold VIEW anew from the first event and swap it in."""
    log = SqliteLog("order", EVENT_TYPES, SystemClock(), database)
    projector = Projector(log, [OrderOverview(), Things(), Questions(), Papers()], SystemClock())
    click.echo(f"{view} rebuilt up to position {projector.rebuild(view):,}")
    log.close()


@order.command("forget-address")
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("order_id")
def forget_address(database: Path, order_id: str) -> None:
    """Erase the delivery addresses and contacts of ORDER_ID, here and in whatever was made of them: the log still verifies."""
    log = SqliteLog("order", EVENT_TYPES, SystemClock(), database)
    try:
        found = load_stream(log, ORDER, stream_of(order_id)).state
        if isinstance(found, Absent):
            raise click.UsageError(f"there is no order {order_id}")
        count = Addresses(Seals(log), b"").forget(body_of(found))
    finally:
        log.close()
    click.echo(f"{count} address(es) and contact(s) of {order_id} can never be read again")


if __name__ == "__main__":
    order(prog_name="python -m services.order")
