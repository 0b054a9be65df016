"""What the layers said of the bugs when they were last asked: kept in `outcomes.json`, from which the page is made."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec

KEPT = Path(__file__).with_name("outcomes.json")


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one layer said of one bug. *by*: the first test or invariant that noticed it, "" when none did; *cases*: how
    many cases or worlds it took, for each seed that found it; *missed*: seeds that did not.
    """

    by: str
    cases: list[int]
    missed: int

    @property
    def is_caught(self) -> bool:
        """Whether whoever asks this layer hears of the bug, whatever the seed."""
        return bool(self.cases) and not self.missed

    @property
    def cases_median(self) -> int:
        return round(median(self.cases))


Outcomes = Mapping[str, Mapping[str, Verdict]]
"""bug -> layer -> verdict."""


def read() -> dict[str, dict[str, Verdict]]:
    return msgspec.json.decode(KEPT.read_bytes(), type=dict[str, dict[str, Verdict]]) if KEPT.exists() else {}


def keep(found: Outcomes, names: Sequence[str]) -> None:
    """Write *found*, bugs in the order of *names*; what is no longer a bug is dropped."""
    ordered = {name: found[name] for name in names if name in found}
    KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(ordered), indent=1) + b"\n")
