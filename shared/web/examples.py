"""Examples of the document: real requests and answers, taken from a house that has traded (see `examples.json`).

They are data. A test holds each against its schema and says how to take them anew; one that lacks a member which has
come since is left out of the document meanwhile, so that nothing there is ever wrong.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

_FILE = Path(__file__).with_name("examples.json")
_JSON = "application/json"
REQUEST = "request"


@cache
def examples() -> Mapping[str, Mapping[str, Any]]:
    """operationId -> `request` or a status -> what was sent or answered."""
    found: dict[str, dict[str, Any]] = orjson.loads(_FILE.read_bytes())
    return found


def add_examples(document: dict[str, Any]) -> None:
    """Put the examples that fit beside the schemas of *document*."""
    schemas = document["components"]["schemas"]
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                known = examples().get(operation.get("operationId", ""), {})
                _add(operation.get("requestBody", {}), known.get(REQUEST), schemas)
                for status, answer in operation["responses"].items():
                    _add(answer, known.get(status), schemas)


def _add(holder: Mapping[str, Any], example: Any, schemas: Mapping[str, Any]) -> None:
    content = holder.get("content", {}).get(_JSON)
    if content is not None and example is not None and _is_whole(example, content.get("schema", {}), schemas):
        content["example"] = example


def _is_whole(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    """Whether *value* has every member that *schema* requires, at any depth, and none that a closed one does not know."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if value is None:
        return True
    if "anyOf" in schema:
        return any(_is_whole(value, one, schemas) for one in schema["anyOf"] if one.get("type") != "null")
    if isinstance(value, list):
        return all(_is_whole(one, schema.get("items", {}), schemas) for one in value)
    if not isinstance(value, dict):
        return "enum" not in schema or value in schema["enum"]
    members = schema.get("properties", {})
    if not set(schema.get("required", ())) <= value.keys():
        return False
    if schema.get("additionalProperties") is False and not value.keys() <= members.keys():
        return False
    return all(_is_whole(one, members.get(name, {}), schemas) for name, one in value.items())
