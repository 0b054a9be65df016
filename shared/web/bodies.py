"""How JSON is read and written: bounded in size and depth, no repeated members, no NaN; written by orjson."""
# ruff: noqa: ARG002 - Flask and webargs call these with more than they need

import json
from typing import Any, NoReturn

import marshmallow as ma
import orjson
from flask import Request, Response
from flask.json.provider import JSONProvider
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from shared.kernel.refusal import Refused
from shared.web.problems import FieldsInvalid
from shared.web.refusals import WebWhy

DEPTH_MAX = 32
BODY_BYTES_MAX = 1_048_576


def read_json(raw: bytes) -> Any:
    """The JSON value in *raw*. Raises Refused: unreadable, nested too deeply, or with a repeated member.

    orjson refuses NaN, lone surrogates and bottomless nesting in C; then the standard parser, safe on what is left,
    sees repeated members and keeps big integers exact.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        why = WebWhy.BODY_TOO_DEEP if "depth limit" in str(error) else WebWhy.BODY_UNREADABLE
        raise Refused(why, limit=DEPTH_MAX, line=error.lineno, column=error.colno) from None
    _check_depth(value)
    try:
        return json.loads(raw, object_pairs_hook=_object)
    except ValueError:  # an integer of thousands of digits
        raise Refused(WebWhy.BODY_UNREADABLE, line=1, column=1) from None


def _check_depth(value: object) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEPTH_MAX + 1:
            raise Refused(WebWhy.BODY_TOO_DEEP, limit=DEPTH_MAX)
        inner: list[object] = []
        for one in level:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        level = inner


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Refused(WebWhy.MEMBER_REPEATED, member=_repeated(pairs)[:60])
    return made


def _repeated(pairs: list[tuple[str, Any]]) -> str:
    """The first name met a second time, in one pass: a body has room for a hundred thousand names."""
    met: set[str] = set()
    for name, _ in pairs:
        if name in met:
            return name
        met.add(name)
    return ""


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return read_json(s.encode() if isinstance(s, str) else s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        return Response(orjson.dumps(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


class ArgumentsParser(FlaskParser):
    """flask-smorest's door for arguments, with our reading of JSON and our way of saying no."""

    def __init__(self) -> None:
        super().__init__()
        everywhere = ("json", "query", "form", "path", "view_args", "files", "headers", "cookies")
        self.DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(everywhere, None)  # each schema decides; ours refuse

    def _raw_load_json(self, req: Request) -> Any:
        raw = req.get_data(cache=True)
        if not raw:
            return core.missing
        if not core.is_json(req.mimetype):
            raise UnsupportedMediaType("application/json")
        return read_json(raw)

    def load_form(self, req: Request, schema: ma.Schema) -> Any:
        if req.mimetype != "application/x-www-form-urlencoded":
            raise UnsupportedMediaType("application/x-www-form-urlencoded")
        return super().load_form(req, schema)

    def handle_error(self, error: ma.ValidationError, req: Request, schema: ma.Schema, **_: Any) -> NoReturn:
        messages = error.messages
        location = "json"
        if isinstance(messages, dict) and len(messages) == 1:
            location, messages = next(iter(messages.items()))
        raise FieldsInvalid(location, messages) from error
