"""The audit of the locked libraries passes only when a source that knows vulnerabilities knows none of ours."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KNOWN = '{"dependencies": [{"name": "jinja2", "vulns": [{"id": "PYSEC-2019-217"}]}]}'
EMPTY = '{"dependencies": [{"name": "jinja2", "vulns": []}]}'


def _auditor(folder: Path, about_old: str, about_ours: int) -> Path:
    """An auditor that says *about_old* of the old library and ends with *about_ours* for the lock."""
    auditor = folder / "pip-audit"
    auditor.write_text(
        f"#!/usr/bin/env bash\ncase $* in *requirements.lock*) exit {about_ours};; esac\necho '{about_old}'\nexit 1\n"
    )
    auditor.chmod(0o755)
    return auditor


@pytest.mark.parametrize(
    ("about_old", "about_ours", "code", "says"),
    [
        (KNOWN, 0, 0, ""),
        (KNOWN, 1, 1, ""),
        (EMPTY, 0, 2, "could not be audited"),
        ("Dependency not found and could not be asked about", 0, 2, "could not be audited"),
    ],
)
def test_only_a_source_that_knows_vulnerabilities_is_believed(
    tmp_path: Path, about_old: str, about_ours: int, code: int, says: str
) -> None:
    command = [str(ROOT / ".ci/audit"), str(_auditor(tmp_path, about_old, about_ours))]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (ended.returncode, says in ended.stderr) == (code, True)


def test_the_auditor_is_pinned_and_lives_apart_from_what_it_audits() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"pip-audit==\d+\.\d+\.\d+\n", makefile)
    assert "AUDIT := .venv-audit" in makefile
    assert "pip-audit" not in (ROOT / "requirements.lock").read_text("utf-8")
