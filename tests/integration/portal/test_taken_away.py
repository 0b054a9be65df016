"""Taken away means gone: a dismissed administrator and a revoked program can do nothing from that second."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.portal.domain.user import Duty
from services.portal.standing import TOLD_FOR
from shared.clock import StoryClock
from shared.eventstore.handling import Prepared
from shared.eventstore.port import StreamAppend
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.access import declared
from tests.support.accounts import PASSWORD, Accounts, a_credit_code
from tests.support.web_client import Caller, problem

NEW_USER = {"login": "mallory", "name": "M", "password": PASSWORD, "duty": "administrator"}


class Held:
    """A caller with a token that was issued before anything was taken away."""

    def __init__(self, programme: Accounts, principal: Principal) -> None:
        self._caller = programme.caller(None)
        self._headers = {"Authorization": f"Bearer {programme.token(principal)}"}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        send: Callable[..., Any] = getattr(self._caller, method)
        return send(path, *([] if body is None else [body]), headers={**self._headers, **headers})


def a_colleague(programme: Accounts, login: str, duty: Duty = Duty.ADMINISTRATOR) -> Principal:
    made = programme.register(programme.principals["brand-a"], login, duty)
    return programme.service.portal.sign_in.principal_of(made["id"])


def dismiss(programme: Accounts, user_id: str, body: Any = None) -> Any:
    chief = programme.caller(programme.principals["brand-a"])
    tag = chief.get(f"/v1/users/{user_id}").headers["ETag"]
    answer = chief.post(f"/v1/users/{user_id}/dismissal", body or {}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_dismissed_administrator_is_refused_on_every_route_that_needs_a_token(programme: Accounts) -> None:
    eve = a_colleague(programme, "eve")
    held = Held(programme, eve)
    assert held.ask("get", "/v1/me").status_code == 200
    dismiss(programme, eve.subject)
    app = programme.service.app
    tried = 0
    for rule in app.url_map.iter_rules():
        if not declared(app.view_functions[rule.endpoint]):
            continue
        path = (
            rule.rule.replace("<user_id>", eve.subject).replace("<client_id>", "cli_x").replace("<org_id>", eve.org_id)
        )
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):  # type: ignore[operator] # werkzeug says it may be None
            problem(held.ask(method.lower(), path, {} if method != "GET" else None), 401, "TOKEN_INVALID")
            tried += 1
    assert tried >= 12


def test_a_dismissal_between_the_look_and_the_writing_wins(programme: Accounts) -> None:
    """Whoever decides on an administrator that stood, and writes after the dismissal, has to look again."""
    eve = a_colleague(programme, "eve")
    standing, handlers = programme.service.portal.standing, programme.service.handlers
    prepared = standing.written(eve, "user:manage", lambda: Prepared([StreamAppend("user-x", 0, [])], None))
    [mine] = [one for one in prepared.appends if one.stream == f"user-{eve.subject}"]
    assert (mine.expected_version, mine.events) == (1, [])
    dismiss(programme, eve.subject)
    assert handlers.user(eve.subject).version == 2
    with pytest.raises(Refused, match="TOKEN_INVALID"):
        standing.written(eve, "user:manage", lambda: Prepared([], None))


def test_every_write_of_the_portal_names_the_writer(programme: Accounts) -> None:
    """So no route can be written past: the log would tell by an append without the writer's stream."""
    log, seen = programme.service.log, []
    append = log.append

    def watched(appends: Any, cause: Any, marks: Any = ()) -> Any:
        seen.append((cause.subject, {one.stream for one in appends}))
        return append(appends, cause, marks)

    log.append = watched  # type: ignore[method-assign] # the real log, looked at
    eve = a_colleague(programme, "eve")
    office = programme.caller(programme.principals["office"])
    office.post("/v1/organisations", {**an_organisation(700), "kind": "factory"})
    programme.caller(eve).post("/v1/api-clients", {"name": "erp"})
    dismiss(programme, eve.subject)
    written = [(subject, streams) for subject, streams in seen if subject.startswith("usr_")]
    assert len(written) >= 4
    assert all(f"user-{subject}" in streams for subject, streams in written)


def an_organisation(number: int) -> dict[str, Any]:
    person = {"login": f"ghost{number}", "name": "G", "phone": "", "password": PASSWORD}
    return {
        "kind": "office",
        "name": f"专班 {number}",
        "credit_code": a_credit_code(number),
        "district": "421202",
        "administrator": person,
    }


def test_a_dismissal_takes_the_clients_along_whose_secret_the_person_has_seen(
    programme: Accounts, nobody: Caller
) -> None:
    eve = a_colleague(programme, "eve")
    made = [programme.caller(eve).post("/v1/api-clients", {"name": name}).get_json() for name in ("erp", "backdoor")]
    own = programme.caller(programme.principals["brand-a"]).post("/v1/api-clients", {"name": "chief's"}).get_json()
    dismiss(programme, eve.subject, {"keep_clients": [made[0]["id"]]})

    def answer(client: dict[str, Any]) -> int:
        form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["client_secret"]}
        return int(nobody.send("POST", "/oauth/token", data=form).status_code)

    assert [answer(one) for one in (*made, own)] == [200, 401, 200]


def test_a_revoked_program_is_refused_at_once(programme: Accounts) -> None:
    chief = programme.caller(programme.principals["brand-a"])
    made = chief.post("/v1/api-clients", {"name": "erp"}).get_json()
    program = programme.service.portal.sign_in.program(made["id"], made["client_secret"], None, "10.0.0.1")
    held = Held(programme, program)
    assert held.ask("get", "/v1/me").status_code == 200
    chief.post(f"/v1/api-clients/{made['id']}/revocation", headers={"If-Match": '"v1"'})
    problem(held.ask("get", "/v1/me"), 401, "TOKEN_INVALID")


def test_other_processes_hear_whom_to_refuse_from_the_key_set(
    programme: Accounts, nobody: Caller, clock: StoryClock
) -> None:
    eve = a_colleague(programme, "eve")
    assert nobody.get("/.well-known/jwks.json").get_json()["revoked_subjects"] == []
    dismiss(programme, eve.subject)
    programme.service.projector.catch_up()
    assert nobody.get("/.well-known/jwks.json").get_json()["revoked_subjects"] == [eve.subject]
    clock.advance(TOLD_FOR + timedelta(seconds=1))
    assert nobody.get("/.well-known/jwks.json").get_json()["revoked_subjects"] == []
