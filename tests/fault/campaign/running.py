"""One campaign: a directory with a past, load on a real server, harm, and in the end the comparison."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from services.bench.past import staged, with_events
from services.demo import making, ordering
from services.demo.seeding import World
from services.demo.telling import STORY_FROM, logged, seed_only
from services.embedded.running import opened, served
from services.terminal import Terminal
from tests.fault.campaign.brands import LEAD
from tests.fault.campaign.compare import Finding, compared, heads_of
from tests.fault.campaign.harm import Harm
from tests.fault.campaign.load import BRANDS, Load
from tests.fault.campaign.record import Record
from tests.fault.campaign.victim import Victim

LAST_WORDS_S = 1.0  # load on the last server, undisturbed
FIRST_NIGHT = timedelta(days=4)  # what was booked before the campaign is due when it begins
SHOWN_MAX = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the campaign found, and its figures as they are printed."""

    finding: Finding
    figures: dict[str, Any]
    faults: list[str]

    @property
    def is_sound(self) -> bool:
        return self.finding.is_sound and not self.faults


def run(
    folder: Path,
    kinds: Sequence[str],
    *,
    events: int,
    seed: int,
    terminal: Terminal,
    progress: Callable[[], object],
) -> Outcome:
    """*kinds* of harm, one after the other, on a server whose logs hold at least *events* events before."""
    data = folder / "data"
    with logged(folder):
        world = world_with_orders(data, events, terminal)
        before = heads_of(data)
        record = Record(folder / "record.jsonl")
        begun = perf_counter()
        with Victim(data) as victim:
            harm = Harm(victim, random.Random(seed))
            victim.let_pass(FIRST_NIGHT)
            harm.starts.append(victim.start())
            with Load(victim.address, world, record, seed=seed, now=STORY_FROM, clock=victim.clock) as load:
                for kind in kinds:
                    harm.strike(kind)
                    load.time_passed()
                    progress()
                harm.ever.wait(LAST_WORDS_S)
                load.come_to_rest()
            victim.terminate()
        spent_s = perf_counter() - begun
        finding = compared(data, record, before)
        record.close()
    faults = load.failures + [f"SIGTERM ended with {code}" for code in harm.unclean_ends]
    starts = harm.starts
    figures = {
        "kills": len(kinds),
        "seed": seed,
        "events_before": sum(before.values()),
        "harm": dict(sorted(harm.done.items())),
        **record.figures(),
        "refusals": record.refusals(),
        "effects": finding.effects,
        "lost": len(finding.lost),
        "doubled": len(finding.doubled),
        "checks": len(finding.checks),
        "checks_failed": [one.name for one in finding.checks if not one.passed],
        "restart_s_p50": round(median(one.wall_s for one in starts), 2),
        "restart_s_max": round(max(one.wall_s for one in starts), 2),
        "restart_cpu_s_p50": round(median(one.cpu_s for one in starts), 2),
        "restart_cpu_s_max": round(max(one.cpu_s for one in starts), 2),
        "spent_s": round(spent_s, 1),
        "spent_s_per_kill": round(spent_s / max(1, len(kinds)), 2),
    }
    return Outcome(finding, figures, faults)


def world_with_orders(data: Path, events: int, terminal: Terminal) -> World:
    """The world with its past, and an order of each brand that plants have agreed to make."""
    if events:
        world = with_events(data, terminal, events)
    else:
        data.mkdir()
        world = seed_only(data, terminal)
    with opened(data, STORY_FROM) as house, served(house) as address, staged(address, world) as stage:
        for brand in BRANDS:
            cans = ordering.line("can-330-sleek", 8_000, "can", artwork="first", decoration="digital")
            order = ordering.place(stage, brand, [cans], to=("420100", "武汉"), by=stage.now + LEAD)
            quote = ordering.newest_quote(stage, brand, order["id"])
            ordering.accept(stage, brand, quote, quote["options"][0])
            making.accept_offers(stage, order["id"])
    return world
