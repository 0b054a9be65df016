"""The door to the founding of the office: open while a house has none, to who shows the one-time code, and gone after.

`GET /founding` shows a form, `POST /founding` takes it, or the same as JSON. It is no part of the product's API and not in
its OpenAPI document: a house that has its office does not have this door.
"""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from html import escape
from threading import Lock

import orjson
from werkzeug.wrappers import Request, Response

from services.embedded.founding import found_office, is_founded
from services.embedded.gateway import Environ, StartResponse
from services.portal.portal import Portal
from shared.kernel.refusal import Refused
from shared.settings import PREFIX, Environment, SettingsWrong
from shared.web.app import SECURITY_HEADERS
from shared.web.problems import STATUS_OF

PATH = "/founding"
CODE_VARIABLE = "FOUNDING_CODE"
CODE_LEAST = 20
BODY_BYTES_MAX = 16_384
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read as something else
FIELDS: Mapping[str, tuple[str, str, str]] = {  # field -> zh, en, what a browser fills in
    "code": ("一次性创始码", "One-time code", "one-time-code"),
    "name": ("专班名称", "Name of the office", "organization"),
    "credit_code": ("统一社会信用代码", "Unified social credit code", "off"),
    "district": ("行政区代码（如 421200）", "District code, such as 421200", "off"),
    "person": ("管理员姓名", "Administrator's name", "name"),
    "login": ("登录名", "Login", "username"),
    "password": ("密码（至少 10 位）", "Password, at least 10 characters", "new-password"),
}


def new_code() -> str:
    """Twenty letters and figures by chance, in groups that can be read out: 100 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def given_code() -> str:
    """The code that the operator has chosen by the environment, where a container prints to nobody; empty: none.

    Raises SettingsWrong for one that could be guessed.
    """
    code = Environment().text(CODE_VARIABLE, "")
    if code and len(code) < CODE_LEAST:
        raise SettingsWrong(f"{PREFIX}{CODE_VARIABLE}: expected at least {CODE_LEAST} characters")
    return code


class FoundingDoor:
    """A WSGI application for `PATH`; *code* opens it once."""

    def __init__(self, portal: Portal, code: str) -> None:
        self._portal, self._code = portal, code.encode()
        self._founding = Lock()

    @property
    def is_open(self) -> bool:
        return not is_founded(self._portal)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(Request(environ))
        answer.headers.update(SECURITY_HEADERS)
        answer.headers["Cache-Control"] = "no-store"
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.method in {"GET", "HEAD"}:
            return _page("")
        if request.method != "POST":
            return _told(405, "METHOD_NOT_ALLOWED", "GET or POST", {"Allow": "GET, POST"})
        try:
            given = _given(request)
        except ValueError as wrong:
            return _told(422, "INVALID", str(wrong))
        if not hmac.compare_digest(given.pop("code").strip().upper().encode(), self._code.upper()):
            return self._no(request, 403, "FOUNDING_CODE_WRONG", "创始码不对 / the code is another one")
        with self._founding:
            try:
                org_id = found_office(self._portal, **given)
            except Refused as no:
                status = STATUS_OF[no.why.words.kind]
                return self._no(request, status, no.why.value, no.why.words.detail("en", dict(no.facts)))
        if _is_json(request):
            return Response(orjson.dumps({"id": org_id}), status=201, content_type="application/json")
        return Response(status=303, headers={"Location": "/"})

    def _no(self, request: Request, status: int, code: str, detail: str) -> Response:
        return _told(status, code, detail) if _is_json(request) else _page(detail, status)


def _is_json(request: Request) -> bool:
    return request.mimetype == "application/json"


def _given(request: Request) -> dict[str, str]:
    """The fields, each once and none besides. Raises ValueError."""
    if (request.content_length or 0) > BODY_BYTES_MAX:
        raise ValueError(f"expected at most {BODY_BYTES_MAX} bytes")
    request.max_content_length = BODY_BYTES_MAX
    found = orjson.loads(request.get_data()) if _is_json(request) else request.form.to_dict()
    if not isinstance(found, dict) or set(found) != set(FIELDS):
        raise ValueError(f"expected exactly {', '.join(FIELDS)}")
    if not all(isinstance(value, str) and 0 < len(value.strip()) <= 200 for value in found.values()):
        raise ValueError("expected every field to be a text of at most 200 characters")
    return {name: value if name == "password" else value.strip() for name, value in found.items()}


def _told(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    problem = {
        "type": f"urn:gongfang:problem:{code.lower().replace('_', '-')}",
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(orjson.dumps(problem), status, headers, content_type="application/problem+json")


def _page(no: str, status: int = 200) -> Response:
    rows = "".join(
        f'<label for="{name}">{zh} · {en}</label><input id="{name}" name="{name}" required maxlength="200" '
        f'type="{"password" if name == "password" else "text"}" autocomplete="{fills}">'
        for name, (zh, en, fills) in FIELDS.items()
    )
    said = f'<p class="no" role="alert">{escape(no)}</p>' if no else ""
    html = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>创始专班 · Found the office</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/static/portal/portal.css"></head><body><main id="main"><section class="door">'
        "<h1>创始专班 · Found the office</h1><p>服务启动时打印的一次性创始码只能用一次。· The one-time code was printed "
        f'when the server started.</p>{said}<form method="post" action="{PATH}">{rows}'
        '<button type="submit">创始 · Found</button></form></section></main></body></html>'
    )
    return Response(html, status, content_type="text/html; charset=utf-8")
