"""Import-linter's contracts hold on the tree, and each breaks when a violation of it is planted."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Plant:
    """One violation: *line* added to *module*, and the contract that must then be broken."""

    contract: str
    module: str
    line: str


PLANTS = [
    Plant(
        "Inside a service, imports run downward through the rooms",
        "services/order/domain/planted.py",
        "import services.order.publishing",
    ),
    Plant(
        "Inside a service, imports run downward through the rooms",
        "services/ledger/cellar.py",  # a room the plan does not know
        "x = 1",
    ),
    Plant("Services never import one another", "services/portal/planted.py", "import services.ledger.domain"),
    Plant("The rules know no framework", "services/capacity/domain/planted.py", "import flask"),
    Plant("The rules know no framework", "shared/kernel/planted.py", "import sqlalchemy"),
    Plant("Shared code is layered and knows no service", "shared/bus/planted.py", "import services.order.domain"),
    Plant("Shared code is layered and knows no service", "shared/kernel/planted.py", "import shared.contracts"),
]


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture
def a_copy_of_the_tree(tmp_path: Path) -> Path:
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    outcome = lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.module)
def test_a_planted_violation_breaks_its_contract(plant: Plant, a_copy_of_the_tree: Path) -> None:
    (a_copy_of_the_tree / plant.module).write_text(f'"""Planted."""\n\n{plant.line}\n', "utf-8")
    outcome = lint(a_copy_of_the_tree)
    assert outcome.returncode != 0
    flat = " ".join(outcome.stdout.split())
    assert f"{plant.contract} BROKEN" in flat or f"{plant.contract}: BROKEN" in flat, outcome.stdout
