"""`python -m tests.fault.races --attempts 10000`: for the last hours of a line, between processes and over HTTP."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click
from rich.table import Table

from services.terminal import Terminal
from tests.fault.races import last_hours, over_http


@click.command()
@click.option("--attempts", default=2_000, show_default=True, type=click.IntRange(min=1), help="Races of each kind.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of a table.")
def races(*, attempts: int, as_json: bool) -> None:
    """Race from 64 threads in 4 processes; ends by AssertionError when a race is not sound, else shows all ends."""
    terminal, figures = Terminal(as_json=as_json), {}
    for name, raced in (("one log", last_hours.raced), ("over HTTP", over_http.raced)):
        with TemporaryDirectory(prefix="gongfang-races-") as folder:
            begun = perf_counter()
            ends = raced(Path(folder), attempts)
            figures[name] = {**ends, "attempts": ends.total(), "spent_s": round(perf_counter() - begun, 1)}
    table = Table("race", "ends", title="races", title_justify="left", box=None)
    for name, ended in figures.items():
        table.add_row(name, ", ".join(f"{end} {times}" for end, times in ended.items()))
    terminal.show(table)
    terminal.result({"races": figures})


if __name__ == "__main__":
    races(prog_name="python -m tests.fault.races")
