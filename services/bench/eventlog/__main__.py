"""`python -m services.bench.eventlog [--rounds N] [--scale PERCENT] [--json]`."""

import sys

import click

from services.bench.eventlog.rounds import ROUNDS_LEAST, run
from services.bench.eventlog.table import json_text, plain_text


@click.command(help="Measure the event log against plain SQL and the eventsourcing package. Exit code 0.")
@click.option("--rounds", default=ROUNDS_LEAST, show_default=True, type=click.IntRange(1, 100))
@click.option("--scale", default=100, show_default=True, type=click.IntRange(5, 1_000), help="Size in percent.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def main(rounds: int, scale: int, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over so
    found = run(rounds, scale)
    sys.stdout.write((json_text(found) if as_json else plain_text(found)) + "\n")


if __name__ == "__main__":
    main()
