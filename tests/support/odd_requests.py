"""Requests that a careless or a hostile caller would send, made from an app's own OpenAPI document.

Each takes a real operation and fills its path, query and body with values that fit, that nearly fit and that do not fit
at all. Whatever comes, the answer is an answer: never a 500, and every no a problem.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
from flask import Flask
from hypothesis import HealthCheck, given, settings

from shared.kernel.principal import Principal
from shared.web.documentation import METHODS
from tests.support.fitting_requests import fitting
from tests.support.web_client import Caller, Tokens

_TEXT = st.text(max_size=12) | st.sampled_from(
    ["", " ", "\x00", "0", "-1", "null", "=1+1", "'; --", "ord_", "𠮷" * 300]
)
_NUMBER = st.integers(-5, 5) | st.sampled_from([2**31, 2**63, 10**30, -(10**18), 0.5, 1e308])
JUNK = st.recursive(
    st.none() | st.booleans() | _NUMBER | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)


@dataclass(frozen=True, slots=True)
class OddRequest:
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    headers: Mapping[str, str]


def _almost(schema: Mapping[str, Any], components: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly what fits; one time in eight something else."""
    almost = fitting(schema, components, _almost)
    return st.integers(0, 7).flatmap(lambda roll: JUNK if roll == 0 else almost)


def odd_requests(document: Mapping[str, Any], known: Mapping[str, str]) -> st.SearchStrategy[OddRequest]:
    """Requests to every operation of *document*. *known*: path parameter -> the id of a thing that exists."""
    components = document.get("components", {}).get("schemas", {})
    every = [
        _operation(method, path, operations, components, known)
        for path, operations in document["paths"].items()
        for method in METHODS
        if method in operations
    ]
    return st.one_of(*every)


def _operation(
    method: str, path: str, operations: Mapping[str, Any], components: Mapping[str, Any], known: Mapping[str, str]
) -> st.SearchStrategy[OddRequest]:
    operation = operations[method]
    parameters: Sequence[Mapping[str, Any]] = [*operations.get("parameters", []), *operation.get("parameters", [])]
    places = [one["name"] for one in parameters if one.get("in") == "path"]
    asked = {one["name"]: one.get("schema", {}) for one in parameters if one.get("in") == "query"}
    content = operation.get("requestBody", {}).get("content", {})
    body = _almost(content["application/json"]["schema"], components) if "application/json" in content else st.none()
    ids = {
        name: st.sampled_from([known.get(name, "x"), "ord_" + "0" * 26, "%00", "..", "a" * 2_000, "é"])
        for name in places
    }
    headers = st.fixed_dictionaries(
        {},
        optional={
            "If-Match": st.sampled_from(['"v1"', '"v2"', "*", "x"]),
            "Idempotency-Key": st.sampled_from(["one", "two", ""]),
            "Accept-Language": st.sampled_from(["en", "zh", "x"]),
            "Last-Event-ID": st.sampled_from(["0", "5", "-1"]),
        },
    )
    queries = st.fixed_dictionaries(
        {}, optional={name: _almost(one, components).map(str) for name, one in asked.items()}
    )
    return st.builds(
        lambda values, query, sent, more: OddRequest(method.upper(), path.format(**values), query, sent, more),
        st.fixed_dictionaries(ids),
        queries,
        body,
        headers,
    )


def check_answers(
    app: Flask,
    tokens: Tokens,
    principals: Sequence[Principal],
    known: Mapping[str, str] | None = None,
    examples_max: int = 150,
) -> None:
    """Send odd requests to *app* as each of *principals*; fails on the first answer that is none."""
    document = Caller(app, tokens, None).get("/openapi.json").get_json()
    callers = [Caller(app, tokens, one) for one in principals]

    @settings(max_examples=examples_max, deadline=None, suppress_health_check=list(HealthCheck))
    @given(request=odd_requests(document, known or {}), caller=st.sampled_from(callers))
    def answered(request: OddRequest, caller: Caller) -> None:
        sent: dict[str, Any] = {"headers": request.headers, "query_string": request.query}
        if request.body is not None:  # by the standard library, which also writes numbers that nobody should send
            sent |= {"data": json.dumps(request.body), "content_type": "application/json"}
        answer = caller.send(request.method, request.path, **sent)
        assert answer.status_code < 500, (request, answer.text)
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json", (request, answer.content_type)
        answer.close()

    answered()
