"""The one table from reasons to HTTP answers: RFC 9457 problem+json for every error, in zh or en.

`type` is `urn:gongfang:problem:<code>`, `code` is stable, `title` and `detail` are for people, `errors[]` names each
bad field by JSON Pointer (or query parameter), `reasons[]` and `relaxation` carry typed planning reasons.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from shared.eventstore.handling import NotAsExpected
from shared.eventstore.port import LogDamaged, LogUnavailable, WrongVersion
from shared.eventstore.projector import ViewStale
from shared.kernel.refusal import Kind, Language, Reason, Refused
from shared.web.languages import language
from shared.web.refusals import WebWhy
from shared.web.said import Said

STATUS_OF: Mapping[Kind, int] = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.STALE: 412,
    Kind.TOO_LARGE: 413,
    Kind.INVALID: 422,
    Kind.VERSION_NEEDED: 428,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
RETRY_AFTER_S = 5
ERRORS_MAX = 100

HTTP_TITLES_ZH = {
    400: "请求有误",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持此方法",
    406: "不支持此格式",
    408: "请求超时",
    411: "需要 Content-Length",
    413: "请求内容过大",
    414: "地址过长",
    415: "不支持此内容类型",
    429: "请求过多",
    431: "请求头过大",
    500: "内部错误",
    503: "暂时无法服务",
}


_HTTP_DETAILS: Mapping[int, tuple[str, str]] = {
    405: (
        "收到 {method}，此地址只支持 {allowed}。",
        "Found {method}; this address knows {allowed} only.",
    ),
    406: (
        "收到的 Accept 为 {wished}，此地址提供 {made}。",
        "The Accept {wished} asks for nothing that is made here: {made}.",
    ),
    415: (
        "Content-Type 应为 {expected}，收到 {media}。",
        "Expected the Content-Type {expected}, found {media}.",
    ),
}
_USUAL_DETAIL = ("请核对请求的地址和内容后重试。", "Check the address and what is sent, and try again.")


class FieldsInvalid(Exception):
    """A request whose fields break their schema. *location* is `json`, `query` or `form`."""

    def __init__(self, location: str, messages: object) -> None:
        super().__init__(f"{location}: {messages}")
        self.location, self.messages = location, messages


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> Response:
    """A problem+json answer; members that are None are left out."""
    body: dict[str, object] = {
        "type": f"urn:gongfang:problem:{code.lower().replace('_', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": g.get("request_id", ""),
    }
    body.update({name: value for name, value in members.items() if value is not None})
    answer = Response(orjson.dumps(body, default=str), status=status, content_type="application/problem+json")
    answer.headers["Content-Language"] = language()
    answer.headers.update(headers or {})
    return answer


def refusal(
    why: Reason, facts: Mapping[str, object], headers: Mapping[str, str] | None = None, **members: object
) -> Response:
    """The answer to a typed reason, with what its kind asks of the caller in the headers."""
    words, tongue = why.words, language()
    status = STATUS_OF[words.kind]
    extra: dict[str, str] = {}
    if status == 401:
        error = "" if why is WebWhy.TOKEN_MISSING else ', error="invalid_token"'
        extra["WWW-Authenticate"] = f'Bearer realm="gongfang"{error}'
    if status in {429, 503} or why is WebWhy.KEY_IN_FLIGHT:
        extra["Retry-After"] = str(facts.get("seconds", RETRY_AFTER_S))
    extra.update(headers or {})
    return problem(status, why.value, words.title(tongue), words.detail(tongue, dict(facts)), extra, **members)


def faults(messages: object, tongue: Language, path: str = "") -> Iterator[dict[str, str]]:
    """Each bad field of marshmallow's nested *messages* as {pointer, code, detail}, RFC 6901 pointers."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from faults(inner, tongue, path + step)
    elif isinstance(messages, Sequence) and not isinstance(messages, (str, bytes)):
        for inner in messages:
            yield from faults(inner, tongue, path)
    elif isinstance(messages, Said):
        yield {"pointer": path, "code": messages.code, "detail": messages.text(tongue)}
    else:
        yield {"pointer": path, "code": "invalid", "detail": str(messages)}


def _fields_answer(location: str, messages: object) -> Response:
    tongue = language()
    rows = list(faults(messages, tongue))
    first = _first_fault(rows[0], tongue) if rows else ""
    if location != "json":
        rows = [{"parameter": row.pop("pointer").lstrip("/"), **row} for row in rows]
    return refusal(WebWhy.FIELDS_INVALID, {"count": len(rows), "first": first}, errors=rows[:ERRORS_MAX])


