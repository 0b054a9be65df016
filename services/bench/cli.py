"""`bench`: one table of measures a run, as a table for people or one JSON object for machines."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from services.terminal import EXIT_CODES_HELP, Exit, Terminal

ROW = ("measure", "value", "unit", "raw", "peer", "ratio_to_raw", "ratio_to_peer")

_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of a table.")


@click.group(epilog=EXIT_CODES_HELP)
def bench() -> None:
    """Measure: ratios first, absolute figures beside them."""


@bench.command(epilog=EXIT_CODES_HELP)
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(min=1), help="Interleaved rounds.")
@_json
def eventlog(rounds: int, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Append, project and fold, against plain SQL and the `eventsourcing` package in the same rounds."""
    from services.bench.eventlog import run

    show(Terminal(as_json=as_json), run(rounds))


@bench.command(epilog=EXIT_CODES_HELP)
@click.option("--orders", default=300, show_default=True, type=click.IntRange(min=20), help="Orders to measure.")
@click.option("--preload", default=20_000, show_default=True, type=click.IntRange(min=0), help="Past orders before.")
@click.option(
    "--past",
    type=click.Path(path_type=Path),
    default=None,
    help="Directory that keeps the past orders: made when it is not there, measured on as it is when it is.",
)
@_json
def flow(*, orders: int, preload: int, past: Path | None, as_json: bool) -> None:
    """Order placed until quote shown, over HTTP, with a log and views that hold a history; then a cold start."""
    from services.bench.flow import run

    terminal = Terminal(as_json=as_json)
    show(terminal, run(terminal, orders=orders, preload=preload, past=past))


@bench.command(epilog=EXIT_CODES_HELP)
@click.option(
    "--orders",
    default=None,
    type=click.IntRange(min=1),
    help="Random orders to plan. [default: 10000, none beside --cases or --quarter]",
)
@click.option("--cases", default=0, type=click.IntRange(min=0), help="Small cases to hold against a proven optimum.")
@click.option("--quarter", is_flag=True, help="Plan a quarter of 500 orders under each wish: set-up hours and cost.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same orders and cases.")
@_json
def plans(*, orders: int | None, cases: int, quarter: bool, seed: int, as_json: bool) -> None:
    """Plan random orders; an independent checker looks at each plan, and must find every planted violation.

    With --cases the fastest promise is compared with the optimum that a model of its own proves; each miss is printed.
    """
    from services.bench.plans import is_sound
    from services.bench.plans_measured import Wanted, measured

    wanted = Wanted(orders if orders is not None else 0 if cases or quarter else 10_000, cases, quarter, seed)
    terminal = Terminal(as_json=as_json)
    with terminal.progress("plans", wanted.rounds) as advance:
        found = measured(wanted, lambda _: advance())
    show(terminal, found)
    for miss in found.get("misses", []):
        terminal.say(", ".join(f"{name} {value}" for name, value in miss.items()))
    sys.exit(Exit.DONE if is_sound(found) else Exit.CHECK_FAILED)


@bench.command(epilog=EXIT_CODES_HELP)
@click.option("--minutes", default=60.0, show_default=True, type=click.FloatRange(min=0.2), help="Steady load.")
@click.option("--rate-share", default=0.5, show_default=True, type=click.FloatRange(0.01, 1.0), help="Of the top rate.")
@click.option(
    "--pace", default=240.0, show_default=True, type=click.FloatRange(min=1.0), help="Story seconds a second."
)
@_json
def soak(minutes: float, rate_share: float, pace: float, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Load a server process steadily: memory, latency, descriptors and threads at the end against the beginning."""
    from services.bench.soak import run

    terminal = Terminal(as_json=as_json)
    show(terminal, run(terminal, minutes=minutes, rate_share=rate_share, pace=pace))


def show(terminal: Terminal, found: Mapping[str, Any]) -> None:
    """Print the rows of one benchmark: `{"bench", "rows": [{"measure", "value", "unit", "raw", "peer", …}]}`."""
    table = Table(
        "measure", "value", "unit", "raw", "peer", "/ raw", "/ peer", title=f"bench {found['bench']}", box=None
    )
    for row in found["rows"]:
        table.add_row(*(shown(row.get(name)) for name in ROW))
    terminal.show(table)
    terminal.result(found)


def shown(value: object) -> str:
    """A cell: three significant figures for fractions, thousands apart, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1_000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
