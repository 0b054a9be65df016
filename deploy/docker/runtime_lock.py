"""Writes requirements.runtime.lock: of requirements.lock the libraries that the product itself needs, with the same pins.

`make runtime-lock` runs it after requirements.lock has changed; a test keeps both in step.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
HEADER = "# Made of requirements.lock by `make runtime-lock`: what the container installs, and nothing for tests.\n"


def needed() -> set[str]:
    """Names of the product's own libraries and of all that those need, here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: set[str] = set()
    waiting = [Requirement(one) for one in project["dependencies"]]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name not in found:
            found.add(name)
            waiting += [more for more in map(Requirement, requires(name) or []) if _applies(more, one.extras)]
    return found


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ["", *extras])


def blocks() -> Iterator[tuple[str, str]]:
    """Each library of requirements.lock, with its pin and hashes."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        if name := re.match(r"[A-Za-z0-9._-]+", block):
            pinned = [line for line in block.splitlines() if not line.lstrip().startswith("#")]
            yield canonicalize_name(name[0]), "\n".join(pinned) + "\n"


def runtime_lock() -> str:
    wanted = needed()
    found = {name: block for name, block in blocks() if name in wanted}
    if missing := wanted - set(found):
        raise LookupError(f"requirements.lock lacks {', '.join(sorted(missing))}")
    return HEADER + "".join(found[name] for name in sorted(found))


if __name__ == "__main__":
    sys.stdout.write(runtime_lock())
