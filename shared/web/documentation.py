"""The API documents itself: each service's OpenAPI 3.1 document, the merged one, and a docs page made from it.

The page is rendered on the server from the document alone: no script, nothing from elsewhere, readable without a net.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request

from shared.web.access import public
from shared.web.answer_shapes import reference_to, shape_answers
from shared.web.document_parts import HEADERS, PARAMETERS, RESPONSES
from shared.web.error_catalogue import errors_page, problem_schema
from shared.web.examples import add_examples
from shared.web.languages import language
from shared.web.named_shapes import name_shapes, tidy_parameters
from shared.web.operations import finish_operation

_KEPT = {"Cache-Control": "public, no-cache"}
"""Anybody may keep it and asks by its tag whether it is still so."""
METHODS = ("get", "post", "put", "patch", "delete")
ABOUT: Mapping[str, Any] = {
    "summary": "A shared-manufacturing order platform for packaging and beverages",
    "description": (
        "Ask who could make it, order, follow it, confirm; publish plants, answer offers, report production; read the "
        "ledger behind every figure. Every no is problem+json with a stable `code`: `/docs/errors` lists them all.\n\n"
        "询期、下单、跟踪、确认；发布产能、答复派单、报工；查询每个数字背后的台账。"
        "一切拒绝均为 problem+json，`code` 稳定不变，见 `/docs/errors`。"
    ),
    "contact": {"name": "Gongfang"},
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}


SERVER: Mapping[str, Any] = {
    "url": "http://127.0.0.1:8480",
    "description": "Where `serve` answers unless it is told otherwise; put your own origin. 默认地址，请换成实际地址。",
}


def spec_options() -> dict[str, Any]:
    """What each document begins with; a fresh one each time, because apispec writes into it."""
    return {"components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}}}


def finished(document: dict[str, Any]) -> dict[str, Any]:
    """*document* as flask-smorest made it, with all that follows from our manners (`shared.web.operations`)."""
    made = deepcopy(document)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("Error", "PaginationMetadata"):  # flask-smorest's own manners, which are not ours
        schemas.pop(unused, None)
    schemas["Problem"] = problem_schema()
    for path, operations in made.get("paths", {}).items():
        shared = operations.get("parameters", [])
        for method in METHODS:
            if method in operations:
                tidy_parameters(operations[method].get("parameters", []))
                finish_operation(method, path, operations[method], shared)
    name_shapes(made)
    shape_answers(made)
    add_examples(made)
    components["parameters"] = _used(made, "parameters", PARAMETERS)
    components["responses"] = _used(made, "responses", RESPONSES)
    components["headers"] = _used({**made, "components": components}, "headers", HEADERS)
    return made


def _used(document: Mapping[str, Any], kind: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of *parts* that *document* refers to."""
    text = orjson.dumps(document).decode()
    return {name: deepcopy(part) for name, part in parts.items() if f'"#/components/{kind}/{name}"' in text}


def merge_documents(documents: Sequence[Mapping[str, Any]], *, title: str, version: str) -> dict[str, Any]:
    """One document of several services'. A schema name that two services give different meanings is kept apart by a
    number; the same path and method in two services is a mistake and raises ValueError.
    """
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, **ABOUT},
        "servers": [SERVER],
        "paths": {},
        "tags": [],
        "components": {},
    }
    for document in documents:
        one = _with_own_names(dict(deepcopy(document)), merged["components"].get("schemas", {}))
        for path, operations in one.get("paths", {}).items():
            taken = merged["paths"].setdefault(path, {})
            overlap = taken.keys() & operations.keys() & set(METHODS)
            if overlap:
                raise ValueError(f"expected one service for {path}, found two that answer {sorted(overlap)}")
            taken.update(operations)
        known = {tag["name"] for tag in merged["tags"]}
        merged["tags"] += [tag for tag in one.get("tags", []) if tag["name"] not in known]
        for kind, parts in one.get("components", {}).items():
            merged["components"].setdefault(kind, {}).update(parts)
    return merged


def _with_own_names(document: dict[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """*document* with those of its schemas renamed that are *taken* for something else."""
    schemas = document.get("components", {}).get("schemas", {})
    clashing = {name for name, schema in schemas.items() if name in taken and taken[name] != schema}
    while grown := {  # what refers to a clashing one means something else too, though it reads the same
        name
        for name in (schemas.keys() & taken.keys()) - clashing
        if any(reference_to(one) in orjson.dumps(schemas[name]).decode() for one in clashing)
    }:
        clashing |= grown
    renamed: dict[str, str] = {}
    for name in clashing:
        number = 2
        while f"{name}{number}" in taken or f"{name}{number}" in schemas:
            number += 1
        renamed[name] = f"{name}{number}"
    if not renamed:
        return document
    text = orjson.dumps(document).decode()
    for old, new in renamed.items():
        text = text.replace(reference_to(old), reference_to(new))
    changed: dict[str, Any] = orjson.loads(text)
    changed["components"]["schemas"] = {
        renamed.get(name, name): schema for name, schema in changed["components"]["schemas"].items()
    }
    return changed


def docs_page(document: Mapping[str, Any]) -> str:
    """The docs page of *document*, in the reader's language."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document.get("paths", {}).items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                tag = (operation.get("tags") or [""])[0]
                groups.setdefault(tag, []).append({"method": method, "path": path, **operation})
    return render_template(
        "openapi.html",
        info=document.get("info", {}),
        groups=groups,
        tags={tag["name"]: tag.get("description", "") for tag in document.get("tags", [])},
        schemas=document.get("components", {}).get("schemas", {}),
        language=language(),
        chosen=request.args.get("lang") in {"zh", "en"},
        name_of=lambda schema: str(schema.get("$ref", "")).rsplit("/", 1)[-1],
    )


def build(document: Callable[[], Mapping[str, Any]]) -> Blueprint:
    """Routes /openapi.json and /docs for *document*, which is asked for once: routes do not change while an app runs."""
    pages = Blueprint("documentation", __name__, template_folder="templates")
    known = cache(document)
    text = cache(lambda: orjson.dumps(known()))
    rendered: dict[tuple[str, bool], str] = {}

    @pages.get("/openapi.json")
    @public
    def openapi() -> Response:
        return Response(text(), content_type="application/json", headers=_KEPT)

    @pages.get("/docs")
    @public
    def docs() -> str:
        wanted = (language(), request.args.get("lang") in {"zh", "en"})
        if wanted not in rendered:
            rendered[wanted] = docs_page(known())
        return rendered[wanted]

    @pages.get("/docs/errors")
    @public
    def errors() -> str:
        return errors_page(known().get("info", {}))

    @pages.get("/docs/style.css")
    @public
    def style() -> Response:
        return Response(render_template("openapi.css"), content_type="text/css; charset=utf-8", headers=_KEPT)

    return pages
