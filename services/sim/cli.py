"""`sim`: whole months of the platform's life under faults, by seed; the first violation is shrunk and can be replayed."""

import logging
import sys
from time import perf_counter

import click
import structlog
from rich.table import Table

from services.sim.campaign import Geneses, Summary, prepared, replay, started
from services.sim.mortal import ENGINES
from services.sim.record import Outcome, Plan
from services.sim.shrink import shrunk
from services.terminal import EXIT_CODES_HELP, Exit, Terminal


@click.command(epilog=EXIT_CODES_HELP)
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(min=1), help="How many seeds to run.")
@click.option("--first", default=1, show_default=True, type=click.IntRange(min=0), help="The first of them.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(min=1), help="Processes side by side.")
@click.option("--days", default=Plan(0).days, show_default=True, type=click.IntRange(min=1, max=60), help="A seed.")
@click.option("--engine", type=click.Choice(ENGINES), help="Of the logs; where not given, each seed chooses.")
@click.option("--without", multiple=True, metavar="NAME", help="A fault or actor to leave out (may be repeated).")
@click.option("--steps", type=click.IntRange(min=1), help="End each seed after so many steps.")
@click.option("--seed-details", is_flag=True, help="A line for each seed.")
@click.option("--trace", is_flag=True, help="Every step of the first seed, and nothing else.")
@click.option("--shrink/--no-shrink", "is_shrunk", default=True, help="Make the first failing seed smaller.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of text.")
def sim(  # noqa: PLR0917 - click passes what it parsed
    seeds: int,
    first: int,
    workers: int,
    days: int,
    engine: str | None,
    without: tuple[str, ...],
    steps: int | None,
    seed_details: bool,  # noqa: FBT001 - click passes flags so
    trace: bool,  # noqa: FBT001 - same
    is_shrunk: bool,  # noqa: FBT001 - same
    as_json: bool,  # noqa: FBT001 - same
) -> None:
    """Simulate the whole platform: people, facts, crashes, faults, by seed.

    Each seed is a month in which brands order and factories answer while messages come late, twice or not at all,
    disks fail and processes die. After every step the invariants must hold, and after the last fault all must drain.
    The same seed is the same month, bit for bit. Exit code 1: something did not hold; the command to see it again is
    printed.
    """
    from services.sim.inhabited import LIFE

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    terminal, plan = Terminal(as_json=as_json), Plan(first, days, engine, without, steps)
    with prepared(LIFE, plan, seeds) as geneses:
        if trace:
            sys.exit(_traced(terminal, plan, geneses))
        began = perf_counter()
        summary, outcomes = Summary(), started(geneses, plan, seeds, workers)
        with terminal.progress("seeds", seeds) as advance:
            for outcome in outcomes:
                summary.add(outcome)
                advance()
                if seed_details:
                    terminal.say(_line(outcome))
        took_s = perf_counter() - began
        _tell_failed(terminal, summary)  # first of all: shrinking takes long and may be broken off
        smaller = shrunk(summary.failed[0], lambda one: replay(one, geneses)) if summary.failed and is_shrunk else None
    _tell(terminal, summary, took_s, smaller)
    terminal.result(_as_json(summary, took_s, smaller))
    sys.exit(Exit.CHECK_FAILED if summary.failed else Exit.DONE)


def _traced(terminal: Terminal, plan: Plan, geneses: Geneses) -> Exit:
    outcome = replay(plan, geneses, trace_lines=None)
    for line in outcome.tail:
        terminal.console.print(line, markup=False, soft_wrap=True)
    for violation in outcome.violations:
        terminal.say(f"[red]{violation}[/]")
    terminal.say(f"digest {outcome.digest}")
    terminal.result({"digest": outcome.digest, "violations": outcome.violations, "trace": outcome.tail})
    return Exit.DONE if outcome.passed else Exit.CHECK_FAILED


def _line(outcome: Outcome) -> str:
    mark = "[green]✓[/]" if outcome.passed else "[red]✗[/]"
    return (
        f"{mark} seed {outcome.plan.seed} {outcome.engine:6} {outcome.events:6,} events {outcome.steps:7,} steps "
        f"{outcome.cpu_s:5.2f} s {outcome.digest[:16]} {' '.join(outcome.violations[:1])}"
    )


def _tell_failed(terminal: Terminal, summary: Summary) -> None:
    for outcome in summary.failed:
        terminal.say(f"[red]seed {outcome.plan.seed}[/]: {'; '.join(outcome.violations[:3])}")
    if summary.failed:
        first = summary.failed[0].plan
        terminal.say(f"first failing seed {first.seed}, to see it again: [b]{first.command}[/]")
        sys.stderr.write(f"failed: seed {first.seed}, {first.command}\n")


def _tell(terminal: Terminal, summary: Summary, took_s: float, smaller: Outcome | None) -> None:
    table = Table("measure", "value", title="simulation", title_justify="left", box=None)
    for name, value in _figures(summary, took_s).items():
        table.add_row(name.replace("_", " "), f"{value:,.2f}" if isinstance(value, float) else f"{value:,}")
    for name, count in sorted(summary.faults.items()):
        table.add_row(f"fault {name}", f"{count:,}")
    terminal.show(table)
    if smaller is not None:
        terminal.say(f"shrunk to {smaller.steps:,} steps: [b]{smaller.plan.command}[/]")
        for line in smaller.tail[-12:]:
            terminal.console.print("  " + line, markup=False, soft_wrap=True)


def _figures(summary: Summary, took_s: float) -> dict[str, int | float]:
    return {
        "seeds": summary.seeds,
        "violations": len(summary.failed),
        "simulated_days": summary.days,
        "events": summary.events,
        "steps": summary.steps,
        "commands_done": summary.commands["done"],
        "commands_refused": summary.commands["refused"],
        "cpu_seconds_a_seed_median": summary.cpu_s_median,
        "seconds": took_s,
        "events_a_second": summary.events / took_s,
        "simulated_days_a_second": summary.days / took_s,
    }


def _as_json(summary: Summary, took_s: float, smaller: Outcome | None) -> dict[str, object]:
    return {
        **_figures(summary, took_s),
        "engines": dict(summary.engines),
        "faults": dict(sorted(summary.faults.items())),
        "failed": [
            {"seed": one.plan.seed, "violations": one.violations, "command": one.plan.command} for one in summary.failed
        ],
        "shrunk": None if smaller is None else {"steps": smaller.steps, "command": smaller.plan.command},
    }
