"""The packs that ship are sound, and every kind of fault an author can make is named by file and path."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from services.order.packs.faults import PackFault
from services.order.packs.loader import catalogue, load, pack_contents, read_pack
from services.order.packs.reading import read_yaml
from shared.contracts.explosion import explode
from shared.reference.capabilities import capabilities, terms


def test_the_shipped_packs_cover_the_trade() -> None:
    found = catalogue()
    assert set(found.versions) == {"packaging", "beverage", "services"}
    assert {
        *("CAN_BODY", "CAN_PRINT", "CAN_SLEEVE", "CAN_DIGITAL", "CAN_END", "CLOSURE", "COAT", "PRINT_SHEET"),
        *("BODY_WELD", "PREFORM", "BLOW", "FILL_WATER_PET", "FILL_TEA_ASEPTIC_PET", "FILL_HOT_PET", "FILL_CAN"),
        *("FILL_SMALL_BATCH", "LAB_TEST", "PILOT_RUN", "COLD_TRANSPORT", "COLD_STORE"),
    } == set(found.capabilities)
    drinks = {one.licence_category for one in found.products.values() if one.kind == "drink"}
    assert {"0601", "0603", "0605", "0607"} == drinks


def test_every_capability_is_used_by_some_product() -> None:
    found = catalogue()
    used = {step.capability for one in found.products.values() for variant in one.variants for step in variant.steps}
    assert used == set(found.capabilities)


def test_steps_of_one_capability_always_name_the_same_features() -> None:
    """Otherwise a line could meet a feature without a changeover rule, and matching would forbid the run."""
    found = catalogue()
    for product in found.products.values():
        for variant in product.variants:
            for step in variant.steps:
                assert set(step.features) == set(found.capabilities[step.capability].features)


def test_packs_speak_the_vocabulary_that_lines_publish_in() -> None:
    """Otherwise a recipe would ask for what no plant could ever say that it has."""
    for code, words in catalogue().capabilities.items():
        known = capabilities()[code]
        assert (words.unit, set(words.features)) == (known.unit, set(known.features)), code
        assert set(words.formats) <= set(known.formats), code
    assert set(catalogue().units) <= set(terms("units"))


def test_every_variant_explodes_into_exact_quantities() -> None:
    for product in catalogue().products.values():
        for variant in product.variants:
            exploded = explode(list(variant.steps), variant.usual_minimum)
            assert all(one.gross >= one.net for one in exploded.steps.values())


def test_the_version_is_the_hash_of_the_content() -> None:
    content = pack_contents()["packaging.yaml"]
    assert read_pack("packaging.yaml", content)[1] == catalogue().versions["packaging"]
    assert read_pack("packaging.yaml", content + b"# a note\n")[1] != catalogue().versions["packaging"]


def dumped(pack: Any) -> bytes:
    return yaml.dump(pack, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True).encode()


Spoil = Callable[[dict[str, Any]], None]


def _set(*path: str | int, to: object) -> Spoil:
    def spoil(pack: dict[str, Any]) -> None:
        at: Any = pack
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = to

    return spoil


FAULTS: list[tuple[str, Spoil, str]] = [
    ("packaging.yaml", _set("processes", "CAN_BODY", "yield_ppm", to=1_000_001), "$.processes.CAN_BODY.yield_ppm"),
    ("packaging.yaml", _set("processes", "CAN_BODY", "fixed_loss", to=-1), "$.processes.CAN_BODY.fixed_loss"),
    ("packaging.yaml", _set("processes", "CAN_BODY", "fixed_loss", to="400"), "$.processes.CAN_BODY.fixed_loss"),
    ("packaging.yaml", _set("processes", "CAN_BODY", "spede", to=1), "$.processes.CAN_BODY"),
    ("packaging.yaml", _set("processes", "CAN_BODY", "unit", to="cans"), "$.processes.CAN_BODY.unit"),
    ("packaging.yaml", _set("processes", "CAN_BODY", "features", to=["shine"]), "$.processes.CAN_BODY.features[0]"),
    ("packaging.yaml", _set("processes", "CAN_BODY", "includes", "en", to=["one"]), "$.processes.CAN_BODY.includes"),
    ("packaging.yaml", _set("processes", "CAN_END", "formats", to=["END_202"] * 2), "$.processes.CAN_END.formats"),
    ("packaging.yaml", _set("items", "pet-resin", "unit", to="stone"), "$.items.pet-resin.unit"),
    (
        "packaging.yaml",
        _set("routes", "can-330-blank", 0, "format", to="SLEEK_331"),
        "$.routes.can-330-blank[0].format",
    ),
    (
        "packaging.yaml",
        _set("routes", "can-330-blank", 0, "process", to="CAN_BODI"),
        "$.routes.can-330-blank[0].process",
    ),
    ("packaging.yaml", _set("routes", "can-330-blank", 0, "unit", to="end"), "$.routes.can-330-blank[0].unit"),
    (
        "packaging.yaml",
        _set("routes", "can-330-blank", 0, "features", to={"design": "blank"}),
        "$.routes.can-330-blank[0].features",
    ),
    (
        "packaging.yaml",
        _set("routes", "can-330-blank", 0, "features", "colour", to="pink"),
        "$.routes.can-330-blank[0].features.colour",
    ),
    (
        "packaging.yaml",
        _set("routes", "can-330-blank", 0, "features", "colour", to="$artwork"),
        "$.routes.can-330-blank[0].features.colour",
    ),
    (
        "packaging.yaml",
        _set("routes", "can-330-blank", 0, "inputs", to=[{"item": "gold"}]),
        "$.routes.can-330-blank[0].inputs[0].item",
    ),
    (
        "packaging.yaml",
        _set("routes", "can-330-sleeve", 0, "inputs", to=[{"step": "later"}]),
        "$.routes.can-330-sleeve[0].inputs[0].step",
    ),
    ("packaging.yaml", _set("routes", "can-330-sleeve", 0, "inputs", to=[{}]), "$.routes.can-330-sleeve[0].inputs[0]"),
    (
        "packaging.yaml",
        _set("routes", "can-330-blank", 0, "inputs", to=[{"item": "pet-resin", "ratio": "0/1"}]),
        "$.routes.can-330-blank[0].inputs[0].ratio",
    ),
    ("packaging.yaml", _set("options", "colour", "default", to="pink"), "$.options.colour.default"),
    ("packaging.yaml", _set("options", "colour", "choices", to={}), "$.options.colour.choices"),
    ("packaging.yaml", _set("options", "artwork", "default", to="x"), "$.options.artwork"),
    ("packaging.yaml", _set("products", "end-202", "unit", to="box"), "$.products.end-202.unit"),
    ("packaging.yaml", _set("products", "end-202", "unit", to="can"), "$.products.end-202.variants[0]"),
    ("packaging.yaml", _set("products", "end-202", "lead_days", to=[9, 3]), "$.products.end-202.lead_days"),
    ("packaging.yaml", _set("products", "end-202", "kind", to="drink"), "$.products.end-202.licence_category"),
    (
        "packaging.yaml",
        _set("products", "end-202", "options", to={"shine": "optional"}),
        "$.products.end-202.options.shine",
    ),
    (
        "packaging.yaml",
        _set("products", "end-202", "variants", 0, "use", to=["x-y"]),
        "$.products.end-202.variants[0].use[0]",
    ),
    (
        "packaging.yaml",
        _set("products", "can-330-sleek", "variants", 0, "when", to={"decoration": ["gold"]}),
        "$.products.can-330-sleek.variants[0].when.decoration",
    ),
    (
        "packaging.yaml",
        _set("products", "can-330-sleek", "variants", 0, "use", to=["can-330-blank", "end-alone"]),
        "$.products.can-330-sleek.variants[0].use[1]",
    ),
    (
        "packaging.yaml",
        _set("products", "can-330-sleek", "variants", 1, "use", to=["can-330-blank", "can-330-blank"]),
        "$.routes.can-330-blank[0].step",
    ),
    (
        "packaging.yaml",
        _set("products", "can-330-sleek", "variants", 1, "use", to=["ends-202", "can-330-blank"]),
        "$.routes.ends-202[0].features.colour",
    ),
    ("packaging.yaml", _set("products", "end-202", "keeping", to=None), "$.products.end-202.keeping"),
    (
        "packaging.yaml",
        _set("products", "end-202", "keeping", "wait_days_max", to=-1),
        "$.products.end-202.keeping.wait_days_max",
    ),
    (
        "beverage.yaml",
        _set("products", "tea-can-330", "keeping", to={"wait_days_max": 14}),
        "$.products.tea-can-330.keeping.shelf_life_days",
    ),
    (
        "beverage.yaml",
        _set("products", "tea-can-330", "keeping", "days_left_min", to=365),
        "$.products.tea-can-330.keeping.days_left_min",
    ),
    (
        "beverage.yaml",
        _set("products", "tea-can-330-chilled", "keeping", "cold_band", to="cool"),
        "$.products.tea-can-330-chilled.keeping.cold_band",
    ),
    (
        "beverage.yaml",
        _set("products", "tea-can-330-chilled", "keeping", "cold_band", to=""),
        "$.products.tea-can-330-chilled.keeping.cold_band",
    ),
    (
        "services.yaml",
        _set("products", "cold-load", "keeping", "cold_band_by", to={"shade": {}}),
        "$.products.cold-load.keeping.cold_band_by.shade",
    ),
    (
        "services.yaml",
        _set("products", "cold-load", "keeping", "cold_band_by", to={"band": {"BAND_2_8": "2-8"}}),
        "$.products.cold-load.keeping.cold_band_by.band",
    ),
    ("packaging.yaml", _set("needs", to=["beverage"]), "$.needs"),
    ("beverage.yaml", _set("units", "can", to={"zh": "罐", "en": "can"}), "$.units.can"),
    ("beverage.yaml", _set("pack", to="packaging"), "$.pack"),
    ("beverage.yaml", _set("label_rules", 0, "from", to="soon"), "$.label_rules[0].from"),
]


@pytest.mark.parametrize(("file", "spoil", "path"), FAULTS)
def test_a_fault_is_named_by_file_and_path(file: str, spoil: Spoil, path: str) -> None:
    contents = pack_contents()
    pack = read_yaml(contents[file])
    spoil(pack)
    contents[file] = dumped(pack)
    with pytest.raises(PackFault) as caught:
        load(contents)
    assert (caught.value.file, caught.value.path) == (file, path), str(caught.value)


def test_a_step_that_nobody_eats_is_a_fault() -> None:
    contents = pack_contents()
    pack = read_yaml(contents["packaging.yaml"])
    pack["routes"]["tin-250"][1]["inputs"] = []
    contents["packaging.yaml"] = dumped(pack)
    with pytest.raises(PackFault, match="to eat the output of 'coat'"):
        load(contents)


_ODD_SCALARS = (b"pack: 2026-13-45\n", b"pack: !!int x\n", b"pack: !!bool x\n", b"pack: !!timestamp x\n")


@pytest.mark.parametrize(
    "content",
    [b"pack: [", b"- a\n", b"", b"x" * 1_000_001, b"? [a]\n: b\n", b"[" * 5_000, *_ODD_SCALARS],
    ids=lambda content: content[:20].decode(),
)
def test_what_is_no_pack_is_refused(content: bytes) -> None:
    with pytest.raises(PackFault):
        read_pack("packaging.yaml", content)


def test_a_key_that_stands_twice_is_refused_instead_of_lost() -> None:
    content = pack_contents()["packaging.yaml"].replace(b"  can: {", b"  end: {", 1)
    with pytest.raises(PackFault, match="found 'end' twice"):
        read_pack("packaging.yaml", content)


def test_the_catalogue_needs_one_pack_with_the_report_of_entrusted_production() -> None:
    contents = pack_contents(files=["packaging.yaml"])
    with pytest.raises(PackFault, match="expected one pack to say what the report has"):
        load(contents)


def test_a_product_may_stand_in_one_pack_only() -> None:
    contents = pack_contents()
    pack = read_yaml(contents["services.yaml"])
    pack["products"]["end-202"] = pack["products"]["lab-test"]
    contents["services.yaml"] = dumped(pack)
    with pytest.raises(PackFault, match="stands in another pack already"):
        load(contents)
