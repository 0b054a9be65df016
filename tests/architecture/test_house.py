"""The house keeps its own measures: file lengths, opening sentences, names, and nothing of one machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES_MAX = 400
LOST_NAMES = {"utils", "util", "helpers", "helper", "common", "service", "misc", "manager"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / line for line in listed if (ROOT / line).is_file()]


def test_no_file_is_longer_than_the_limit() -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in tracked("*.py")}
    assert lengths, "expected Python files"
    assert {name: lines for name, lines in lengths.items() if lines > LINES_MAX} == {}


def test_every_module_opens_by_saying_what_it_is_the_authority_on() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked("services/*.py", "shared/*.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_file_is_named_where_code_goes_to_be_lost() -> None:
    assert [path for path in tracked("*.py") if path.stem in LOST_NAMES] == []


def test_nothing_unfinished_is_committed() -> None:
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|raise NotImplemented" + r"Error)\b")
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in tracked("*.py", "*.sh", "*.html", "*.yaml", "*.md")
        if (hit := words.search(path.read_text("utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize("path", ["pyproject.toml", "requirements.lock", "Makefile", ".ci/run"])
def test_the_house_names_no_registry_host(path: str) -> None:
    assert not re.search(r"https?://(?!www\.apache\.org|127\.0\.0\.1)", (ROOT / path).read_text("utf-8"))


def test_no_file_names_a_path_of_this_machine() -> None:
    places = {str(ROOT.parent) + "/", str(Path.home()) + "/"}
    places = {place for place in places if len(place) > len("/tmp/")}  # noqa: S108 - a length, no file
    found = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py", "*.md", "*.yaml", "*.yml", "*.toml", "Makefile", ".ci/run", "*.json", "*.csv")
        if any(place in path.read_text("utf-8") for place in places)
    ]
    assert found == []


def test_tests_do_not_sleep_or_skip() -> None:
    pattern = re.compile(r"time\.sleep\(|pytest\.(mark\.)?(skip|xfail)|importorskip")
    found = [
        str(path.relative_to(ROOT))
        for path in tracked("tests/*.py")
        if path != Path(__file__) and pattern.search(path.read_text("utf-8"))
    ]
    assert found == []
