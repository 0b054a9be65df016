"""The same seed is the same month, bit for bit, in whatever process it runs."""

import json
import os
import subprocess
import sys

import pytest

from services.sim.campaign import Geneses, replay
from services.sim.record import Plan

DAYS = 3


def digest_elsewhere(seed: int, engine: str, hash_seed: str) -> str:
    """The digest of the seed in a new process that founds its own world."""
    command = [sys.executable, "-m", "services", "sim", "--first", str(seed), "--engine", engine]
    told = subprocess.run(
        [*command, "--days", str(DAYS), "--trace", "--json"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    found: str = json.loads(told.stdout)["digest"]
    return found


@pytest.mark.parametrize(("seed", "engine"), [(11, "memory"), (12, "sqlite"), (13, "sqlite")])
def test_two_runs_of_a_seed_are_equal_in_different_processes(geneses: Geneses, seed: int, engine: str) -> None:
    here = replay(Plan(seed, days=DAYS, engine=engine), geneses)
    assert here.passed
    assert here.events > 0
    assert digest_elsewhere(seed, engine, "4711") == here.digest


def test_another_seed_is_another_month(geneses: Geneses) -> None:
    digests = {replay(Plan(seed, days=1, engine="memory"), geneses).digest for seed in (1, 2, 3)}
    assert len(digests) == 3
