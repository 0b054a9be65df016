"""The layers of testing and how each is asked whether it notices a bug: by tests that fail, or by a world that breaks."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.planted.bug import Bug
from tests.planted.counting import PROFILE

TEST_TIMEOUT_S = 120
RUN_TIMEOUT_S = 600


class Layer(StrEnum):
    RULES = "rules"
    ASSEMBLED = "assembled"
    SIMULATION = "simulation"

    def knows(self, bug: Bug) -> bool:
        """Whether this layer is asked about *bug*."""
        return not bug.unseen if self is Layer.SIMULATION else bool(_paths(self, bug))


TESTED = (Layer.RULES, Layer.ASSEMBLED)
"""Layers that are made of tests."""


@dataclass(frozen=True, slots=True)
class Try:
    """One look of one layer at one bug. *by*: what noticed it, "" when nothing did; *is_drawn*: chance had a hand."""

    by: str
    cases: int
    is_drawn: bool


def ask(root: Path, bug: Bug, layer: Layer, seed: int) -> Try:
    """Whether *layer* notices *bug*, which is planted in the tree at *root*."""
    return run_tests(root, _paths(layer, bug), seed)


def _paths(layer: Layer, bug: Bug) -> Sequence[str]:
    return bug.rules if layer is Layer.RULES else bug.assembled


def run_tests(root: Path, paths: Sequence[str], seed: int) -> Try:
    """The tests at *paths* of the tree at *root*, until one fails. Raises RuntimeError when they cannot be run."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        into = Path(folder) / "cases.json"
        command = [sys.executable, "-m", "pytest", *paths, "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
        command += ["-p", "tests.planted.counting", f"--cases-into={into}", f"--timeout={TEST_TIMEOUT_S}"]
        command += [f"--hypothesis-profile={PROFILE}", f"--hypothesis-seed={seed}"]
        command += ["-p", "_hypothesis_pytestplugin", "-p", "pytest_timeout"]  # the others take seconds to load
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        try:
            ended = subprocess.run(
                command,
                cwd=root,
                env=environment,
                capture_output=True,
                text=True,
                timeout=RUN_TIMEOUT_S,
                check=False,
            )
            status, said = ended.returncode, ended.stdout[-2_000:] + ended.stderr[-2_000:]
        except subprocess.TimeoutExpired:
            status, said = 1, f"no end within {RUN_TIMEOUT_S} s"  # the test that ran then stands as the one that failed
        if not into.exists() or (status and not json.loads(into.read_text("utf-8"))["failed"]):
            raise RuntimeError(f"pytest ended with {status} and no verdict on {paths}:\n{said}")
        found = json.loads(into.read_text("utf-8"))
    return Try(found["failed"] if status else "", found["cases"], found["drawn"])
