"""Authority on why a line may stand still: the tree of downtime reasons, read once from `stoppages.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import yaml

from services.capacity.domain.refusals import Why
from shared.contracts.line_time import StopFamily
from shared.kernel.refusal import Refused

_DATA = Path(__file__).with_name("stoppages.yaml")


@dataclass(frozen=True, slots=True)
class StopReason:
    """A reason; *parent* is the code it refines, "" at the top. Families after PackML."""

    code: str
    family: StopFamily
    zh: str
    en: str
    parent: str = ""


@cache
def stop_reasons() -> dict[str, StopReason]:
    """code -> reason, in the order of the file. Raises ValueError when a parent is unknown or of another family."""
    rows = msgspec.convert(yaml.safe_load(_DATA.read_text("utf-8")), list[StopReason])
    found = {row.code: row for row in rows}
    if len(found) != len(rows):
        raise ValueError(f"{_DATA.name}: expected each code once")
    for row in rows:
        if row.parent and (row.parent not in found or found[row.parent].family != row.family):
            raise ValueError(f"{_DATA.name}: {row.code} refines {row.parent!r}, which is no reason of its family")
    return found


def stop_reason(code: str) -> StopReason:
    """Raises Refused: REASON_UNKNOWN."""
    found = stop_reasons().get(code)
    if found is None:
        raise Refused(Why.REASON_UNKNOWN, pointer="/reason", known=", ".join(stop_reasons()), found=code)
    return found
