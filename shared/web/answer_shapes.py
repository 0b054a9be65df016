"""What a document says of answers: their shape. The sizes that its fields name bound only what callers send."""

from collections.abc import Mapping
from typing import Any

import orjson

_SIZES = frozenset({"minLength", "maxLength", "minItems", "maxItems", "maxProperties"})


def reference_to(name: str) -> str:
    """How a document's text refers to the schema *name*."""
    return f'"#/components/schemas/{name}"'


def leave_sizes_to_what_is_taken(document: dict[str, Any]) -> None:
    """Take the sizes out of the schemas of *document* that only ever stand in answers.

    A field has the same bounds wherever it stands; what an answer holds was made by the platform and may be longer
    (the bytes of a ledger entry), more (a page of 200), or empty (no reference was given).
    """
    schemas = document["components"]["schemas"]
    taken = _reached([_what_is_sent(path) for path in document.get("paths", {}).values()], schemas)
    for name in schemas.keys() - taken - {"Problem"}:
        schemas[name] = _without_sizes(schemas[name])


def _what_is_sent(path: Mapping[str, Any]) -> list[Any]:
    return [
        [operation.get("requestBody"), operation.get("parameters")]
        for operation in path.values()
        if isinstance(operation, dict)
    ]


def _reached(value: object, schemas: Mapping[str, Any]) -> set[str]:
    """The names of *schemas* that *value* refers to, directly or through others."""
    found: set[str] = set()
    looked_at = [value]
    while looked_at:
        text = orjson.dumps(looked_at.pop()).decode()
        named = {name for name in schemas if reference_to(name) in text} - found
        found |= named
        looked_at += [schemas[name] for name in named]
    return found


def _without_sizes(value: Any, *, is_schema: bool = True) -> Any:
    """*value* without bounds on sizes; what stands under `properties` are names, not keywords."""
    if isinstance(value, list):
        return [_without_sizes(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without_sizes(one, is_schema=name != "properties")
        for name, one in value.items()
        if not (is_schema and name in _SIZES)
    }
