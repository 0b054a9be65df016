"""What the API of all services together must be: one permission table, one document, one way of saying no."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from services.embedded.assembly import build_in_memory
from services.portal.pages.signposts import SIGNPOSTS
from shared.clock import StoryClock
from shared.web.app import own_document
from shared.web.documentation import METHODS, merge_documents
from shared.web.operations import chinese_summaries
from shared.web.permissions import PERMISSIONS
from tests.support.route_matrix import guarded_routes
from tests.support.web_client import Caller, Issuer, problem

SERVICES = {"portal", "order", "capacity", "ledger"}


@pytest.fixture(scope="module")
def apps() -> Iterator[dict[str, Flask]]:
    house = build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC)))
    yield {name: service.app for name, service in house.services.items()}
    house.close()


@pytest.fixture(scope="module")
def document(apps: dict[str, Flask]) -> dict[str, Any]:
    return merge_documents([own_document(app) for app in apps.values()], title="All", version="1")


def test_all_services_are_there(apps: dict[str, Flask]) -> None:
    assert set(apps) == SERVICES


def test_every_permission_a_route_asks_for_is_one_that_some_role_has(apps: dict[str, Flask]) -> None:
    known = frozenset().union(*PERMISSIONS.values())
    asked = {one for app in apps.values() for _, _, needed in guarded_routes(app) for one in needed}
    assert asked - known == set(), "nobody could ever call these"


def test_every_permission_a_role_has_opens_some_route(apps: dict[str, Flask]) -> None:
    known = frozenset().union(*PERMISSIONS.values())
    asked = {one for app in apps.values() for _, _, needed in guarded_routes(app) for one in needed}
    assert known - asked == set(), "these open nothing"


def test_no_route_of_any_service_opens_without_a_token(apps: dict[str, Flask]) -> None:
    clock = StoryClock(datetime(2026, 12, 1, tzinfo=UTC))
    count = 0
    for app in apps.values():
        nobody = Caller(app, Issuer(clock), None)
        forged = {"Authorization": f"Bearer {'a' * 40}.b.c"}
        for rule, method, _ in guarded_routes(app):
            path = re.sub(r"<[^>]+>", "x", rule.rule)
            problem(nobody.send(method, path), 401, "TOKEN_MISSING")
            problem(nobody.send(method, path, headers=forged), 401, "TOKEN_INVALID")
            count += 1
    assert count >= 60


def test_documents_of_services_in_one_process_do_not_run_into_each_other(apps: dict[str, Flask]) -> None:
    """Order and capacity both had a LineBody; apispec once merged the two because they shared its options."""
    before = own_document(apps["capacity"])["components"]["schemas"]
    theirs = own_document(apps["order"])["components"]["schemas"]
    assert own_document(apps["capacity"])["components"]["schemas"] == before
    assert "OrderLineBody" in theirs
    assert "OrderLineBody" not in before
    assert all(before[name] == theirs[name] for name in before.keys() & theirs.keys())


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_every_reference_in_the_merged_document_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(_references(document)):
        _, kind, name = reference.removeprefix("#/").split("/")
        assert name in document["components"][kind], reference


def test_every_operation_is_described_and_declares_its_path_parameters(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        named = set(re.findall(r"{(\w+)}", path))
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                given = [*operations.get("parameters", []), *operation.get("parameters", [])]
                assert {one["name"] for one in given if one.get("in") == "path"} == named, path
                assert operation.get("summary"), f"{method} {path} has no summary"
                assert operation["tags"], path


def test_every_operation_is_described_in_chinese_and_no_description_is_left_over(document: dict[str, Any]) -> None:
    operations = {
        f"{method.upper()} {path}" for path, found in document["paths"].items() for method in METHODS if method in found
    }
    assert operations - chinese_summaries().keys() == set()
    assert chinese_summaries().keys() - operations == set()


def test_every_call_on_the_start_page_is_one_of_the_api(document: dict[str, Any]) -> None:
    for signpost in SIGNPOSTS:
        for call, _, _ in signpost.calls:
            method, path = call.split()
            assert method.lower() in document["paths"].get(path, {}), call


def _objects(schema: dict[str, Any], schemas: dict[str, Any], seen: set[str]) -> Iterator[dict[str, Any]]:
    """Every object that *schema* speaks of, at any depth, those that were *seen* under their name left out."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name in seen:
        return
    if name:
        seen.add(name)
        schema = {"title": name, **schemas[name]}
    if "properties" in schema:
        yield schema
    groups = (schema.get(kind, []) for kind in ("allOf", "anyOf", "oneOf"))
    inner = [*schema.get("properties", {}).values(), *(one for group in groups for one in group)]
    for one in [*inner, schema["items"]] if "items" in schema else inner:
        yield from _objects(one, schemas, seen)


def test_no_body_takes_a_field_that_is_not_asked_for(document: dict[str, Any]) -> None:
    """Nobody sets what is not theirs to set: every object that is read is closed, whatever lies within it."""
    bodies = [
        content["schema"]
        for operations in document["paths"].values()
        for method in METHODS
        for kind, content in operations.get(method, {}).get("requestBody", {}).get("content", {}).items()
        if kind != "application/x-www-form-urlencoded"  # RFC 6749 3.2: what is not known there is passed over
    ]
    seen: set[str] = set()
    read = [one for body in bodies for one in _objects(body, document["components"]["schemas"], seen)]
    assert len(read) > 20
    assert [one.get("title") for one in read if one.get("additionalProperties") is not False] == []


def test_every_list_bounds_its_pages(document: dict[str, Any]) -> None:
    limits = {
        (path, parameter["name"]): parameter["schema"]
        for path, operations in document["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter.get("name") == "limit"
    }
    assert len(limits) > 10
    assert {where for where, schema in limits.items() if not 0 < schema.get("maximum", 0) <= 1_000} == set()


def test_a_body_is_said_to_be_needed_where_something_in_it_is(document: dict[str, Any]) -> None:
    """Schemathesis found a cancellation taken without the body that its document demanded."""
    paths = document["paths"]
    assert paths["/v1/orders/{order_id}/cancellation"]["post"]["requestBody"].get("required", False) is False
    assert paths["/v1/orders"]["post"]["requestBody"]["required"] is True
