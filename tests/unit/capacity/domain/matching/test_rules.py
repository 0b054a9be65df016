"""The figures of planning are data, read whole or not at all."""

import msgspec
import pytest
import yaml

from services.capacity.domain.matching.rules import planning_rules_from, standard_rules

FIGURES = msgspec.to_builtins(standard_rules())


def test_the_standard_figures_are_complete() -> None:
    rules = standard_rules()
    assert rules.vat_ppm == 130_000
    assert rules.lorry_loads["can"] == 204_225
    assert planning_rules_from(yaml.safe_dump(FIGURES)) == rules


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_missing_figure_is_an_error(name: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=name):
        planning_rules_from(yaml.safe_dump({key: value for key, value in FIGURES.items() if key != name}))


def test_an_unknown_figure_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError, match="surprise"):
        planning_rules_from(yaml.safe_dump({**FIGURES, "surprise": 1}))
