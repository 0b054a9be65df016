"""Every route × role × own / foreign / absent object, generated from an app's own route table.

Nothing is listed by hand but how to make an object for each path parameter: bodies and queries are the smallest that
the app's own document allows. What holds is checked for each cell:

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
from shared.web.app import own_document
from tests.support.fitting_requests import FittingRequest, smallest_requests
from tests.support.web_client import Caller, Tokens

Values = Mapping[str, str]
Maker = Callable[[Principal], Values | None]
"""Makes an object of the principal's and gives the path parameters that lead to it; None: such a one cannot own any."""
_QUIET_HEADERS = {"x-request-id", "date", "content-length", "etag"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def never(_viewer: Principal, _owner: Principal, _rule: str) -> bool | None:
    return False


@dataclass(frozen=True, slots=True)
class Matrix:
    """*makers*: path parameter -> maker. *absent*: path parameter -> an id of the right form that leads nowhere.

    *bodies*: "POST /v1/…/<id>/…" -> a body to send instead of the smallest. *shares* says who may see whose objects besides
    their own (the office reads all, …); None where that hangs on more than the two (a common order): not judged.
    """

    app: Flask
    tokens: Tokens
    principals: Sequence[Principal]
    makers: Mapping[str, Maker]
    absent: Values
    bodies: Mapping[str, Any] = field(default_factory=dict)
    shares: Callable[[Principal, Principal, str], bool | None] = never


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
    return _Walk(matrix, smallest_requests(own_document(matrix.app))).everything()


def guarded_routes(app: Flask) -> Iterator[tuple[Rule, str, frozenset[str]]]:
    """All rules of *app* that are not public, a method at a time."""
    for rule in app.url_map.iter_rules():
        needed = declared(app.view_functions[rule.endpoint])
        assert needed is not None, f"{rule.rule} declares nothing"
        for method in METHODS:
            if needed and method in (rule.methods or ()):
                yield rule, method, needed


class _Walk:
    """One walk over a matrix."""

    def __init__(self, matrix: Matrix, fitting: Callable[[str, str], FittingRequest]) -> None:
        self.matrix, self.fitting = matrix, fitting
        self.findings = Findings()

    def everything(self) -> Findings:
        for rule, method, needed in guarded_routes(self.matrix.app):
            self._without_token(rule, method)
            for viewer in self.matrix.principals:
                if needed & viewer.permissions:
                    self._permitted(rule, method, viewer)
                else:
                    self._not_permitted(rule, method, viewer)
        return self.findings

    def _values(self, rule: Rule, owner: Principal) -> dict[str, str] | None:
        """Path parameters that lead to objects of *owner*."""
        values: dict[str, str] = {}
        for name in sorted(rule.arguments, key=rule.rule.index):
            if name not in values:
                assert name in self.matrix.makers, f"{rule.rule}: no maker for {name}; add one to the matrix"
                made = self.matrix.makers[name](owner)
                if made is None:
                    return None
                values.update(made)
        return {name: values[name] for name in rule.arguments}

    def _absent(self, rule: Rule) -> dict[str, str]:
        return {name: self.matrix.absent[name] for name in rule.arguments}

    def _ask(self, who: Principal | None, rule: Rule, method: str, values: Values) -> TestResponse:
        path = rule.rule
        for name, value in values.items():
            for converter in ("", "string:", "path:", "int:"):
                path = path.replace(f"<{converter}{name}>", value)
        smallest = self.fitting(method, rule.rule)
        body = self.matrix.bodies.get(f"{method} {rule.rule}", smallest.json)
        headers = {} if method == "GET" else {"If-Match": '"v1"'}
        more: dict[str, Any] = {"query_string": smallest.query}
        if smallest.content_type is not None:
            more |= {"data": smallest.data, "content_type": smallest.content_type}
        return Caller(self.matrix.app, self.matrix.tokens, who).send(method, path, body, headers=headers, **more)

    def _without_token(self, rule: Rule, method: str) -> None:
        answer = self._ask(None, rule, method, self._absent(rule))
        leak = f"{method} {rule.rule} answers {answer.status_code}"
        self.findings.check("no token", holds=answer.status_code == 401, leak=leak)

    def _not_permitted(self, rule: Rule, method: str, viewer: Principal) -> None:
        absent = self._absent(rule)
        expected = _plain(self._ask(viewer, rule, method, absent), absent)
        where = f"{method} {rule.rule} as {viewer.role}"
        self.findings.check("not permitted", holds=expected[0] == 403, leak=f"{where} answers {expected[0]}")
        for owner in self.matrix.principals if rule.arguments else ():
            values = self._values(rule, owner)
            if values is not None:
                found = _plain(self._ask(viewer, rule, method, values), values)
                leak = f"{where} tells {owner.org_id}'s object from none: {found}"
                self.findings.check("not permitted", holds=found == expected, leak=leak)

    def _permitted(self, rule: Rule, method: str, viewer: Principal) -> None:
        where = f"{method} {rule.rule} as {viewer.role} {viewer.org_id}"
        absent = self._absent(rule)
        first = self._ask(viewer, rule, method, absent)
        if not rule.arguments:
            let_in = first.status_code not in {401, 403, 404}
            self.findings.check("permitted", holds=let_in, leak=f"{where} answers {first.status}: {first.text}")
            return
        expected = _plain(first, absent)
        leak = f"{where} answers {expected} to an absent object"
        self.findings.check("absent", holds=expected[0] == 404, leak=leak)
        for owner in self.matrix.principals:
            values = self._values(rule, owner)
            if values is not None:
                self._seen_or_not(rule, method, (viewer, owner), values, expected)

    def _seen_or_not(
        self, rule: Rule, method: str, pair: tuple[Principal, Principal], values: Values, expected: "_Plain"
    ) -> None:
        viewer, owner = pair
        where = f"{method} {rule.rule} as {viewer.role} {viewer.org_id}"
        found = _plain(self._ask(viewer, rule, method, values), values)
        shares = self.matrix.shares(viewer, owner, rule.rule)
        if shares is None:
            return
        if shares or owner.org_id == viewer.org_id:
            leak = f"{where} does not find {owner.org_id}'s: {found}"
            self.findings.check("own", holds=found[0] not in {401, 403, 404}, leak=leak)
        else:
            leak = f"{where} tells {owner.org_id}'s: {found} instead of {expected}"
            self.findings.check("foreign", holds=found == expected, leak=leak)


_Plain = tuple[int, str, list[tuple[str, str]]]


def _plain(answer: TestResponse, values: Values) -> _Plain:
    """*answer* without what may differ: the ids asked for and the request's own."""
    text = answer.get_data().decode(errors="replace").replace(answer.headers["X-Request-Id"], "<request>")
    for name, value in values.items():
        text = text.replace(value, f"<{name}>")
    headers = [(name.lower(), value) for name, value in answer.headers if name.lower() not in _QUIET_HEADERS]
    return answer.status_code, text, sorted(headers)


def two_of_each() -> list[tuple[Role, int]]:
    """The usual cast: two organisations of every role."""
    return [(role, number) for role in (Role.BUYER, Role.FACTORY, Role.OFFICE) for number in (1, 2)]
