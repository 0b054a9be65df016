"""The portal's terms: how long nominations and one-time codes stay good. Figures come from data."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import yaml

_DATA = Path(__file__).with_name("terms.yaml")


@dataclass(frozen=True, slots=True)
class Terms:
    nomination_lasts_for: timedelta
    access_code_lasts_for: timedelta
    emergency_code_lasts_for: timedelta


@cache
def terms() -> Terms:
    found = yaml.safe_load(_DATA.read_text("utf-8"))
    return Terms(
        timedelta(days=found["nomination_days"]),
        timedelta(hours=found["access_code_hours"]),
        timedelta(hours=found["emergency_code_hours"]),
    )
