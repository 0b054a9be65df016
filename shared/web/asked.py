"""What every route of the API asks of a request before it acts: one value a parameter, no parameter or body that nobody
reads, a body of a kind that is read here, and a wish for an answer of a kind that is made here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from shared.web.bodies import read_json
from shared.web.problems import FieldsInvalid
from shared.web.said import NOT_OBJECT, UNKNOWN, Said

_KEPT = "gongfang_asks"
_PROBLEM = "application/problem+json"
_REPEATED = Said("repeated", "同一参数只能给一次。", "Give this parameter once.")
EVERYWHERE = frozenset({"lang"})
"""Query parameters that all routes know: the reader's language on pages that cannot send headers."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What a route reads and makes. *parameters*: names of its query, None where the schema itself refuses others;
    *reads_body*: a body is read by a schema or by the view; *makes*: media types of its answers.
    """

    parameters: frozenset[str] | None
    reads_body: bool
    makes: tuple[str, ...]


def keep(view: Callable[..., Any], asks: Asks) -> None:
    setattr(view, _KEPT, asks)


def install(app: Flask) -> None:
    """Look at each request to a route of the API, after the guard and before anything of it runs."""

    def look() -> None:
        if request.url_rule is None or request.method == "OPTIONS":
            return
        asks = getattr(app.view_functions[request.url_rule.endpoint], _KEPT, None)
        if isinstance(asks, Asks):
            _check_query(asks)
            _check_wish(asks)
            _check_body(asks)

    app.before_request(look)


def _check_query(asks: Asks) -> None:
    faults: dict[str, list[Said]] = {name: [_REPEATED] for name, values in request.args.lists() if len(values) > 1}
    if asks.parameters is not None:
        faults |= {name: [UNKNOWN] for name in request.args if name not in asks.parameters | EVERYWHERE}
    if faults:
        raise FieldsInvalid("query", faults)


def _check_wish(asks: Asks) -> None:
    """An error is told as problem+json whatever was wished for, so who wishes for that alone is served as well."""
    wished = request.accept_mimetypes
    if wished and wished.best_match([*asks.makes, _PROBLEM]) is None:
        g.makes = asks.makes
        raise NotAcceptable


def _check_body(asks: Asks) -> None:
    if request.method in {"GET", "HEAD"}:
        return
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        raise UnsupportedMediaType("identity (Content-Encoding)")
    if not asks.reads_body and request.get_data(cache=True):
        if request.mimetype != "application/json":
            raise UnsupportedMediaType("application/json")
        _check_empty(read_json(request.get_data(cache=True)))


def _check_empty(body: object) -> None:
    """Raises FieldsInvalid for what a route that reads no body was sent."""
    if not isinstance(body, Mapping):
        raise FieldsInvalid("json", {"_schema": [NOT_OBJECT]})
    if body:
        raise FieldsInvalid("json", {str(name): [UNKNOWN] for name in body})
