"""Feeds files to a target once more: `python -m tests.fuzz.replay TARGET FILE…`, to see a crash and to see it mended."""

import sys
from pathlib import Path

import structlog

from tests.fuzz.targets.table import TARGETS


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    name, *paths = sys.argv[1:]
    feed = TARGETS[name].make()
    for path in paths:
        feed(Path(path).read_bytes())
        print(f"{path}: answered as documented")


if __name__ == "__main__":
    main()
