"""`parked list | retry | drop`: looking after what was set aside, in a data directory that is not served."""

import sys
from pathlib import Path

import click
from rich.table import Table

from services.embedded.cli import data_option, json_option
from services.terminal import EXIT_CODES_HELP, Exit, Terminal
from shared.kernel.clock import instant_text


@click.group(epilog=EXIT_CODES_HELP)
def parked() -> None:
    """Facts that could not be applied, events that could not be published: list them, retry them once the cause is
    mended, or drop facts.
    """


@parked.command("list")
@data_option
@json_option
def list_all(data: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Which facts are parked, and why."""
    from services.embedded.endings import named_endings
    from services.embedded.parked import set_aside
    from services.embedded.running import opened

    terminal = Terminal(as_json=as_json)
    with named_endings(), opened(data) as house:
        found = list(set_aside(house))
    table = Table("id", "fact", "key", "since", "why", title=f"{len(found)} parked", title_justify="left", box=None)
    for one in found:
        about = one.parked
        table.add_row(one.id, about.type, about.key, instant_text(about.parked_at), about.reason)
    terminal.show(table)
    rows = [
        {"id": one.id, "fact": one.parked.type, "key": one.parked.key, "reason": one.parked.reason} for one in found
    ]
    terminal.result({"parked": rows})


@parked.command()
@click.argument("ids", nargs=-1)
@data_option
@json_option
def retry(ids: tuple[str, ...], data: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Apply parked facts again, each exactly once: those of IDS, or all. Exit code 1: one of them still fails."""
    _each(ids, data, Terminal(as_json=as_json), drops=False)


@parked.command()
@click.argument("ids", nargs=-1, required=True)
@data_option
@json_option
def drop(ids: tuple[str, ...], data: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Forget the parked facts IDS: they never have their effect."""
    _each(ids, data, Terminal(as_json=as_json), drops=True)


def _each(ids: tuple[str, ...], data: Path, terminal: Terminal, *, drops: bool) -> None:
    from services.embedded import parked as house_parked
    from services.embedded.endings import named_endings
    from services.embedded.running import opened

    said: dict[str, str] = {}
    with named_endings(), opened(data) as house:
        found = {one.id: one for one in house_parked.set_aside(house)}
        unknown = [one for one in ids if one not in found]
        if unknown:
            raise click.UsageError(f"not parked: {', '.join(unknown)}")
        for name, one in found.items():
            if ids and name not in ids:
                continue
            if drops:
                try:
                    house_parked.drop(one)
                except ValueError as wrong:
                    raise click.UsageError(str(wrong)) from wrong
                said[name] = "dropped"
                continue
            try:
                said[name] = "applied" if house_parked.retry(house, one) else "applied before"
            except Exception as failure:  # noqa: BLE001 - whatever the reaction raises: it is named, the rest goes on
                said[name] = f"failed: {type(failure).__name__}: {failure}"
    for name, what in said.items():
        terminal.say(f"{name}  {what}")
    terminal.result({"facts": said})
    sys.exit(Exit.CHECK_FAILED if any(one.startswith("failed") for one in said.values()) else Exit.DONE)
