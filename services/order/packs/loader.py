"""Reads the pack files, checks them against one another and builds the catalogue. Every fault is named by its path."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import yaml

from services.order.domain.catalogue import Catalogue, Product
from services.order.packs.assembly import assemble
from services.order.packs.faults import PackFault
from services.order.packs.reading import read_yaml
from services.order.packs.shapes import PackShape
from services.order.packs.shelf import Shelf

PACKS_AT = Path(__file__).parent
PACK_FILES = ("packaging.yaml", "beverage.yaml", "services.yaml")
BYTES_MAX = 1_000_000


def read_pack(name: str, content: bytes) -> tuple[PackShape, str]:
    """The pack in *content* and its version: the first 16 hex digits of the content's SHA-256.

    Raises PackFault for what is no YAML or does not have the shape, with the path of the first fault.
    """
    if len(content) > BYTES_MAX:
        raise PackFault(name, "$", f"expected at most {BYTES_MAX} bytes, found {len(content)}")
    try:
        raw = read_yaml(content)
    except yaml.YAMLError as fault:
        raise PackFault(name, "$", f"expected YAML: {fault}") from fault
    try:
        pack = msgspec.convert(raw, PackShape, strict=True)
    except msgspec.ValidationError as fault:
        detail, _, path = str(fault).partition(" - at `")
        raise PackFault(name, _with_key(raw, path.rstrip("`") or "$"), detail) from fault
    return pack, hashlib.sha256(content).hexdigest()[:16]


def _with_key(raw: Any, path: str) -> str:
    """*path* with the key where msgspec only says `[...]`: the first entry of that section that is at fault."""
    section = path.removeprefix("$.").partition("[")[0]
    if not path.startswith(f"$.{section}[...]"):
        return path
    entry_type = get_args(get_type_hints(PackShape, include_extras=True)[section])[1]
    for key, entry in raw[section].items():
        try:
            msgspec.convert(entry, entry_type, strict=True)
        except msgspec.ValidationError:
            return path.replace("[...]", f".{key}", 1)
    return path


def load(contents: Mapping[str, bytes]) -> Catalogue:
    """The catalogue of these files (name -> bytes), in the order in which they need one another.

    Raises PackFault with file and path of the first fault.
    """
    shelf = Shelf()
    products: dict[str, Product] = {}
    versions: dict[str, str] = {}
    for name, content in contents.items():
        pack, version = read_pack(name, content)
        missing = [one for one in pack.needs if one not in versions]
        if missing:
            raise PackFault(name, "$.needs", f"expected packs that are read before this one, found {missing}")
        if pack.pack in versions:
            raise PackFault(name, "$.pack", f"expected a new pack, found {pack.pack!r} twice")
        versions[pack.pack] = version
        for product in assemble(name, pack, version, shelf):
            if product.product_id in products:
                raise PackFault(name, f"$.products.{product.product_id}", "this product stands in another pack already")
            products[product.product_id] = product
    if shelf.entrusted is None:
        raise PackFault(", ".join(contents), "$.entrusted_production", "expected one pack to say what the report has")
    return Catalogue(
        versions=versions,
        units=shelf.units,
        items=shelf.items,
        capabilities=shelf.capabilities(),
        products=products,
        label_rules=tuple(shelf.label_rules),
        entrusted=shelf.entrusted,
    )


def pack_contents(folder: Path = PACKS_AT, files: Sequence[str] = PACK_FILES) -> dict[str, bytes]:
    """The files' bytes by name."""
    return {name: (folder / name).read_bytes() for name in files}


@cache
def catalogue() -> Catalogue:
    """The catalogue of the packs that ship with the service."""
    return load(pack_contents())
