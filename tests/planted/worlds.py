"""The layer of simulation: how many whole worlds live before one breaks on a bug."""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from tests.planted.outcomes import Verdict

CAMPAIGN_TIMEOUT_S = 3_600
UNFOUNDED = "the world cannot be founded"


def broken_worlds(root: Path, first: int, count: int) -> dict[int, str]:
    """seed -> the first law it broke, of *count* seeds from *first* on, in the tree at *root*.

    A simulation that ends without an answer, because the bug keeps the world from being founded, has broken the first.
    """
    command = [sys.executable, "-m", "services", "sim", f"--seeds={count}", f"--first={first}"]
    command += ["--workers=1", "--no-shrink", "--json"]
    try:
        ended = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=CAMPAIGN_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return {first: "the worlds never come to an end"}
    try:
        told = json.loads(ended.stdout)
    except json.JSONDecodeError:
        last = ended.stderr.strip().rpartition("\n")[2][:160]
        return {first: f"{UNFOUNDED}: {last}"}
    return {int(one["seed"]): str(one["violations"][0]) for one in told["failed"]}


def waits(broken: Collection[int], first: int) -> list[int]:
    """How many worlds it took each time until one broke: 2 and 3 when of seeds from 1 on the second and fifth did."""
    found = []
    for seed in sorted(broken):
        found.append(seed - first + 1)
        first = seed + 1
    return found


def verdict_of(broken: dict[int, str], innocent: Collection[int], first: int) -> Verdict:
    """What the simulation says of a bug; *innocent*: seeds that break without any bug, and so say nothing."""
    found = {seed: law for seed, law in broken.items() if seed not in innocent}
    if not found:
        return Verdict("", [], 1)
    return Verdict(found[min(found)][:160], waits(found, first), 0)
