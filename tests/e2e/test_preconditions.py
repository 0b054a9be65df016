"""Over a world that has really traded: If-Match holds every command of every service, and every read has its tag."""

import os
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from werkzeug.routing import Rule

from shared.eventstore.port import EventLog
from shared.kernel.principal import Principal
from shared.web.app import own_document
from shared.web.examples import examples
from tests.support.api_document import whole_document
from tests.support.fitting_requests import FittingRequest, smallest_requests
from tests.support.listening import Heard
from tests.support.route_matrix import guarded_routes
from tests.support.taken_examples import TAKE, taken, write
from tests.support.traded_house import Traded, a_traded_house
from tests.support.web_client import Caller

STALE = '"v999999"'
SERVICES = ("portal", "order", "capacity", "ledger")


@pytest.fixture(scope="module")
def heard() -> list[Heard]:
    return []


@pytest.fixture(scope="module")
def traded(heard: list[Heard]) -> Iterator[Traded]:
    with a_traded_house(heard) as found:
        yield found


def _path(rule: Rule, known: dict[str, str]) -> str | None:
    path = rule.rule
    for name in rule.arguments:
        if name not in known:
            return None
        path = path.replace(f"<{name}>", known[name])
    return path


Asked = tuple[Principal, str, Rule, str, FittingRequest]


def _asked(traded: Traded, service: str, *, reading: bool) -> Iterator[Asked]:
    """Every operation of *service* on a thing of one's own, by each who may."""
    app = traded.house.services[service].app
    fitting = smallest_requests(own_document(app))
    for rule, method, needed in guarded_routes(app):
        for principal in traded.principals if (method == "GET") is reading else ():
            known = traded.ids[principal.org_id] | {"product_id": "tea-can-330", "user_id": principal.subject}
            path = _path(rule, known)
            if path is not None and needed & principal.permissions:
                yield principal, method, rule, path, fitting(method, rule.rule)


def _send(traded: Traded, service: str, asked: Asked, headers: dict[str, str]) -> Any:
    principal, method, _, path, smallest = asked
    more: dict[str, Any] = {"query_string": smallest.query}
    if smallest.content_type is not None:
        more |= {"data": b"", "content_type": smallest.content_type}
    caller = Caller(traded.house.services[service].app, traded, principal)
    return caller.send(method, path, smallest.json, headers=headers, **more)


def _written_by(log: EventLog, principal: Principal, beyond: int) -> list[str]:
    return [one.type for one in log.read_all(beyond) if one.cause.subject == principal.subject]


@pytest.mark.parametrize("service", ["portal", "order", "capacity"])
def test_no_command_is_performed_under_an_if_match_that_does_not_match(traded: Traded, service: str) -> None:
    log, met = traded.house.services[service].log, 0
    for asked in _asked(traded, service, reading=False):
        begun = log.head().position
        answer = _send(traded, service, asked, {"If-Match": STALE})
        where = f"{asked[1]} {asked[3]} as {asked[0].role}: {answer.status_code} {answer.text[:200]}"
        assert 400 <= answer.status_code < 500, where
        assert _written_by(log, asked[0], begun) == [], where
        met += answer.status_code == 412
    assert met >= {"portal": 1, "order": 3, "capacity": 8}[service], met


@pytest.mark.parametrize("service", SERVICES)
def test_every_read_is_tagged_and_has_not_changed_when_nothing_happened(traded: Traded, service: str) -> None:
    tagged = 0
    for asked in _asked(traded, service, reading=True):
        first = _send(traded, service, asked, {})
        if first.status_code == 200:
            tag = first.headers["ETag"]
            again = _send(traded, service, asked, {"If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b""), asked[3]
            tagged += 1
    assert tagged >= 3


@pytest.mark.parametrize("service", ["portal", "order", "capacity"])
def test_exactly_the_commands_that_answer_428_are_said_to(traded: Traded, service: str) -> None:
    """Last, because it performs what needs no version."""
    paths = own_document(traded.house.services[service].app)["paths"]
    for asked in list(_asked(traded, service, reading=False)):
        _, method, rule, _, _ = asked
        declared = paths[rule.rule.replace("<", "{").replace(">", "}")][method.lower()]["responses"]
        status = _send(traded, service, asked, {}).status_code
        assert (status == 428) <= ("428" in declared), f"{method} {rule.rule} answers 428 and does not say so"
        if "428" in declared:
            assert status >= 400, f"{method} {rule.rule} is said to need If-Match and was performed without"


def _validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """*schema* with the document's components beside it; formats are looked at too."""
    whole = {**schema, "components": whole_document()["components"]}
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


def _said_of(one: Heard) -> dict[str, Any] | None:
    """What the document says of the answer that was *heard*; None where it says nothing."""
    document = whole_document()
    answers = document["paths"].get(one.path, {}).get(one.method.lower(), {}).get("responses", {})
    found: dict[str, Any] | None = answers.get(str(one.status), answers.get("default") if one.status >= 400 else None)
    if found is not None and "$ref" in found:
        found = document["components"]["responses"][found["$ref"].rpartition("/")[2]]
    return found


def test_every_answer_that_was_heard_is_one_that_the_document_declares(traded: Traded, heard: list[Heard]) -> None:
    """Members that are always there, states, codes, formats, media types and headers: nothing is said that is not so."""
    faults, met = set(), set()
    for one in heard:
        where = f"{one.method} {one.path} {one.status}"
        if one.path not in whole_document()["paths"] or one.method in {"HEAD", "OPTIONS"} or one.status == 304:
            continue  # 304 has no body; it is declared with If-None-Match, for typed clients know no answer without one
        said = _said_of(one)
        if said is None:
            faults.add(f"{where} is not declared")
            continue
        met.add(where)
        content = said.get("content", {})
        if one.media_type not in content and one.status != 204:
            faults.add(f"{where}: {one.media_type} is not declared")
        elif one.said is not None:
            wrong = _validator(content[one.media_type]["schema"]).iter_errors(one.said)
            faults |= {f"{where} {'/'.join(map(str, fault.schema_path))}: {fault.message[:160]}" for fault in wrong}
        if one.status in {201, 202} and "Location" not in one.headers:
            faults.add(f"{where}: no Location")
    assert sorted(faults) == [], "\n".join(sorted(faults))
    assert len({where for where in met if where.endswith((" 200", " 201", " 202"))}) >= 50


def test_the_documents_examples_are_what_was_heard(traded: Traded, heard: list[Heard]) -> None:
    """Taken anew where that is asked for; else still whole, and enough of them."""
    found = taken(heard, whole_document())
    if os.environ.get(TAKE):
        write(found)
    assert examples().keys() <= {
        one["operationId"] for path in whole_document()["paths"].values() for one in path.values() if "responses" in one
    }
    assert len(found) >= 40
