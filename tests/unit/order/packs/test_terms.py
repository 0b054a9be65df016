"""The terms that ship are sound, and a wrong figure is named by its path."""

from datetime import timedelta

import pytest
import yaml

from services.order.packs.faults import PackFault
from services.order.packs.terms import TERMS_AT, read_terms, terms


def test_the_shipped_terms() -> None:
    assert terms().horizon == timedelta(days=730)
    assert terms().lines_max == 20
    assert terms().is_enough(990, 1_000)
    assert not terms().is_enough(989, 1_000)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("cancellation", "booked_ppm", 1_000_001),
        ("cancellation", "fence_hours", 0),
        ("change", "minimum_fen", -1),
        ("orders", "lines_max", "20"),
        ("delivery", "under_ppm", 0.5),
    ],
)
def test_a_wrong_figure_is_named_by_its_path(section: str, key: str, value: object) -> None:
    found = yaml.safe_load(TERMS_AT.read_bytes())
    found[section][key] = value
    with pytest.raises(PackFault) as caught:
        read_terms(yaml.safe_dump(found).encode())
    assert caught.value.path == f"$.{section}.{key}"


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(PackFault, match="expected YAML"):
        read_terms(b"a: [")
