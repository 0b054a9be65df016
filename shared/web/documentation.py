"""The API documents itself: each service's OpenAPI 3.1 document, the merged one, and a docs page made from it.

The page is rendered on the server from the document alone: no script, nothing from elsewhere, readable without a net.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from flask import Blueprint, Response, render_template, request

from shared.web.access import public
from shared.web.answer_shapes import leave_sizes_to_what_is_taken, reference_to
from shared.web.languages import language
from shared.web.problems import PROBLEM_SCHEMA

_SUMMARIES = Path(__file__).with_name("summaries.zh.yaml")
METHODS = ("get", "post", "put", "patch", "delete")
_HEADER_PARAMETERS: dict[str, dict[str, Any]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key and request act once; a repeat gets the first answer. 重发同一请求只生效一次。",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "ETag of the version a change is based on (428 when missing, 412 when stale). 修改所依据的版本。",
        "schema": {"type": "string"},
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        "description": "zh (default) or en. 中文（默认）或英文。",
        "schema": {"type": "string"},
    },
}
_PROBLEM = {
    "description": "Problem (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def spec_options() -> dict[str, Any]:
    """What each document begins with; a fresh one each time, because apispec writes into it."""
    return {"components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}}}


def finished(document: dict[str, Any]) -> dict[str, Any]:
    """*document* as flask-smorest made it, with problem+json as the answer to every error and the headers we read."""
    made = deepcopy(document)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("Error", "PaginationMetadata"):  # flask-smorest's own manners, which are not ours
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    components["parameters"] = _HEADER_PARAMETERS
    components.pop("responses", None)
    components.pop("headers", None)
    for path, operations in made.get("paths", {}).items():
        for method in METHODS:
            if method in operations:
                _finish_operation(method, operations[method])
                chinese = chinese_summaries().get(f"{method.upper()} {path}")
                if chinese is not None:
                    operations[method]["x-summary-zh"] = chinese
    leave_sizes_to_what_is_taken(made)
    return made


@cache
def chinese_summaries() -> Mapping[str, str]:
    """Method and path -> what the operation does, in Chinese."""
    found: dict[str, str] = yaml.safe_load(_SUMMARIES.read_text("utf-8"))
    return found


def _finish_operation(method: str, operation: dict[str, Any]) -> None:
    names = ["AcceptLanguage"]
    if method != "get" and operation.get("x-permissions"):
        names += ["IdempotencyKey", "IfMatch"]
    operation.setdefault("parameters", []).extend({"$ref": f"#/components/parameters/{name}"} for name in names)
    responses = operation.setdefault("responses", {})
    for status in [one for one in responses if one.startswith(("4", "5")) or one == "default"]:
        del responses[status]
    responses["default"] = _PROBLEM


def merge_documents(documents: Sequence[Mapping[str, Any]], *, title: str, version: str) -> dict[str, Any]:
    """One document of several services'. A schema name that two services give different meanings is kept apart by a
    number; the same path and method in two services is a mistake and raises ValueError.
    """
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
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
    rendered: dict[tuple[str, bool], str] = {}

    @pages.get("/openapi.json")
    @public
    def openapi() -> Response:
        return Response(orjson.dumps(known()), content_type="application/json")

    @pages.get("/docs")
    @public
    def docs() -> str:
        wanted = (language(), request.args.get("lang") in {"zh", "en"})
        if wanted not in rendered:
            rendered[wanted] = docs_page(known())
        return rendered[wanted]

    @pages.get("/docs/style.css")
    @public
    def style() -> Response:
        return Response(render_template("openapi.css"), content_type="text/css; charset=utf-8")

    return pages
