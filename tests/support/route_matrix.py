"""Every route × role × own / foreign / absent object, generated from an app's own route table.

Nothing is listed by hand but how to make an object for each path parameter and, where a command needs one, a body that
passes its schema. What holds is checked for each cell:

- nobody without a token gets past 401, whatever the address;
- a role without the route's permission gets one and the same 403, whether the object is its own, another's or absent;
- another tenant's object answers exactly like an absent one (status, headers, body but for ids and the request id);
- one's own object is found.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from shared.kernel.principal import Principal, Role
from shared.web.access import declared
from tests.support.web_client import Caller, Tokens

Values = Mapping[str, str]
Maker = Callable[[Principal], Values | None]
"""Makes an object of the principal's and gives the path parameters that lead to it; None: such a one cannot own any."""
_QUIET_HEADERS = {"x-request-id", "date", "content-length", "etag"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def never(_viewer: Principal, _owner: Principal, _rule: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Matrix:
    """*makers*: path parameter -> maker. *absent*: path parameter -> an id of the right form that leads nowhere.

    *bodies*: "POST /v1/…/<id>/…" -> a body that passes the schema. *shares* says who may see whose objects besides
    their own (the office reads all, a buyer sees the work order made for it, …).
    """

    app: Flask
    tokens: Tokens
    principals: Sequence[Principal]
    makers: Mapping[str, Maker]
    absent: Values
    bodies: Mapping[str, Any] = field(default_factory=dict)
    shares: Callable[[Principal, Principal, str], bool] = never


@dataclass(slots=True)
class Findings:
    """What the walk saw: cells looked at by what was asked of them, and each leak in words."""

    cells: dict[str, int] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)

    def check(self, what: str, *, holds: bool, leak: str) -> None:
        self.cells[what] = self.cells.get(what, 0) + 1
        if not holds:
            self.leaks.append(f"{what}: {leak}")


def walk(matrix: Matrix) -> Findings:
    """Look at every cell of *matrix*."""
    findings = Findings()
    for rule, method, needed in guarded_routes(matrix.app):
        _without_token(matrix, findings, rule, method)
        for viewer in matrix.principals:
            if needed & viewer.permissions:
                _permitted(matrix, findings, rule, method, viewer)
            else:
                _not_permitted(matrix, findings, rule, method, viewer)
    return findings


def guarded_routes(app: Flask) -> Iterator[tuple[Rule, str, frozenset[str]]]:
    """All rules of *app* that are not public, a method at a time."""
    for rule in app.url_map.iter_rules():
        needed = declared(app.view_functions[rule.endpoint])
        assert needed is not None, f"{rule.rule} declares nothing"
        for method in METHODS:
            if needed and method in (rule.methods or ()):
                yield rule, method, needed


def _values(matrix: Matrix, rule: Rule, owner: Principal) -> dict[str, str] | None:
    """Path parameters that lead to objects of *owner*."""
    values: dict[str, str] = {}
    for name in sorted(rule.arguments, key=rule.rule.index):
        if name not in values:
            assert name in matrix.makers, f"{rule.rule}: no maker for {name}; add one to the matrix"
            made = matrix.makers[name](owner)
            if made is None:
                return None
            values.update(made)
    return {name: values[name] for name in rule.arguments}


def _absent(matrix: Matrix, rule: Rule) -> dict[str, str]:
    return {name: matrix.absent[name] for name in rule.arguments}


def _ask(matrix: Matrix, who: Principal | None, rule: Rule, method: str, values: Values) -> TestResponse:
    path = rule.rule
    for name, value in values.items():
        for converter in ("", "string:", "path:", "int:"):
            path = path.replace(f"<{converter}{name}>", value)
    body = matrix.bodies.get(f"{method} {rule.rule}")
    headers = {} if method == "GET" else {"If-Match": '"v1"'}
    return Caller(matrix.app, matrix.tokens, who).send(method, path, body, headers=headers)


def _plain(answer: TestResponse, values: Values) -> tuple[int, list[tuple[str, str]], str]:
    """*answer* without what may differ: the ids asked for and the request's own."""
    text = answer.get_data(as_text=True).replace(answer.headers["X-Request-Id"], "<request>")
    for name, value in values.items():
        text = text.replace(value, f"<{name}>")
    headers = [(name.lower(), value) for name, value in answer.headers if name.lower() not in _QUIET_HEADERS]
    return answer.status_code, sorted(headers), text


def _without_token(matrix: Matrix, findings: Findings, rule: Rule, method: str) -> None:
    answer = _ask(matrix, None, rule, method, _absent(matrix, rule))
    findings.check(
        "no token", holds=answer.status_code == 401, leak=f"{method} {rule.rule} answers {answer.status_code}"
    )


def _not_permitted(matrix: Matrix, findings: Findings, rule: Rule, method: str, viewer: Principal) -> None:
    absent = _absent(matrix, rule)
    expected = _plain(_ask(matrix, viewer, rule, method, absent), absent)
    where = f"{method} {rule.rule} as {viewer.role}"
    findings.check("not permitted", holds=expected[0] == 403, leak=f"{where} answers {expected[0]}")
    if not rule.arguments:
        return
    for owner in matrix.principals:
        values = _values(matrix, rule, owner)
        if values is not None:
            found = _plain(_ask(matrix, viewer, rule, method, values), values)
            findings.check(
                "not permitted",
                holds=found == expected,
                leak=f"{where} tells {owner.org_id}'s object from none: {found}",
            )


def _permitted(matrix: Matrix, findings: Findings, rule: Rule, method: str, viewer: Principal) -> None:
    where = f"{method} {rule.rule} as {viewer.role} {viewer.org_id}"
    absent = _absent(matrix, rule)
    if not rule.arguments:
        answer = _ask(matrix, viewer, rule, method, absent)
        findings.check(
            "permitted", holds=answer.status_code not in {401, 403, 404}, leak=f"{where} answers {answer.status}"
        )
        return
    expected = _plain(_ask(matrix, viewer, rule, method, absent), absent)
    findings.check("absent", holds=expected[0] == 404, leak=f"{where} answers {expected[0]} to an absent object")
    for owner in matrix.principals:
        values = _values(matrix, rule, owner)
        if values is None:
            continue
        answer = _ask(matrix, viewer, rule, method, values)
        found = _plain(answer, values)
        if owner.org_id == viewer.org_id or matrix.shares(viewer, owner, rule.rule):
            seen = answer.status_code not in {401, 403, 404}
            findings.check("own", holds=seen, leak=f"{where} does not find {owner.org_id}'s: {found}")
        else:
            findings.check("foreign", holds=found == expected, leak=f"{where} tells {owner.org_id}'s: {found}")


def two_of_each() -> list[tuple[Role, int]]:
    """The usual cast: two organisations of every role."""
    return [(role, number) for role in (Role.BUYER, Role.FACTORY, Role.OFFICE) for number in (1, 2)]
