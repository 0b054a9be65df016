"""`bench plans` puts its parts into one table, and a bar that is missed anywhere fails the whole."""

from services.bench import quarter
from services.bench.plans import is_sound
from services.bench.plans_measured import Wanted, measured


def test_cases_are_measured_alone_or_beside_orders() -> None:
    both = measured(Wanted(orders=20, cases=2, quarter=False, seed=1))
    alone = measured(Wanted(orders=0, cases=2, quarter=False, seed=1))
    names = [{row["measure"] for row in one["rows"]} for one in (both, alone)]
    assert {"planned", "exact_equal"} <= names[0]
    assert "planned" not in names[1]
    assert is_sound(both)
    assert is_sound(alone)


def test_too_many_promises_beside_the_optimum_fail_the_whole() -> None:
    found = measured(Wanted(orders=20, cases=1, quarter=False, seed=1))
    assert not is_sound({**found, "exact_holds": False})


def test_a_quarter_says_set_up_hours_and_money_of_every_wish() -> None:
    rows = {row["measure"]: row["value"] for row in quarter.run(seed=1, orders=60)}
    for wish in quarter.WISHES:
        assert rows[f"quarter_{wish}_booked"] > 20
        assert rows[f"quarter_{wish}_price"] > 0
    assert rows["quarter_cheapest_price"] <= rows["quarter_fastest_price"]
    assert rows["quarter_cheapest_setup"] <= 1.2 * rows["quarter_fastest_setup"]
