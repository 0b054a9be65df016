"""Secrets of a data directory: made by chance when it is first opened, kept in a file for its owner alone.

There are no default secrets. A variable of the environment, where set, goes before the file.
"""

import json
import os
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


class SecretsLost(Exception):  # an answer, not an error of the program
    """Logs are there, and what their keys are sealed with is not. New ones are never made over old logs silently."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} {why}, but logs were written with it; put it back from a backup, or have new secrets made:"
            f" python -m services renew-secrets --data {path.parent} / {path} 已丢失或损坏：请从备份恢复，"
            f"或运行 renew-secrets 生成新密钥（所有已签发的令牌随即失效）"
        )


def kept_in(directory: Path) -> dict[str, str]:
    """The directory's secrets; made and stored when it is new, and those that a later release has more.

    Raises SecretsLost where logs are without them; OSError.
    """
    if not (directory / FILE_NAME).exists() and not any(directory.glob("*.sqlite")):
        found: dict[str, str] = {}
    elif all(os.environ.get(name) for name in NAMES):
        return {}
    else:
        found = kept_before(directory)
    missing = {name: value for name, value in fresh().items() if name not in found}
    if missing:
        found = {**found, **missing}
        write_whole(directory / FILE_NAME, json.dumps(found, indent=1))
    return found


def kept_before(directory: Path) -> dict[str, str]:
    """What stands in the file. Raises SecretsLost when there is none, or none that can be read; OSError."""
    path = directory / FILE_NAME
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SecretsLost(path, "is gone") from None
    except ValueError:
        raise SecretsLost(path, "cannot be read") from None
    if not isinstance(found, dict):
        raise SecretsLost(path, "cannot be read")
    return {str(name): str(value) for name, value in found.items()}


def renew(directory: Path) -> None:
    """New secrets in place of whatever stood there: keys sealed with the old ones are lost with them. Raises OSError."""
    write_whole(directory / FILE_NAME, json.dumps(fresh(), indent=1))
