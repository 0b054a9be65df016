"""What a document says of one operation: its name, words, the headers it hears and gives, and how it can end.

A route says what is its own (`Manner`); the rest follows from method, path, permissions and body, so that no route can
forget it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_SUMMARIES = Path(__file__).with_name("summaries.zh.yaml")
_PARAMETERS = Path(__file__).with_name("parameters.yaml")
_JSON = "application/json"
_MANNER = "x-gongfang-manner"
OCTETS = "application/octet-stream"
BINARY: Mapping[str, Any] = {"type": "string", "format": "binary"}
TEXT: Mapping[str, Any] = {"type": "string"}
STREAM: Mapping[str, Mapping[str, Any]] = {"text/event-stream": TEXT}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a route behaves beyond what all do.

    *waits*: `Prefer: wait=N` is heard. *needs_version*: without If-Match it answers 428; *unless_preview*: with
    `preview=true` it does not. *resumes*: it is a stream that goes on behind `Last-Event-ID`. *gives*: media type ->
    schema of what it answers with 200 beside JSON, or in its place where the route names no answer. *made_at*: where a
    201 says that the new thing stands, e.g. `/lines/{id}`; the usual place where it is empty (`made_at_of`).
    """

    waits: bool = False
    needs_version: bool = False
    unless_preview: bool = False
    resumes: bool = False
    gives: Mapping[str, Mapping[str, Any]] | None = None
    made_at: str = ""

    def makes(self, *, answers_json: bool) -> tuple[str, ...]:
        """The media types of what it answers; who names neither an answer nor a file answers JSON."""
        files = tuple(self.gives or ())
        return (_JSON, *files) if answers_json or not files else files

    @property
    def parameters(self) -> frozenset[str]:
        """The query parameters it reads without a schema."""
        return frozenset({"after"} if self.resumes else ())

    def said(self) -> dict[str, Any]:
        return {_MANNER: {"waits": self.waits, "needs_version": self.needs_version, **self._rest()}}

    def _rest(self) -> dict[str, Any]:
        gives = {kind: dict(schema) for kind, schema in (self.gives or {}).items()}
        return {"unless_preview": self.unless_preview, "resumes": self.resumes, "gives": gives}


def made_at_of(path: str) -> str:
    """Where what `POST path` made stands: behind a list, or within the thing that the path names last."""
    at = path.replace("<", "{").replace(">", "}")
    return at[: at.rindex("}") + 1] if "}" in at else at + "/{id}"


def operation_id_of(view_name: str) -> str:
    """A view's name as clients write it: list_orders -> listOrders."""
    first, *others = view_name.split("_")
    return first + "".join(one.capitalize() for one in others)


@cache
def chinese_summaries() -> Mapping[str, str]:
    """Method and path -> what the operation does, in Chinese."""
    found: dict[str, str] = yaml.safe_load(_SUMMARIES.read_text("utf-8"))
    return found


@cache
def parameter_words() -> Mapping[str, str]:
    """The name of a path or query parameter, or `name METHOD /path` where it means something else there -> its words."""
    found: dict[str, str] = yaml.safe_load(_PARAMETERS.read_text("utf-8"))
    return found


def finish_operation(method: str, path: str, operation: dict[str, Any], shared: list[dict[str, Any]]) -> None:
    """Complete *operation* in place; *shared* are the parameters of its path."""
    manner = operation.pop(_MANNER, None) or Manner().said()[_MANNER]
    _describe(method, path, operation)
    for parameter in [*shared, *operation.get("parameters", [])]:
        _describe_parameter(method, path, parameter)
    operation.setdefault("parameters", []).extend(
        {"$ref": f"#/components/parameters/{name}"} for name in _headers_heard(method, operation, manner)
    )
    _finish_answers(method, operation, manner, has_path=bool(shared))


