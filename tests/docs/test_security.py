"""docs/security.md tells the truth: its files and its tests exist, all ten risks have a row, each row has a test."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
RISKS = [f"API{number}" for number in range(1, 11)]


def _tests_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_file_it_names_exists() -> None:
    named = set(re.findall(r"`((?:services|shared|tests|docs|deploy)/[\w./-]+)(?:::\w+)?`", PAGE))
    assert len(named) > 30
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []


def test_every_test_it_names_exists() -> None:
    named = re.findall(r"`(tests/[\w./-]+)::(\w+)`", PAGE)
    assert len(named) > 40
    assert [f"{path}::{name}" for path, name in named if name not in _tests_of(path)] == []


def test_each_of_the_ten_risks_has_a_row_with_files_and_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| API\d+ ", line)]
    assert [row.split()[1] for row in rows] == RISKS
    for row in rows:
        _, does, where, tested = (cell.strip() for cell in row.strip("|").split(" | "))
        assert len(does) > 40
        assert "`" in where
        assert "`tests/" in tested


def test_the_policy_leads_there_and_names_nobody_by_address() -> None:
    policy = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "docs/security.md" in policy
    assert "@" not in policy
