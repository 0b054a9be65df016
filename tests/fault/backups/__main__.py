"""`python -m tests.fault.backups`: backups of a server under load, all verified, restored and drained. Exit 1: a fault."""

import json
import sys
import tempfile
from pathlib import Path

import click

from services.terminal import Terminal
from tests.fault.backups.running import run


@click.command()
@click.option("--rounds", default=20, show_default=True, help="How many backups.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def backups(rounds: int, seed: int, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Back a server under load up again and again; hold every restored house against the clients' record."""
    terminal = Terminal(as_json=as_json)
    with tempfile.TemporaryDirectory() as folder, terminal.progress("looking through", rounds) as advance:
        figures = run(Path(folder), rounds, seed=seed, terminal=terminal, progress=advance)
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=None if as_json else 1) + "\n")
    sys.exit(bool(figures["faults"]))


if __name__ == "__main__":
    backups()
