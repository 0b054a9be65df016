"""The parts of a document that all operations share: headers heard and given, and the ways to say no."""

from collections.abc import Mapping
from typing import Any

from shared.web.operations import RESPONSE_NAMES

_TEXT = {"type": "string"}


def _heard(name: str, said: str, schema: Mapping[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": said, "schema": dict(schema)}


_IF_MATCH = (
    'ETag of what the change is based on; `"v3"` (the version alone) is taken too. Not matching: 412, nothing is done. '
    "修改所依据的版本。"
)
PARAMETERS: Mapping[str, dict[str, Any]] = {
    "IdempotencyKey": _heard(
        "Idempotency-Key",
        "The same key and request act once; a repeat gets the first answer. 重发同一请求只生效一次。",
        {"type": "string", "minLength": 1, "maxLength": 128},
    ),
    "IfMatch": _heard("If-Match", _IF_MATCH, _TEXT),
    "IfMatchNeeded": _heard("If-Match", _IF_MATCH + " Missing: 428.", _TEXT, required=True),
    "IfNoneMatch": _heard(
        "If-None-Match",
        "ETag of what the caller has; while it is the same, 304 without a body. 调用方已有的版本；未变时回答 304。",
        _TEXT,
    ),
    "AcceptLanguage": _heard("Accept-Language", "zh (default) or en. 中文（默认）或英文。", _TEXT),
    "Prefer": _heard(
        "Prefer",
        "`wait=N`: answer when it is settled, after N seconds (at most 30) at the latest. 最多等待 N 秒再回答。",
        _TEXT,
    ),
    "LastEventId": _heard(
        "Last-Event-ID",
        "The id of the last event seen; the stream goes on behind it. 已收到的最后一个事件的编号。",
        _TEXT,
    ),
    "After": {
        "name": "after",
        "in": "query",
        "required": False,
        "description": "As Last-Event-ID, for who cannot send headers or asks page by page. 与 Last-Event-ID 相同。",
        "schema": _TEXT,
    },
}


def _given(said: str, schema: Mapping[str, Any] = _TEXT) -> dict[str, Any]:
    return {"description": said, "schema": dict(schema)}


HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Request-Id": _given("Names this request in our logs. 本次请求的编号。"),
    "Content-Language": _given("The language of the words: zh or en. 文字的语言。"),
    "ETag": _given("Changes whenever what is shown changes. 所示内容的版本标识。"),
    "Location": _given("The address of what was made, or of the operation that goes on. 新资源或操作的地址。"),
    "Idempotency-Replayed": _given("`true`: the request was a repeat and changed nothing. 重发，未再次生效。"),
    "Preference-Applied": _given("The preference that was heard, such as `wait=5`. 已采用的偏好。"),
    "Retry-After": _given("Seconds until it is worth trying again. 多少秒后重试。", {"type": "integer", "minimum": 0}),
    "WWW-Authenticate": _given("How to sign in. 登录方式。"),
}
_WORDS = {
    "400": "The request cannot be read, or a header or cursor is not right. 请求无法读取。",
    "401": "There is no valid token. 需要登录。",
    "403": "The caller may not do this. 没有权限。",
    "404": "There is no such thing, or it is not the caller's. 没有找到，或不属于您。",
    "406": "None of the media types asked for is made here. 不提供所要的格式。",
    "409": "The state of things does not allow it. 当前状态不允许。",
    "412": "If-Match names what is no longer so; nothing was done. 内容已被更改，未作任何改动。",
    "413": "The body is too large. 请求内容过大。",
    "415": "The body is not of a type that is read here. 不支持此内容类型。",
    "422": "Fields or rules say no; every one is named. 内容有误，逐一列出。",
    "428": "If-Match must be sent. 需要 If-Match。",
    "429": "Too much at once. 请求过多。",
    "503": "Not now. 暂时无法服务。",
    "default": "A problem (RFC 9457). 其他问题。",
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _no(status: str) -> dict[str, Any]:
    names = ["X-Request-Id", "Content-Language"]
    names += ["Retry-After"] if status in {"409", "429", "503"} else []
    names += ["WWW-Authenticate"] if status == "401" else []
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return {"description": _WORDS[status], "headers": headers, "content": _PROBLEM}


RESPONSES: Mapping[str, dict[str, Any]] = {
    **{name: _no(status) for status, name in RESPONSE_NAMES.items()},
    "Problem": _no("default"),
}
