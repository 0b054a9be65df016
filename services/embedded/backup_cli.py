"""`backup`, `verify-backup` and `restore`: a copy of the house at one cut, looked through, and made a house again."""

import sys
from pathlib import Path

import click

from services.embedded.cli import data_option, json_option
from services.terminal import EXIT_CODES_HELP, Exit, Terminal

_folder = click.Path(path_type=Path, file_okay=False)


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--to", required=True, type=_folder, help="New directory for the backup; it holds keys: keep it as safe.")
@json_option
def backup(data: Path, to: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Copy all logs at one cut, beside a server that goes on serving, or of a directory that is not served."""
    from services.embedded.backup import back_up
    from services.embedded.endings import named_endings
    from services.embedded.front import VERSION

    terminal = Terminal(as_json=as_json)
    with named_endings():
        made = back_up(data, to, VERSION)
    heads = ", ".join(f"{name} {one.head:,}" for name, one in made.logs.items())
    terminal.say(
        f"backup of {data} as it stood at {made.taken_at}: [bold]{to}[/]\nevents: {heads}; now: verify-backup {to}"
    )
    terminal.result({"to": str(to), "set": made.set, "heads": {name: one.head for name, one in made.logs.items()}})


@click.command("verify-backup", epilog=EXIT_CODES_HELP)
@click.argument("folder", type=_folder)
@json_option
def verify_backup(folder: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Check that every file in FOLDER is the backup's own, and all that `verify` checks, on a copy in TMPDIR."""
    from services.embedded.endings import named_endings
    from services.embedded.restoring import looked_through

    terminal = Terminal(as_json=as_json)
    with named_endings():
        found = list(looked_through(folder))
    sys.exit(terminal.checks("verify-backup", found))


@click.command(epilog=EXIT_CODES_HELP)
@click.option("--from", "folder", required=True, type=_folder, help="Directory of the backup.")
@click.option("--data", required=True, type=click.Path(path_type=Path), help="New data directory; must be empty.")
@json_option
def restore(folder: Path, data: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Make a new data directory of a backup. Exit code 1: a check failed, and nothing was left behind."""
    from services.embedded import restoring
    from services.embedded.endings import named_endings

    terminal = Terminal(as_json=as_json)
    with named_endings():
        found = restoring.restore(folder, data)
    end = terminal.checks("restore", found)
    if end is Exit.DONE:
        terminal.say(f"serve it with: python -m services serve --data {data}")
    sys.exit(end)
