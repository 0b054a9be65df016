"""A view's digest moves with every file that its code depends on, and with none that it does not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.eventstore.code import ROOT, modules_of

VIEWS = {
    "Books": "services.ledger.projections.books",
    "Registers": "services.ledger.projections.registers",
    "Entries": "services.ledger.projections.entries",
    "Lots": "services.capacity.projections.lots",
    "OrderOverview": "services.order.projections.order_overview",
    "Users": "services.portal.projections.users",
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code in a place of its own, where it may be changed."""
    root = tmp_path_factory.mktemp("clone")
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def digests(root: Path) -> dict[str, str]:
    """The digest of each view, asked of a fresh process on the code at *root*."""
    lines = [f"from {module} import {name}; print('{name}', {name}().code_digest)" for name, module in VIEWS.items()]
    command = [sys.executable, "-c", "\n".join(lines)]
    ended = subprocess.run(command, cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=True)
    return dict(line.split() for line in ended.stdout.splitlines())


@pytest.mark.parametrize(
    ("file", "moved"),
    [
        ("services/ledger/projections/books.py", {"Books"}),
        ("services/ledger/domain/accounts.py", {"Books"}),
        ("services/ledger/projections/bookkeeping.py", {"Books"}),
        ("services/ledger/domain/production_days.py", {"Books", "Registers"}),
        ("services/ledger/projections/rows.py", {"Books", "Entries"}),
        ("services/ledger/domain/leaf.py", {"Books", "Registers", "Entries"}),
        ("services/capacity/domain/work_events.py", {"Lots"}),
        ("services/order/domain/situations.py", {"OrderOverview"}),
        ("services/portal/domain/user.py", {"Users"}),
        ("shared/kernel/event.py", set(VIEWS)),
        ("services/ledger/api/figures.py", set()),
        ("services/capacity/handlers/desk.py", set()),
    ],
)
def test_a_digest_moves_with_each_file_the_view_depends_on(clone: Path, file: str, moved: set[str]) -> None:
    changed = clone / file
    before, text = digests(clone), changed.read_text("utf-8")
    try:
        changed.write_text(text + "\n_more = 1\n", "utf-8")
        after = digests(clone)
    finally:
        changed.write_text(text, "utf-8")
    assert {name for name in VIEWS if before[name] != after[name]} == moved


def test_a_digest_moves_with_the_data_beside_the_code(clone: Path) -> None:
    beside = clone / "services/ledger/domain/rules/line_states.yaml"
    before, text = digests(clone), beside.read_text("utf-8")
    try:
        beside.write_text(text + "\n# another figure\n", "utf-8")
        assert digests(clone)["Books"] != before["Books"]
    finally:
        beside.write_text(text, "utf-8")


def test_what_a_module_depends_on_is_found_through_packages_and_lists_of_names() -> None:
    found = modules_of("services.ledger.projections.books")
    assert {"services.ledger.domain.work_book", "services.ledger.domain.accounts", "services.ledger"} <= found
    assert "services.ledger.api.figures" not in found
    assert modules_of("tests.nowhere") == modules_of("services.nowhere") == set()
