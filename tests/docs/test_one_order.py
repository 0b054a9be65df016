"""docs/one-order.md tells the truth: its files exist, its names are theirs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/one-order.md").read_text("utf-8")


def test_every_file_and_folder_it_names_exists() -> None:
    named = set(re.findall(r"`((?:services|shared|tests|docs|deploy)/[\w./-]+)`", PAGE))
    assert len(named) > 15
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
