"""What must hold for every answer beside its own document: one shape of no, walls between tenants, no way past the door."""

from typing import Any
from urllib.parse import unquote

import schemathesis
from schemathesis import Case, CheckContext, Response

from tests.fuzz.api_world import TriedHouse

_PROBLEM = "application/problem+json"


def _house(case: Case[Any]) -> TriedHouse:
    house = case.operation.app
    assert isinstance(house, TriedHouse)
    return house


def _sent(response: Response) -> str:
    """Everything that the caller itself said."""
    body = response.request.body or b""
    text = bytes(body).decode(errors="replace") if isinstance(body, (bytes, bytearray)) else body
    headers = " ".join(f"{name} {value!r}" for name, value in response.request.headers.items())
    return f"{unquote(str(response.request.url))} {headers} {text}"


@schemathesis.check
def tells_nobody_of_others(_ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """No name or id of another tenant is told to one who did not say it, and none of them opens anything."""
    sent = _sent(response)
    said = f"{response.content.decode(errors='replace')} {response.headers}"
    secrets = _house(case).secrets
    told = [one for one in secrets if one in said and one not in sent]
    assert not told, f"others' names or ids are told: {sorted(told)}"
    if case.method.upper() == "OPTIONS":
        return  # tells the methods of an address, whatever stands there
    path = unquote(str(response.request.url)).partition("?")[0]
    opened = [one for one in secrets if one in path and response.status_code < 400]
    assert not opened, f"another's id opens: {opened} -> {response.status_code}"


@schemathesis.check
def says_no_in_one_shape(_ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Every error is a problem with its code, status and request id."""
    if response.status_code < 400 or case.method.upper() == "HEAD":
        return
    kind = response.headers.get("content-type", [""])[0]
    assert kind == _PROBLEM, f"expected {_PROBLEM}, found {kind}"
    problem = response.json()
    assert problem["status"] == response.status_code, problem
    assert problem["code"], problem
    assert problem["title"], problem
    assert [problem["request_id"]] == response.headers["x-request-id"], problem


@schemathesis.check
def lets_in_by_token_only(_ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """What is not public answers nobody without the caller's own token.

    Stands in for `ignored_auth`, whose extra requests this release of Schemathesis cannot send in-process.
    """
    if case.operation.definition.raw.get("security") and response.status_code < 400:
        said = response.request.headers.get("Authorization", "")
        assert said == f"Bearer {_house(case).token}", f"let in by {said[:40]!r}"


CHECKS = tuple(check.__name__ for check in (tells_nobody_of_others, says_no_in_one_shape, lets_in_by_token_only))
"""What importing this has made known to Schemathesis."""
