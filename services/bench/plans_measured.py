"""What `bench plans` measures, put together: random orders with their checker, small cases beside their optimum, quarters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.bench import plans, quarter


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many of what; the same *seed* gives the same orders and cases."""

    orders: int
    cases: int
    quarter: bool
    seed: int

    @property
    def rounds(self) -> int:
        return self.orders + self.cases + len(quarter.WISHES) * quarter.ORDERS * self.quarter


def measured(wanted: Wanted, progress: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """One table of all that is wanted."""
    found: dict[str, Any] = {"bench": "plans", "orders": wanted.orders, "seed": wanted.seed, "rows": []}
    if wanted.orders:
        found = plans.run(wanted.orders, wanted.seed, progress)
    if wanted.cases:
        from services.bench.exact import comparing

        compared = comparing.run(wanted.cases, wanted.seed, progress)
        found = {**found, **compared, "rows": [*found["rows"], *compared["rows"]]}
    if wanted.quarter:
        found["rows"] += quarter.run(wanted.seed, progress)
    return found
