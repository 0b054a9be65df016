"""Secrets of a data directory: made by chance when it is first opened, kept in a file for its owner alone.

There are no default secrets. A variable of the environment, where set, goes before the file.
"""

import json
import secrets
from pathlib import Path

from services.embedded.own_files import write_whole
from shared.settings import PREFIX

FILE_NAME = "secrets.json"
NAMES = tuple(f"{PREFIX}{service}_SECRET" for service in ("PORTAL", "ORDER", "CAPACITY", "LEDGER"))
BYTES = 32


def fresh() -> dict[str, str]:
    """New secrets by name of their variable."""
    return {name: secrets.token_urlsafe(BYTES) for name in NAMES}


def kept_in(directory: Path) -> dict[str, str]:
    """The directory's secrets, made and stored (mode 0600) when it has none. Raises OSError, ValueError."""
    path = directory / FILE_NAME
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        found = {}
    missing = {name: value for name, value in fresh().items() if name not in found}
    if missing:
        found = {**found, **missing}
        write_whole(path, json.dumps(found, indent=1))
    return {str(name): str(value) for name, value in found.items()}