def _describe(method: str, path: str, operation: dict[str, Any]) -> None:
    """The summary in one line; the description in both languages, with the permission that opens it."""
    chinese = chinese_summaries().get(f"{method.upper()} {path}")
    said = [operation.get("description") or operation.get("summary", "")]
    if chinese is not None:
        operation["x-summary-zh"] = chinese
        said.append(chinese)
    needed = operation.get("x-permissions")
    if needed:
        said.append("Permission 权限: " + " | ".join(f"`{one}`" for one in needed))
    operation["description"] = "\n\n".join(said)


def _describe_parameter(method: str, path: str, parameter: dict[str, Any]) -> None:
    words = parameter_words()
    name = parameter.get("name", "")
    said = words.get(f"{name} {method.upper()} {path}") or words.get(name)
    if said is not None and parameter.get("in") in {"path", "query"}:
        parameter["description"] = said


def _headers_heard(method: str, operation: Mapping[str, Any], manner: Mapping[str, Any]) -> list[str]:
    names = ["AcceptLanguage"]
    is_guarded = bool(operation.get("x-permissions"))
    if method == "get":
        names += ["IfNoneMatch"] if is_guarded else []
    elif is_guarded:
        is_always = manner["needs_version"] and not manner["unless_preview"]
        names += ["IdempotencyKey", "IfMatchNeeded" if is_always else "IfMatch"]
    names += ["Prefer"] if manner["waits"] else []
    names += ["LastEventId", "After"] if manner["resumes"] else []
    return names


def _finish_answers(method: str, operation: dict[str, Any], manner: Mapping[str, Any], *, has_path: bool) -> None:
    answers = operation.setdefault("responses", {})
    for status in [one for one in answers if one.startswith(("4", "5")) or one == "default"]:
        del answers[status]
    for status, answer in answers.items():
        answer.setdefault("description", _GOOD[status])
        answer["headers"] = _headers_given(method, status, operation, manner)
        if status == "200" and manner["gives"]:
            content = answer.setdefault("content", {})
            content.update({kind: {"schema": schema} for kind, schema in manner["gives"].items()})
    for status in _refusals(method, operation, manner, has_path=has_path):
        answers[status] = {"$ref": f"#/components/responses/{RESPONSE_NAMES[status]}"}
    answers["default"] = {"$ref": "#/components/responses/Problem"}


_GOOD = {
    "200": "OK",
    "201": "Created; `Location` says where.",
    "202": "Taken; it goes on. `Location` names the operation to ask.",
    "204": "Done; there is nothing to show.",
}


def _headers_given(
    method: str, status: str, operation: Mapping[str, Any], manner: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    names = ["X-Request-Id", "Content-Language"]
    is_guarded = bool(operation.get("x-permissions"))
    if is_guarded:
        names.append("ETag")
    if is_guarded and method != "get":
        names.append("Idempotency-Replayed")
    if status in {"201", "202"}:
        names.append("Location")
    if manner["waits"]:
        names.append("Preference-Applied")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _refusals(method: str, operation: Mapping[str, Any], manner: Mapping[str, Any], *, has_path: bool) -> list[str]:
    is_guarded, changes = bool(operation.get("x-permissions")), method != "get"
    said = {
        "400": True,
        "401": is_guarded,
        "403": is_guarded,
        "404": has_path,
        "406": True,
        "409": changes,
        "412": changes and is_guarded,
        "413": changes,
        "415": changes,
        "422": True,
        "428": manner["needs_version"],
        "429": True,
        "503": True,
    }
    return [status for status, is_said in said.items() if is_said]


RESPONSE_NAMES: Mapping[str, str] = {
    "400": "BadRequest",
    "401": "Unauthenticated",
    "403": "Forbidden",
    "404": "NotFound",
    "406": "NotAcceptable",
    "409": "Conflict",
    "412": "Stale",
    "413": "TooLarge",
    "415": "UnsupportedMediaType",
    "422": "Invalid",
    "428": "VersionNeeded",
    "429": "TooMany",
    "503": "Unavailable",
}
