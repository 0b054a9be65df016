"""Writes a golden sample for every fact that has none yet; never touches one that exists.

Run `python -m tests.support.golden_facts` after registering a new fact, read the file, commit it.
"""

import types
import typing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from shared.contracts.registry import FACTS

GOLDEN = Path(__file__).parents[1] / "contract" / "facts" / "golden"
_TEXTS = {"district": "421202", "unit": "can", "name": "青浦罐业示范厂"}


def sample(kind: typing.Any, name: str, index: int) -> typing.Any:
    """A deterministic value of type *kind* for the field *name* at *index*."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return sample(next(one for one in arguments if one is not types.NoneType), name, index)
    if origin is typing.Literal:
        return arguments[0]
    if origin is list:
        return [sample(arguments[0], name, index)]
    if origin is dict:
        return {sample(arguments[0], name, index): sample(arguments[1], name, index)}
    plain = {str: _TEXTS.get(name, name), int: 12_000 if "quantity" in name else 7, bool: True}
    if kind in plain:
        return plain[kind]
    if kind is datetime:
        return datetime(2026, 12, 1, 0, 0, index % 60, tzinfo=UTC)
    if issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        fields = enumerate(msgspec.structs.fields(kind))
        return kind(**{one.name: sample(hints[one.name], one.name, at) for at, one in fields})
    return next(iter(kind))


def write_missing() -> list[str]:
    """Names of the facts whose golden sample was written."""
    missing = [name for name in FACTS.classes if not (GOLDEN / f"{name}.json").exists()]
    for name in missing:
        (GOLDEN / f"{name}.json").write_bytes(FACTS.encode(sample(FACTS.classes[name], "", 0)) + b"\n")
    return missing


if __name__ == "__main__":
    print("\n".join(write_missing()) or "no fact without a golden sample")
