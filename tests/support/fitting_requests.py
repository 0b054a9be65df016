"""Values that an API's own OpenAPI document allows: strategies for them, and the smallest request of each operation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, find, settings

Schema = Mapping[str, Any]
Inner = Callable[[Schema, Mapping[str, Any]], st.SearchStrategy[Any]]
_SMALLEST = settings(
    database=None, deadline=None, max_examples=30, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
ANYTHING = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5)


def fitting(schema: Schema, components: Mapping[str, Any], inner: Inner | None = None) -> st.SearchStrategy[Any]:
    """Values that *schema* allows, as far as it says; what is inside objects and lists comes from *inner*."""
    within = inner or fitting
    if "$ref" in schema:
        return fitting(components[schema["$ref"].rsplit("/", 1)[-1]], components, inner)  # our schemas do not recur
    if "anyOf" in schema:
        return st.one_of(*(fitting(one, components, inner) for one in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    kind = next((one for one in kind if one != "null"), None) if isinstance(kind, list) else kind
    if kind == "object":
        return _object(schema, components, within)
    if kind == "array":
        low = schema.get("minItems", 0)
        return st.lists(within(schema.get("items", {}), components), min_size=low, max_size=low + 2)
    if kind == "integer":
        return st.integers(schema.get("minimum", -9), min(schema.get("maximum", 99), 10**6))
    if kind == "boolean":
        return st.booleans()
    if schema.get("type") == "null":
        return st.none()
    return _string(schema) if kind == "string" else ANYTHING


def _string(schema: Schema) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.sampled_from(["2026-12-20T08:00:00Z", "2020-01-01T00:00:00Z", "9999-12-31T23:59:59+08:00"])
    if schema.get("format") == "date":
        return st.sampled_from(["2026-12-20", "2020-02-29"])
    if "pattern" in schema:
        return st.from_regex(str(schema["pattern"]), fullmatch=True)
    low = schema.get("minLength", 0)
    return st.text("abcdefghijkl", min_size=low, max_size=min(schema.get("maxLength", low + 8), low + 8))


def _object(schema: Schema, components: Mapping[str, Any], within: Inner) -> st.SearchStrategy[Any]:
    required = set(schema.get("required", []))
    fields = {name: within(one, components) for name, one in schema.get("properties", {}).items()}
    return st.fixed_dictionaries(
        {name: one for name, one in fields.items() if name in required},
        optional={name: one for name, one in fields.items() if name not in required},
    )


@dataclass(frozen=True, slots=True)
class FittingRequest:
    """What to send along: *query*, *json* (None: no JSON body), *data* of *content_type* for other bodies."""

    query: Mapping[str, str]
    json: Any
    data: bytes | None
    content_type: str | None


def smallest_requests(document: Mapping[str, Any]) -> Callable[[str, str], FittingRequest]:
    """(method, path as Flask writes it) -> the smallest request that the operation's own schema allows."""
    components = document.get("components", {}).get("schemas", {})

    def smallest(schema: Schema) -> Any:
        return find(fitting(schema, components), lambda _: True, settings=_SMALLEST)

    @cache
    def of(method: str, rule: str) -> FittingRequest:
        path = rule.replace("<", "{").replace(">", "}")
        operations = document["paths"].get(path, {})
        operation = operations.get(method.lower(), {})
        parameters: Sequence[Schema] = operation.get("parameters", [])
        needed = [one for one in parameters if one.get("in") == "query" and one.get("required")]
        query = {str(one["name"]): str(smallest(one["schema"])) for one in needed}
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            return FittingRequest(query, smallest(content["application/json"]["schema"]), None, None)
        other = next(iter(content), None)
        return FittingRequest(query, None, b"" if other else None, other)

    return of