def _first_fault(row: Mapping[str, str], tongue: Language) -> str:
    """The first row in a sentence, for readers who see no rows."""
    if tongue == "zh":
        return f"{row['pointer'].lstrip('/') or '整个请求'}：{row['detail']}"
    return f"{row['pointer'].lstrip('/') or 'the whole body'}: {row['detail']}"


def _refused_answer(refused: Refused) -> Response:
    errors = None
    if refused.pointer is not None:
        detail = refused.why.words.detail(language(), dict(refused.facts))
        errors = [{"pointer": refused.pointer, "code": refused.why.value, "detail": detail}]
    reasons = list(refused.reasons) or None
    return refusal(refused.why, refused.facts, errors=errors, reasons=reasons, relaxation=refused.relaxation)


def _http_answer(error: HTTPException) -> Response:
    status = error.code or 500
    name = HTTP_STATUS_CODES.get(status, "Error")
    if status == 404:
        return refusal(WebWhy.NOT_FOUND, {})
    if status == 413:
        return refusal(WebWhy.BODY_TOO_LARGE, {"limit": g.get("body_bytes_max", "?")})
    if status < 400:  # a redirect that werkzeug raises is an answer, not an error
        return Response(status=status, headers=list(error.get_headers()))
    headers = {key: value for key, value in error.get_headers() if key in {"Allow", "Retry-After", "Accept"}}
    in_chinese = language() == "zh"
    title = HTTP_TITLES_ZH.get(status, "请求未能完成") if in_chinese else name
    detail = _HTTP_DETAILS.get(status, _USUAL_DETAIL)[0 if in_chinese else 1].format(
        method=request.method,
        allowed=headers.get("Allow", "-"),
        media=request.mimetype[:60] or "-",
        wished=request.headers.get("Accept", "-")[:60],
        made=", ".join(g.get("makes", ())) or "-",
        expected=error.description,  # 415 is raised with the media type in place of its description
    )
    return problem(status, http_code(status), title, detail, headers)


def http_code(status: int) -> str:
    """The code of an answer that HTTP alone explains; some statuses are always told by a reason of ours."""
    ours = {404: WebWhy.NOT_FOUND.value, 413: WebWhy.BODY_TOO_LARGE.value, 500: "INTERNAL_ERROR"}
    return ours.get(status) or HTTP_STATUS_CODES.get(status, "Error").upper().replace(" ", "_").replace("-", "_")


def _unexpected_answer(error: Exception) -> Response:
    structlog.get_logger(__name__).error("unexpected", exc_info=error, request_id=g.get("request_id"))
    if language() == "zh":
        title, detail = "内部错误", "请求未能完成；请把 request_id 告诉我们。"
    else:
        title, detail = "Internal error", "The request could not be completed; tell us the request_id."
    return problem(500, "INTERNAL_ERROR", title, detail)


def install(app: Flask) -> None:
    """Every error of *app* leaves as a problem, and an unexpected one tells nothing but its request id."""

    def answer(error: Exception) -> Response:
        return answer_to(error)

    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Exception, answer)


def answer_to(error: Exception) -> Response:
    match error:
        case Refused():
            return _refused_answer(error)
        case FieldsInvalid():
            return _fields_answer(error.location, error.messages)
        case ValidationError():
            return _fields_answer("json", error.messages)
        case LogUnavailable():
            structlog.get_logger(__name__).error("log-unavailable", error=str(error))
            return refusal(WebWhy.LOG_UNAVAILABLE, {"seconds": RETRY_AFTER_S})
        case LogDamaged():
            structlog.get_logger(__name__).critical("log-damaged", error=str(error))
            return refusal(WebWhy.LOG_DAMAGED, {})
        case NotAsExpected():
            return refusal(WebWhy.VERSION_STALE, {"expected": error.expected, "found": error.found})
        case WrongVersion():
            return refusal(WebWhy.CHANGED_MEANWHILE, {})
        case ViewStale():
            return refusal(WebWhy.VIEW_STALE, {"name": error.name})
        case HTTPException():
            return _http_answer(error)
        case _:
            return _unexpected_answer(error)


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable; `/docs/errors` lists them all. 稳定的代码，见错误目录。"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer into the body 正文中的位置"},
                    "parameter": {"type": "string", "description": "Query parameter 查询参数"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "reasons": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        "relaxation": {"type": "object", "additionalProperties": True},
    },
}
