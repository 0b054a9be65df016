"""`python -m tests.rival`: worlds that differ in a rival's orders only, and whether a brand can tell them apart."""

import sys
from collections import Counter

import click
import orjson

from tests.rival.difference import days_told, leaks, quotes_moved
from tests.rival.market import a_market
from tests.rival.planted import LEAKS
from tests.rival.worlds import a_world, in_both

SHOWN_MAX = 20
LEAKED = 1


@click.command(help=__doc__)
@click.option("--worlds", default=500, show_default=True, type=click.IntRange(1), help="Pairs of worlds.")
@click.option("--first", default=1, show_default=True, type=click.IntRange(0), help="Seed of the first.")
@click.option(
    "--questions", default=3, show_default=True, type=click.IntRange(1), help="Inquiries of B1 in each world."
)
@click.option("--plant", type=click.Choice(sorted(LEAKS)), help="Put this leak in first; then it must be found.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def main(*, worlds: int, first: int, questions: int, plant: str | None, as_json: bool) -> None:
    market = a_market()
    found: list[str] = []
    counts: Counter[str] = Counter()
    for seed in range(first, first + worlds):
        world = a_world(seed, questions)
        without, with_rival = in_both(market, world, None if plant is None else LEAKS[plant])
        seen = [f"world {seed}: {one}" for one in leaks(without, with_rival)]
        found += seen
        counts.update(
            worlds=1,
            answers=len(without),
            worlds_that_leak=bool(seen),
            inquiries=questions,
            inquiries_whose_day_moved=days_told(without, with_rival),
            quotes_for_another_plan=quotes_moved(without, with_rival),
        )
    if as_json:
        click.echo(orjson.dumps({**counts, "leaks": found[:SHOWN_MAX], "planted": plant}).decode())
    else:
        click.echo("\n".join([*found[:SHOWN_MAX], *(f"{name.replace('_', ' ')}: {n:,}" for name, n in counts.items())]))
    sys.exit(LEAKED if found else 0)


if __name__ == "__main__":
    main()
