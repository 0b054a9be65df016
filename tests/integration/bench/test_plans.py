"""The benchmark of plans holds its own bars on a few orders, and says the same for the same seed."""

from services.bench.checking.planted import PLANTED
from services.bench.plans import is_sound, run


def test_random_orders_are_planned_soundly_or_refused_with_reasons() -> None:
    result = run(120, seed=3)
    values = {row["measure"]: row["value"] for row in result["rows"]}
    assert is_sound(result), result["violations"]
    assert values["planned"] > 40
    assert values["planned"] + values["unplanned"] == 120
    assert values["planted_found"] == values["planted_violations"] == len(PLANTED) >= 14
    assert values["material_balance_errors"] == values["unplanned_without_reason"] == 0


def test_the_same_seed_gives_the_same_plans() -> None:
    first, second = (
        {row["measure"]: row["value"] for row in run(25, seed=7)["rows"] if row["unit"] not in {"ms", "1/s"}}
        for _ in range(2)
    )
    assert first == second
