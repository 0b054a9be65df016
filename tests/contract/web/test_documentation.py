from typing import Any

import jsonschema
import pytest
from flask import Flask

from shared.web.access import declared
from shared.web.documentation import METHODS, merge_documents
from tests.support.web_client import Caller


@pytest.fixture
def document(nobody: Caller) -> dict[str, Any]:
    found: dict[str, Any] = nobody.get("/openapi.json").get_json()
    return found


def test_every_api_route_is_documented_with_its_permission(app: Flask, document: dict[str, Any]) -> None:
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/v1/"):
            continue
        path = rule.rule.replace("<", "{").replace(">", "}")
        for method in METHODS:
            if method.upper() in (rule.methods or ()):
                needed = declared(app.view_functions[rule.endpoint])
                assert document["paths"][path][method].get("x-permissions", []) == sorted(needed or ())


def test_each_operation_can_end_in_a_problem_and_says_so(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    for operations in document["paths"].values():
        for method in METHODS:
            if method in operations:
                assert operations[method]["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
    content = document["components"]["responses"]["Problem"]["content"]
    assert content["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_money_and_quantity_are_documented_as_text_not_numbers(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["NoteBody"]["properties"]
    assert fields["price"] == {"$ref": "#/components/schemas/Money"}
    assert fields["quantity"] == {"$ref": "#/components/schemas/PositiveQuantity"}
    shapes = document["components"]["schemas"]
    assert shapes["Money"]["properties"]["amount"]["type"] == "string"
    assert shapes["PositiveQuantity"]["properties"]["value"]["type"] == "string"
    assert fields["due_at"] == {"type": "string", "format": "date-time"}


def test_schemas_are_valid_and_refuse_what_the_api_refuses(document: dict[str, Any], buyer: Caller) -> None:
    schemas = document["components"]
    note = {"$ref": "#/components/schemas/NoteBody", "components": schemas}
    validator = jsonschema.Draft202012Validator(note)
    empty = {"remind_at": None, "colour": None}
    odd: list[dict[str, Any]] = [{"copies": 10}, {"shade": 1}, {"due_at": None}, empty, {"colour": "green"}]
    for body in ({}, {"text": ""}, *({"text": "hi", **more} for more in [{}, *odd])):
        accepted = buyer.post("/v1/notes", body).status_code == 201
        assert validator.is_valid(body) == accepted, body


def test_sizes_bound_what_is_sent_and_not_what_is_answered(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["NoteBody"]["properties"]["text"]["maxLength"] == 100
    assert schemas["NoteBody"]["properties"]["parts"]["maxItems"] == 3
    assert schemas["NoteView"]["properties"]["text"] == {"type": "string"}
    assert schemas["NotePage"]["properties"]["items"].keys() == {"type", "items"}


def test_every_problem_fits_its_own_schema(document: dict[str, Any], buyer: Caller) -> None:
    problem = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    for answer in (buyer.post("/v1/notes", {}), buyer.get("/nope"), buyer.get("/v1/notes?limit=x")):
        jsonschema.Draft202012Validator(problem).validate(answer.get_json(force=True))


def test_the_docs_page_works_without_scripts_or_the_net_in_both_languages(nobody: Caller) -> None:
    zh = nobody.get("/docs").text
    en = nobody.get("/docs", headers={"Accept-Language": "en"}).text
    assert 'lang="zh-CN"' in zh
    assert "权限" in zh
    assert 'lang="en"' in en
    assert "Permission" in en
    for page in (zh, en):
        assert "/v1/notes/{note_id}" in page
        assert "<script" not in page
        assert "style=" not in page
        assert "http://" not in page
        assert "https://" not in page
    assert nobody.get("/docs/style.css").content_type.startswith("text/css")


def test_merged_documents_keep_both_sides(document: dict[str, Any]) -> None:
    other = {
        "paths": {"/v1/others": {"get": {"responses": {"200": {"$ref": "#/components/schemas/NoteView"}}}}},
        "tags": [{"name": "others"}],
        "components": {
            "schemas": {"NoteView": {"type": "string"}, "Problem": document["components"]["schemas"]["Problem"]}
        },
    }
    merged = merge_documents([document, other], title="All", version="1")
    assert {"/v1/notes", "/v1/others"} <= merged["paths"].keys()
    assert merged["components"]["schemas"]["NoteView"] == document["components"]["schemas"]["NoteView"]
    assert merged["components"]["schemas"]["NoteView2"] == {"type": "string"}
    others = merged["paths"]["/v1/others"]["get"]["responses"]["200"]
    assert others == {"$ref": "#/components/schemas/NoteView2"}
    assert "Problem2" not in merged["components"]["schemas"]


def test_a_schema_that_reads_the_same_but_refers_to_another_is_kept_apart_too() -> None:
    def document(path: str, kind: str) -> dict[str, Any]:
        outer = {"properties": {"inner": {"$ref": "#/components/schemas/Inner"}}}
        answer = {"$ref": "#/components/schemas/Outer"}
        return {
            "paths": {path: {"get": {"responses": {"200": answer}}}},
            "components": {"schemas": {"Inner": {"type": kind}, "Outer": outer}},
        }

    merged = merge_documents([document("/a", "string"), document("/b", "integer")], title="All", version="1")
    assert merged["paths"]["/b"]["get"]["responses"]["200"] == {"$ref": "#/components/schemas/Outer2"}
    schemas = merged["components"]["schemas"]
    assert schemas["Outer2"]["properties"]["inner"] == {"$ref": "#/components/schemas/Inner2"}
    assert (schemas["Inner"], schemas["Inner2"]) == ({"type": "string"}, {"type": "integer"})


def test_two_services_may_not_answer_one_route(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="/v1/notes"):
        merge_documents([document, document], title="All", version="1")
