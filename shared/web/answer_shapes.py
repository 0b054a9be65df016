"""What a document says of answers: their shape. Members are always there unless a field says `sometimes`; the sizes that
fields name bound only what callers send; and an answer may learn new members, which no client may choke on.
"""

from collections.abc import Mapping
from typing import Any

import orjson

SOMETIMES = "x-sometimes"
sometimes = {SOMETIMES: True}
"""Metadata of an answer's field that is there on some occasions only, e.g. `Text(metadata=sometimes)`."""
_SIZES = frozenset({"minLength", "maxLength", "minItems", "maxItems", "maxProperties"})


def reference_to(name: str) -> str:
    """How a document's text refers to the schema *name*."""
    return f'"#/components/schemas/{name}"'


def shape_answers(document: dict[str, Any]) -> None:
    """Say of each schema of *document* that stands in answers what is true of answers.

    A field has the same bounds wherever it stands; what an answer holds was made by the platform and may be longer
    (the bytes of a ledger entry), more (a page of 200), or empty (no reference was given). A schema that both ways
    have in common is told apart: `PriceBody` is what is sent, `PriceView` what is answered.
    """
    schemas = document["components"]["schemas"]
    paths = document.get("paths", {}).values()
    sent = _reached([_what_is_sent(path) for path in paths], schemas)
    answered = _reached([_what_is_answered(path) for path in paths], schemas)
    renamed = {name: _own_name(name, schemas) for name in sent & answered - _BOTH_WAYS}
    for name in answered - {"Problem"} - _BOTH_WAYS:
        schemas[renamed.get(name, name)] = _answered(schemas[name], renamed)
    for path in paths:
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"] = _renamed(operation["responses"], renamed)


_BOTH_WAYS = frozenset({"Money", "SignedMoney", "Quantity", "PositiveQuantity"})
"""Shapes whose members are always all there; a client takes one from an answer and sends it."""
_IN_ANSWERS = {"PositiveQuantity": "Quantity"}


def _own_name(name: str, schemas: Mapping[str, Any]) -> str:
    stem = name.removesuffix("Body")
    return next(one for one in (f"{stem}View", f"{stem}Shown", f"{name}Answered") if one not in schemas)


def _answered(schema: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    shaped: dict[str, Any] = _open(_renamed(_without_sizes(schema), renamed))
    members = shaped.get("properties", {})
    always = [name for name, one in members.items() if not one.pop(SOMETIMES, False)]
    return {**shaped, "required": always} if always else shaped


def _open(value: Any) -> Any:
    """*value* without the word that nothing else may stand in an object."""
    if isinstance(value, list):
        return [_open(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _open(one) for name, one in value.items() if not (name == "additionalProperties" and one is False)}


def _renamed(value: Any, renamed: Mapping[str, str]) -> Any:
    text = orjson.dumps(value).decode()
    for old, new in {**renamed, **_IN_ANSWERS}.items():
        text = text.replace(reference_to(old), reference_to(new))
    return orjson.loads(text)


def _what_is_sent(path: Mapping[str, Any]) -> list[Any]:
    return [
        [operation.get("requestBody"), operation.get("parameters")]
        for operation in path.values()
        if isinstance(operation, dict)
    ]


def _what_is_answered(path: Mapping[str, Any]) -> list[Any]:
    return [operation.get("responses") for operation in path.values() if isinstance(operation, dict)]


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
