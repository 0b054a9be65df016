"""The programme's targets and when something counts towards them: read from `rules/programme.yaml`, judged on sums."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from services.ledger.domain.accounts import BUSY
from services.ledger.domain.figures import Sums

_DATA = Path(__file__).with_name("rules") / "programme.yaml"
_SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Target:
    """What was promised: at least *least* (at most *most*) until the local day *until*, which is excluded."""

    code: str
    zh: str
    en: str
    place: str
    counts: Literal["enterprises", "shared_factories"]
    until: str
    least: int
    rule_zh: str
    rule_en: str
    most: int | None = None
    third_party_hours_min: int = 0
    clients_min: int = 0
    sharing_ratio_percent_min: int = 0


@cache
def version() -> str:
    return str(_read()["version"])


@cache
def source() -> str:
    return str(_read()["source"])


@cache
def targets() -> tuple[Target, ...]:
    """All targets, in the order of the policy."""
    return tuple(Target(**{**row, "until": row["until"].isoformat()}) for row in _read()["targets"])


def is_shared_factory(target: Target, sums: Sums) -> bool:
    """Whether a plant's *sums* reach every threshold of *target*."""
    busy = sum(sums.time.get(one, 0) for one in BUSY)
    return (
        sums.third_party_busy >= target.third_party_hours_min * _SECONDS_PER_HOUR
        and len(sums.clients) >= target.clients_min
        and busy > 0
        and sums.third_party_busy * 100 >= busy * target.sharing_ratio_percent_min
    )


@cache
def _read() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return read
