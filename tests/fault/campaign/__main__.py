"""`python -m tests.fault.campaign --kills 200 --events 100000`: real clients, a real server, real harm."""

import random
import shutil
import sys
import tempfile
from pathlib import Path

import click
from rich.table import Table

from services.terminal import Exit, Terminal
from tests.fault.campaign.harm import kinds_of
from tests.fault.campaign.running import SHOWN_MAX, Outcome, run


@click.command()
@click.option("--kills", default=20, show_default=True, type=click.IntRange(min=1), help="How often to do harm.")
@click.option("--events", default=0, show_default=True, type=click.IntRange(min=0), help="Events in the logs before.")
@click.option("--seed", default=1, show_default=True, help="Chooses harm and deeds; threads race as they like.")
@click.option("--keep", is_flag=True, help="Keep the data directory and the record, and say where.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of a table.")
def campaign(*, kills: int, events: int, seed: int, keep: bool, as_json: bool) -> None:
    """Harm a serving platform under load, and compare what clients were told with what it kept."""
    terminal, folder = Terminal(as_json=as_json), Path(tempfile.mkdtemp(prefix="gongfang-fault-"))
    terminal.say("[yellow]the full disk is a limit on file size (RLIMIT_FSIZE): no file system is mounted for it[/]")
    with terminal.progress("kills", kills) as advance:
        kinds = kinds_of(kills, random.Random(seed))
        outcome = run(folder, kinds, events=events, seed=seed, terminal=terminal, progress=advance)
    show(terminal, outcome)
    if keep or not outcome.is_sound:
        sys.stderr.write(f"record, data and the server's log are kept in {folder}\n")
    else:
        shutil.rmtree(folder)
    sys.exit(Exit.DONE if outcome.is_sound else Exit.CHECK_FAILED)


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The figures, and by name what should not be."""
    table = Table("what", "found", title="under fire", title_justify="left", box=None)
    for name, value in outcome.figures.items():
        table.add_row(
            name, ", ".join(f"{one} {much}" for one, much in value.items()) if isinstance(value, dict) else f"{value}"
        )
    terminal.show(table)
    terminal.result(outcome.figures)
    wrong = [f"lost: {one}" for one in outcome.finding.lost] + [f"doubled: {one}" for one in outcome.finding.doubled]
    wrong += [f"{one.name}: {one.found}" for one in outcome.finding.checks if not one.passed]
    for one in [*wrong, *outcome.faults][:SHOWN_MAX]:
        sys.stderr.write(f"{one}\n")


if __name__ == "__main__":
    campaign(prog_name="python -m tests.fault.campaign")
