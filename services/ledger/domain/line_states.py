"""The versioned rule that says what a stopped second is: read from `rules/line_states.yaml`."""

from functools import cache
from pathlib import Path

import yaml

from services.ledger.domain.accounts import Account

_DATA = Path(__file__).with_name("rules") / "line_states.yaml"


@cache
def version() -> str:
    """The rule's version, named beside every figure made with it."""
    return str(_read()["version"])


def rows() -> list[dict[str, str]]:
    """The rule as it is written, for people."""
    found = _read()["rows"]
    return [dict(row) for row in found]


@cache
def stopped_account(phase: str, family: str) -> Account | None:
    """The account of a stopped second; None: it stays what it is. Raises LookupError for an unknown pair."""
    for row in _read()["rows"]:
        if (row["phase"], row["family"]) == (phase, family):
            return Account(row["account"]) if row["account"] else None
    raise LookupError(f"line_states.yaml has no row for phase {phase!r} and family {family!r}")


@cache
def _read() -> dict[str, list[dict[str, str]]]:
    read: dict[str, list[dict[str, str]]] = yaml.safe_load(_DATA.read_text("utf-8"))
    return read
