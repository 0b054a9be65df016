from pathlib import Path

import yaml

from shared.reference.capabilities import capabilities, terms

PACKS = Path("services/order/packs")


def test_every_capability_names_known_units_formats_and_features() -> None:
    for one in capabilities().values():
        assert one.unit in terms("units")
        assert set(one.formats) <= set(terms("formats"))
        assert set(one.features) <= set(terms("features"))


def test_recipes_and_lines_speak_one_vocabulary() -> None:
    """The packs of the order service may ask only for what the lines of the capacity service can publish."""
    known = capabilities()
    for pack in sorted(PACKS.glob("*.yaml")):
        for code, process in yaml.safe_load(pack.read_text("utf-8")).get("processes", {}).items():
            assert code in known, f"{pack.name} asks for {code}"
            assert process["unit"] == known[code].unit, f"{pack.name}: unit of {code}"
            assert set(process["formats"]) <= set(known[code].formats), f"{pack.name}: formats of {code}"
            assert set(process["features"]) <= set(known[code].features), f"{pack.name}: features of {code}"
