"""The shapes that have one name everywhere: `Money`, `Quantity`, `LanguageText`. A field marks its schema with `x-shape`;
here each mark becomes a reference, so that a client has one type for it and not one for each place.
"""

from collections.abc import Mapping
from typing import Any

from shared.web.answer_shapes import SOMETIMES

SHAPE = "x-shape"
_NULL = {"type": "null"}


def name_shapes(document: dict[str, Any]) -> None:
    """Replace what is marked in *document* by references, and keep the shapes among its schemas."""
    schemas = document["components"]["schemas"]
    found: dict[str, Any] = {}
    for name in schemas:
        schemas[name] = _named(schemas[name], found)
    document["paths"] = _named(document.get("paths", {}), found)
    schemas.update(found)


def _named(value: Any, found: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_named(one, found) for one in value]
    if not isinstance(value, dict):
        return value
    name = value.get(SHAPE)
    if not isinstance(name, str):
        is_unsaid = value.get("default") == "" and value.get("minLength", 0) > 0  # nothing is what no caller may send
        return {key: _named(one, found) for key, one in value.items() if not (key == "default" and is_unsaid)}
    kept = {key: one for key, one in value.items() if key not in {SHAPE, SOMETIMES, "default"}}
    may_be_null = isinstance(kept["type"], list)
    found[name] = {**kept, "type": "object"}
    said = {SOMETIMES: True} if value.get(SOMETIMES) else {}
    return _reference(name, may_be_null=may_be_null) | said


def _reference(name: str, *, may_be_null: bool) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{name}"}
    return {"anyOf": [reference, _NULL]} if may_be_null else reference


def tidy_parameters(parameters: list[Mapping[str, Any]]) -> None:
    """A query has no null: what is left out is left out."""
    for parameter in parameters:
        schema = parameter.get("schema")
        if parameter.get("in") == "query" and isinstance(schema, dict):
            if isinstance(schema.get("type"), list):
                schema["type"] = next(one for one in schema["type"] if one != "null")
            if "enum" in schema:
                schema["enum"] = [one for one in schema["enum"] if one is not None]
            if schema.get("default", ...) is None:
                del schema["default"]
