"""How far production may stray from plan and clock (`execution.yaml`), and how many pieces a lot's inspection takes
(`sampling.yaml`). The figures are data; here stands what they mean.
"""

from bisect import bisect_left
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
import yaml

from services.capacity.domain.refusals import Why
from shared.kernel.clock import instant_text
from shared.kernel.refusal import Refused
from shared.kernel.rounding import PPM

_FOLDER = Path(__file__).parent


class ExecutionLimits(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Bounds on what may be reported; ppm of the plan, hours and minutes of the clock."""

    over_plan_ppm: int
    late_entry_hours_max: int
    early_start_minutes_max: int
    no_show_grace_minutes: int
    make_up_above_ppm: int
    start_share_ppm: int

    def output_max(self, quantity_gross: int) -> int:
        """Most that a work order planned at *quantity_gross* may report, good and scrap together."""
        return quantity_gross * self.over_plan_ppm // PPM

    def needed_to_start(self, quantity: int) -> int:
        """How much of a planned input must be there before the start."""
        return quantity * self.start_share_ppm // PPM

    def check_at(self, at: datetime, now: datetime, last_at: datetime) -> None:
        """Raises Refused AT_IN_FUTURE, AT_TOO_OLD, AT_BEFORE_LAST: records are not ahead, not too late, in order."""
        if at > now:
            raise Refused(Why.AT_IN_FUTURE, pointer="/at", at=instant_text(at), now=instant_text(now))
        if at < now - timedelta(hours=self.late_entry_hours_max):
            raise Refused(Why.AT_TOO_OLD, pointer="/at", at=instant_text(at), hours_max=self.late_entry_hours_max)
        if at < last_at:
            raise Refused(Why.AT_BEFORE_LAST, pointer="/at", at=instant_text(at), last_at=instant_text(last_at))


@cache
def standard_limits() -> ExecutionLimits:
    """The figures of `execution.yaml`."""
    return msgspec.convert(yaml.safe_load((_FOLDER / "execution.yaml").read_text("utf-8")), ExecutionLimits)


@cache
def _sampling() -> list[tuple[int, int]]:
    return msgspec.convert(yaml.safe_load((_FOLDER / "sampling.yaml").read_text("utf-8")), list[tuple[int, int]])


def sample_size(lot_size: int) -> int:
    """Pieces to inspect of a lot of *lot_size* (> 0): GB/T 2828.1, general inspection level II; never above the lot."""
    rows = _sampling()
    index = min(bisect_left(rows, lot_size, key=lambda row: row[0]), len(rows) - 1)
    return min(rows[index][1], lot_size)
