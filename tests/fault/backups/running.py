"""One campaign: backups of a server under load; each is looked through, restored, let come to rest and held against the record."""

import random
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any

from services.demo.telling import STORY_FROM, logged
from services.embedded.backup import LOGS, MANIFEST_NAME, Manifest, back_up, described, manifest_of
from services.embedded.front import VERSION
from services.embedded.own_files import write_whole
from services.embedded.restoring import looked_through, restore
from services.terminal import Terminal
from tests.fault.campaign.compare import compared, heads_of
from tests.fault.campaign.load import Load
from tests.fault.campaign.record import Deed, Record
from tests.fault.campaign.running import FIRST_NIGHT, world_with_orders
from tests.fault.campaign.victim import Victim

BETWEEN_S = 0.7


def run(folder: Path, rounds: int, *, seed: int, terminal: Terminal, progress: Callable[[], object]) -> dict[str, Any]:
    """*rounds* backups. `faults` in the answer says by name whatever is not as it must be."""
    data, kept = folder / "data", folder / "kept"
    chance, begun = random.Random(seed), perf_counter()
    pause = Event()
    faults: list[str] = []
    seconds: list[float] = []
    noted: list[int] = []
    with logged(folder):
        world = world_with_orders(data, 0, terminal)
        before = heads_of(data)
        record = Record(folder / "record.jsonl")
        with Victim(data) as victim:
            victim.let_pass(FIRST_NIGHT)
            victim.start()
            with Load(victim.address, world, record, seed=seed, now=STORY_FROM, clock=victim.clock) as load:
                for number in range(rounds):
                    pause.wait(BETWEEN_S * chance.uniform(0.5, 1.5))  # nobody sets it
                    noted.append(len(list(record)))
                    at = perf_counter()
                    back_up(data, kept / f"{number:02}", VERSION)
                    seconds.append(perf_counter() - at)
                load.come_to_rest()
            victim.terminate()
        deeds = list(record)
        record.close()
        lost = effects = 0
        for number, known in enumerate(noted):
            found = _one(kept / f"{number:02}", folder / "restored", as_of(deeds, known), before)
            faults += [f"backup {number}: {one}" for one in found["faults"]]
            lost, effects = lost + found["lost"], effects + found["effects"]
            progress()
        faults += mixed(kept / f"{rounds - 1:02}", kept / "00", folder / "mixed")
    return {
        "backups": rounds,
        "seed": seed,
        "acknowledged": sum(one.outcome == "acknowledged" for one in deeds),
        "acknowledged_by_backup": [sum(one.outcome == "acknowledged" for one in deeds[:known]) for known in noted],
        "effects_held_against_the_record": effects,
        "acknowledged_lost": lost,
        "backup_s_max": round(max(seconds), 2),
        "load_failures": load.failures,
        "faults": faults + load.failures,
        "spent_s": round(perf_counter() - begun, 1),
    }


def as_of(deeds: Sequence[Deed], known: int) -> list[Deed]:
    """The record as far as a backup owes it: of what was answered after its beginning it may hold the effect, or not."""
    later = (replace(one, outcome="unanswered") if one.outcome == "acknowledged" else one for one in deeds[known:])
    return [*deeds[:known], *later]


def _one(backup: Path, data: Path, owed: Iterable[Deed], before: dict[str, int]) -> dict[str, Any]:
    faults = [f"verify-backup: {one.name}: {one.found}" for one in looked_through(backup) if not one.passed]
    faults += [f"restore: {one.name}: {one.found}" for one in restore(backup, data) if not one.passed]
    finding = compared(data, owed, before)
    faults += [f"at rest: {one.name}: {one.found}" for one in finding.checks if not one.passed]
    faults += [f"lost: {one}" for one in finding.lost] + [f"doubled: {one}" for one in finding.doubled]
    shutil.rmtree(data)
    return {"faults": faults, "lost": len(finding.lost), "effects": finding.effects}


def mixed(newer: Path, older: Path, place: Path) -> list[str]:
    """Each log of an older backup in a newer one is refused by its name; so is one whose manifest was made to fit."""
    faults = []
    for name in LOGS:
        if manifest_of(newer).logs[name].head == manifest_of(older).logs[name].head:
            continue
        shutil.copytree(newer, place)
        shutil.copyfile(older / f"{name}.sqlite", place / f"{name}.sqlite")
        failed = [one.name for one in looked_through(place) if not one.passed]
        if failed != [f"{name}.sqlite is the file of this backup"]:
            faults.append(f"an older {name}.sqlite in a backup: {failed}")
        manifest = manifest_of(place)
        fitting = Manifest(
            manifest.format,
            manifest.set,
            manifest.taken_at,
            manifest.version,
            {**manifest.logs, name: described(place, name)},
            manifest.files,
        )
        write_whole(place / MANIFEST_NAME, fitting.text())
        if name in {"order", "capacity"} and all(one.passed for one in looked_through(place)):
            faults.append(f"an older {name}.sqlite with a fitting manifest was taken for sound")
        shutil.rmtree(place)
    return faults
