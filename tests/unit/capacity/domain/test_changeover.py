"""The changeover matrix: asymmetric, most specific rule, sums over features, prohibitions."""

from services.capacity.domain.changeover import Changeovers, Run, run_of
from services.capacity.domain.values import ChangeoverRule as Rule

MATRIX = Changeovers(
    (
        Rule("base", "*", "*", 15),
        Rule("height", "*", "*", 30),
        Rule("colour", "*", "*", 10),
        Rule("colour", "light", "dark", 20),
        Rule("colour", "dark", "clear", 60),
        Rule("family", "*", "*", 45),
        Rule("family", "*", "water", 120),
        Rule("family", "protein", "water", None, same_day_only=True),
        Rule("family", "sauce", "water", None),
    )
)


def _run(**features: str) -> Run:
    return run_of("FILL", "330", features)


def _minutes(before: Run | None, after: Run, *, same_day: bool = True) -> int | None:
    seconds = MATRIX.seconds(before, after, same_day=same_day)
    return None if seconds is None else seconds // 60


def test_the_same_run_again_costs_nothing() -> None:
    assert _minutes(_run(height="115"), _run(height="115")) == 0


def test_an_unknown_run_before_costs_the_base() -> None:
    assert _minutes(None, _run(height="115")) == 15


def test_changed_features_add_up_on_the_base() -> None:
    assert _minutes(_run(height="115", colour="light"), _run(height="168", colour="dark")) == 15 + 30 + 20


def test_the_matrix_is_asymmetric() -> None:
    assert _minutes(_run(colour="light"), _run(colour="dark")) == 35
    assert _minutes(_run(colour="dark"), _run(colour="light")) == 25


def test_the_most_specific_rule_wins() -> None:
    assert _minutes(_run(family="functional"), _run(family="water")) == 135
    assert _minutes(_run(family="functional"), _run(family="tea")) == 60


def test_a_change_without_a_rule_is_forbidden() -> None:
    assert _minutes(_run(diameter="53"), _run(diameter="66")) is None


def test_a_prohibition_of_one_day_holds_on_that_day_only() -> None:
    assert _minutes(_run(family="protein"), _run(family="water"), same_day=True) is None
    assert _minutes(_run(family="protein"), _run(family="water"), same_day=False) == 135
    assert _minutes(_run(family="sauce"), _run(family="water"), same_day=False) is None


def test_a_feature_only_one_run_has_is_a_change() -> None:
    assert _minutes(_run(), _run(family="tea")) == 60


def test_format_counts_only_where_the_line_has_a_rule_for_it() -> None:
    small, large = run_of("FILL", "330", {}), run_of("FILL", "500", {})
    assert _minutes(small, large) == 0
    strict = Changeovers((Rule("format", "330", "500", 90),))
    assert strict.seconds(small, large, same_day=True) == 5_400
    assert strict.seconds(large, small, same_day=True) is None
