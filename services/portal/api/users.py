"""Users over HTTP: registered, listed and dismissed by their own administrator."""

from typing import Any

from flask import request

from services.portal.api import schemas
from services.portal.api.showing import first_key, show_user
from services.portal.domain.user import Duty
from services.portal.handlers import NewUser
from services.portal.portal import Portal
from services.portal.projections.clients import list_seen_by
from services.portal.projections.users import list_users
from services.portal.recovery import new_code
from services.portal.terms import terms
from shared.eventstore.handling import Prepared
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.cursors import PageQuery, page
from shared.web.etags import check_version
from shared.web.idempotency import Command, Outcome, perform
from shared.web.operations import Manner
from shared.web.refusals import WebWhy
from shared.web.routes import Answer, Routes

routes = Routes("users", description="Users 用户")


@routes.get("/users", operation_id="listUsers", query=PageQuery, answer=schemas.UserPage)
@permits("user:manage")
def users(query: dict[str, Any]) -> Answer:
    """Users of one's own organisation."""
    portal = provided(Portal)
    portal.catch_up("users")
    rows = list_users(portal.log.views, current_principal(), after=first_key(query), limit=query["limit"] + 1)
    made = page(query, rows, lambda row: [row.user_id])
    made["items"] = [show_user(portal, current_principal(), row.user_id)[0] for row in made["items"]]
    return made


@routes.post("/users", operation_id="registerUser", body=schemas.UserBody, answer=schemas.UserView, status=201)
@permits("user:manage")
def register_user(body: dict[str, Any]) -> Answer:
    """Register a user of one's own organisation."""
    portal = provided(Portal)
    duty = Duty(body.pop("duty"))

    def act(command: Command) -> None:
        new = NewUser(user_id=command.resource, duty=duty, **body)
        principal = command.principal
        portal.handlers.check_login_free(new)
        registering = portal.handlers.sealed(new, principal.org_id, principal.subject, command.cause.at)
        portal.write(command, "user:manage", lambda: portal.handlers.register_user(registering))

    return perform(
        act,
        lambda outcome: show_user(portal, current_principal(), outcome.resource),
        resource=portal.ids.new("usr"),
        status=201,
    )


def _own_user(portal: Portal, user_id: str) -> int:
    """Version of a user of the principal's organisation; others' are not found."""
    shown = show_user(portal, current_principal(), user_id)[0]
    if not current_principal().owns(shown["org_id"]):
        raise Refused(WebWhy.NOT_FOUND)
    return int(shown["version"])


@routes.get("/users/<user_id>", operation_id="getUser", answer=schemas.UserView)
@permits("user:manage")
def user(user_id: str) -> Answer:
    """One user of one's own organisation."""
    portal = provided(Portal)
    _own_user(portal, user_id)
    return show_user(portal, current_principal(), user_id)


@routes.post(
    "/users/<user_id>/dismissal",
    operation_id="dismissUser",
    manner=Manner(needs_version=True),
    body=schemas.DismissalBody,
    answer=schemas.UserView,
)
@permits("user:manage")
def dismiss(user_id: str, body: dict[str, Any]) -> Answer:
    """Dismiss a user: sessions and tokens end at once, and so do the API clients whose secret this person has seen,
    but for those that are named in `keep_clients`.
    """
    portal = provided(Portal)
    _own_user(portal, user_id)
    portal.catch_up("clients")
    kept = frozenset(body["keep_clients"])

    def act(command: Command) -> None:
        expected = command.expected_version

        def prepare() -> Prepared[None]:
            check_version(expected, _own_user(portal, user_id))
            seen = list_seen_by(portal.log.views, command.principal.org_id, user_id)
            gone = [one for one in seen if one not in kept]
            return portal.handlers.dismiss(user_id, gone, command.principal.subject, command.cause.at)

        portal.write(command, "user:manage", prepare)
        portal.sessions.end_all_of(user_id)

    return perform(
        act,
        lambda outcome: show_user(portal, current_principal(), outcome.resource),
        resource=user_id,
        about=f"user-{user_id}",
    )


@routes.post(
    "/users/<user_id>/access-code",
    operation_id="issueAccessCode",
    body=schemas.AccessCodeBody,
    answer=schemas.AccessCodeView,
    status=201,
)
@permits("user:manage")
def issue_access_code(user_id: str, body: dict[str, Any]) -> Answer:
    """A one-time code for a colleague who forgot the password. It is in this answer and nowhere else, and replaces an
    earlier one; the present password goes on working until the code is used.
    """
    portal = provided(Portal)
    _own_user(portal, user_id)
    code, lasts_for = new_code(), terms().access_code_lasts_for

    def act(command: Command) -> None:
        by, at = command.principal.subject, command.cause.at
        portal.write(
            command,
            "user:manage",
            lambda: portal.recovery.issued(user_id, code, lasts_for=lasts_for, by=by, grounds=body["grounds"], at=at),
        )

    def show(outcome: Outcome) -> Answer:
        issued = show_user(portal, current_principal(), outcome.resource)[0]["access_code"]
        shown = {"user_id": outcome.resource, "good_until": None if issued is None else issued["good_until"]}
        return shown if outcome.replayed else {**shown, "code": code}

    return perform(act, show, resource=user_id, status=201, about=f"user-{user_id}")


@routes.post("/me/password", operation_id="changeMyPassword", body=schemas.PasswordBody, answer=schemas.UserView)
@permits("account:read")
def change_password(body: dict[str, Any]) -> Answer:
    """Change one's own password; every session of the user ends."""
    portal = provided(Portal)
    user_id = current_principal().subject
    version = _own_user(portal, user_id)

    def act(command: Command) -> None:
        account, address = f"password {user_id}", request.remote_addr or ""
        portal.attempts.begin(account, address, command.cause.at)
        with portal.attempts.free_when_busy(account, address, command.cause.at):
            prepared = portal.handlers.change_password(
                user_id, body["present_password"], body["password"], command.cause.at
            )
        check_version(version, prepared.appends[0].expected_version)
        portal.attempts.succeeded(account, address, command.cause.at)
        portal.write(command, "account:read", lambda: prepared, tries_max=1)
        portal.sessions.end_all_of(user_id)

    return perform(
        act,
        lambda outcome: show_user(portal, current_principal(), outcome.resource),
        resource=user_id,
        about=f"user-{user_id}",
    )
