"""Every operation keeps the document's conventions, so that public generators make clients that people like.

A new route that fails here needs one of: `operation_id=` at the route, a row in shared/web/summaries.zh.yaml, a row in
shared/web/parameters.yaml, `manner=Manner(…)`, `metadata=sometimes` on an answer's field that is not always there.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from shared.web.documentation import METHODS
from shared.web.operations import parameter_words
from tests.support.api_document import whole_document

Operation = tuple[str, str, dict[str, Any]]


def _operations() -> Iterator[Operation]:
    for path, operations in whole_document()["paths"].items():
        for method in METHODS:
            if method in operations:
                yield method, path, operations[method]


def _parameters(path: str, operation: dict[str, Any]) -> list[dict[str, Any]]:
    document = whole_document()
    given = [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    shared = document["components"]["parameters"]
    return [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in given]


def test_every_operation_has_a_name_of_its_own_that_begins_with_a_verb() -> None:
    names = [operation["operationId"] for _, _, operation in _operations()]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name)] == []
    machine = ("post", "put", "patch", "delete", "read", "fetch", "all", "one", "handle", "do")
    assert [name for name in names if re.match(rf"({'|'.join(machine)})([A-Z]|$)", name)] == []


def test_every_operation_is_explained_and_says_which_part_it_belongs_to() -> None:
    tags = {tag["name"]: tag["description"] for tag in whole_document()["tags"]}
    assert all(tags.values())
    for method, path, operation in _operations():
        assert re.search("[一-鿿]", operation["description"]), f"{method} {path}: no words in Chinese"
        assert re.search("[a-z]{3}", operation["description"]), f"{method} {path}: no words in English"
        assert set(operation["tags"]) <= tags.keys(), path


def test_every_parameter_is_explained_in_both_languages_and_no_words_are_left_over() -> None:
    met = set()
    for method, path, operation in _operations():
        for one in _parameters(path, operation):
            said = one.get("description", "")
            where = f"{method} {path}: {one['name']}"
            assert re.search("[一-鿿]", said), f"{where} has no words in Chinese (shared/web/parameters.yaml)"
            assert re.search("[a-z]{3}", said), f"{where} has no words in English (shared/web/parameters.yaml)"
            own = f"{one['name']} {method.upper()} {path}"
            met.add(own if own in parameter_words() else one["name"])
    assert parameter_words().keys() - met == set()


def test_no_parameter_may_be_null() -> None:
    for method, path, operation in _operations():
        for one in _parameters(path, operation):
            assert isinstance(one["schema"].get("type", "string"), str), f"{method} {path}: {one['name']}"


def _answers(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    shared = whole_document()["components"]["responses"]
    for status, answer in operation["responses"].items():
        yield status, shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer


def test_every_answer_has_words_and_a_shape() -> None:
    for method, path, operation in _operations():
        for status, answer in _answers(operation):
            assert answer["description"], f"{method} {path} {status}"
            if status != "204":
                assert answer["content"], f"{method} {path} {status} has no content"
                assert all(one["schema"] for one in answer["content"].values()), f"{method} {path} {status}"


def _objects(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield path, schema
        for name, inner in schema.items():
            yield from _objects(inner, f"{path}/{name}")
    elif isinstance(schema, list):
        for inner in schema:
            yield from _objects(inner, path)


def _reached(value: Any, met: set[str]) -> set[str]:
    """The names of all schemas that *value* leads to."""
    schemas = whole_document()["components"]["schemas"]
    for name in re.findall(r"#/components/schemas/(\w+)", repr(value)):
        if name not in met:
            met.add(name)
            _reached(schemas[name], met)
    return met


def answered_schemas() -> dict[str, dict[str, Any]]:
    met: set[str] = set()
    for _, _, operation in _operations():
        for _, answer in _answers(operation):
            _reached(answer, met)
    schemas = whole_document()["components"]["schemas"]
    return {name: schemas[name] for name in sorted(met)}


def test_every_object_in_an_answer_says_which_members_are_always_there() -> None:
    for name, schema in answered_schemas().items():
        for where, found in _objects(schema, name):
            assert found.get("required"), f"{where} requires nothing"


def _codes(schema: dict[str, Any]) -> list[Any]:
    found: list[Any] = schema.get("items", schema).get("enum", [])
    return found


@pytest.mark.parametrize("member", ["state", "object", "actions", "labels", "default_choice", "account"])
def test_every_state_and_code_in_an_answer_is_one_of_a_list(member: str) -> None:
    met = 0
    for name, schema in answered_schemas().items():
        for where, found in _objects(schema, name):
            if member in found["properties"]:
                assert _codes(found["properties"][member]), f"{where}/{member} may be any text; use Choice"
                met += 1
    assert met


def test_no_schema_is_told_from_another_by_a_number() -> None:
    """`LineBody2` is what two services make of one word; say which line."""
    assert [name for name in whole_document()["components"]["schemas"] if name[-1].isdigit()] == []


def test_errors_headers_and_preconditions_are_declared() -> None:
    headers = whole_document()["components"]["headers"]
    assert {"ETag", "Location", "Retry-After", "WWW-Authenticate", "Preference-Applied"} <= headers.keys()
    for method, path, operation in _operations():
        heard = {one["name"] for one in _parameters(path, operation) if one["in"] == "header"}
        statuses = operation["responses"].keys()
        if operation.get("x-permissions"):
            assert {"401", "403"} <= statuses, path
            assert method == "get" or {"Idempotency-Key", "If-Match"} <= heard, f"{method} {path}"
        if "428" in statuses:
            assert "If-Match" in heard, path
        for status in statuses & {"201", "202"}:
            assert "Location" in operation["responses"][status]["headers"], path


def test_the_title_makes_a_name_in_every_language_of_programming() -> None:
    title = whole_document()["info"]["title"]
    assert title.isascii()
    assert title.replace(" ", "_").isidentifier()


@pytest.mark.parametrize("operation_id", ["placeOrder", "acceptQuote", "reportProduction"])
def test_the_names_are_the_ones_that_people_would_look_for(operation_id: str) -> None:
    assert operation_id in {operation["operationId"] for _, _, operation in _operations()}


def test_every_example_fits_its_schema_and_most_operations_have_one() -> None:
    """Too few? Take them anew: `GONGFANG_TAKE_EXAMPLES=1 python -m pytest tests/e2e/test_preconditions.py`."""
    components, shown = {"components": whole_document()["components"]}, 0
    for _, path, operation in _operations():
        holders = [operation.get("requestBody", {}), *(answer for _, answer in _answers(operation))]
        for content in (one.get("content", {}).get("application/json", {}) for one in holders):
            if "example" in content:
                jsonschema.Draft202012Validator({**content["schema"], **components}).validate(content["example"])
                shown += 1
        assert path
    assert shown >= 60
