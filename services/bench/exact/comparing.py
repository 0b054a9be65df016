"""Promises of the product beside the proven optimum, case by case: how many are equal, and what the others lack."""

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from typing import Any

from services.bench.exact.cases import SHAPES, Case, random_case
from services.bench.exact.planned import cell_of, fastest

EQUAL_SHARE_MIN = 0.995
_CELLS_AN_HOUR = 10


@dataclass(frozen=True, slots=True)
class Compared:
    """*planned*, *best*: cells at which the goods arrive; None: no plan. *unsolved*: no proof within the time."""

    case: Case
    planned: int | None
    best: int | None
    unsolved: bool = False

    @property
    def is_equal(self) -> bool:
        return not self.unsolved and self.planned == self.best

    def miss(self, seed: int) -> dict[str, Any]:
        """One row for whoever looks into it; the case is made again by its seed and number."""
        later = None if self.planned is None or self.best is None else (self.planned - self.best) / _CELLS_AN_HOUR
        return {
            "case": self.case.number,
            "seed": seed,
            "shape": self.case.shape,
            "planned_cell": self.planned,
            "best_cell": self.best,
            "hours_later": later,
            "what": self._what(),
        }

    def _what(self) -> str:
        if self.unsolved:
            return "no proof within the time"
        if self.best is None:
            return "a plan that the model holds to be impossible"
        return "no plan found though there is one" if self.planned is None else "later than it could be"


def compared(case: Case) -> Compared:
    """The model looks for something as early as the product's promise, or earlier: so it proves the promise as well."""
    from services.bench.exact.model import CELLS, Unsolved, optimum

    option = fastest(case)
    planned = None if option is None else cell_of(option.promise_at)
    try:
        return Compared(case, planned, optimum(case, CELLS if planned is None else planned))
    except Unsolved:
        return Compared(case, planned, None, unsolved=True)


def run(cases: int, seed: int, progress: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Compare *cases* cases of *seed*: rows for the table, and every miss."""
    found: list[Compared] = []
    began = process_time()
    for number in range(cases):
        found.append(compared(random_case(number, seed)))
        progress(number + 1)
    equal = sum(one.is_equal for one in found)
    rows: list[dict[str, Any]] = [
        {"measure": "exact_cases", "value": len(found), "unit": "cases"},
        {"measure": "exact_equal", "value": equal, "unit": "cases"},
        {"measure": "exact_equal_share", "value": round(100 * equal / len(found), 2), "unit": "%"},
        {"measure": "exact_unsolved", "value": sum(one.unsolved for one in found), "unit": "cases"},
        {"measure": "exact_without_plan", "value": sum(one.best is None for one in found), "unit": "cases"},
        *(
            {
                "measure": f"exact_equal_{shape.replace(' ', '_')}",
                "value": sum(one.is_equal for one in found if one.case.shape == shape),
                "unit": f"of {sum(one.case.shape == shape for one in found)}",
            }
            for shape in SHAPES
        ),
        {"measure": "exact_seconds", "value": round(process_time() - began, 1), "unit": "s"},
    ]
    return {
        "rows": rows,
        "misses": [one.miss(seed) for one in found if not one.is_equal],
        "exact_holds": equal >= EQUAL_SHARE_MIN * len(found),
    }
