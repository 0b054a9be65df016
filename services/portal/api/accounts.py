"""Organisations, users and API clients over HTTP."""

import secrets
from typing import Any

from services.portal.api import schemas
from services.portal.api.showing import show_client, show_organisation, show_user
from services.portal.domain.user import Absent, Duty
from services.portal.handlers import NewOrganisation, NewUser
from services.portal.portal import Portal
from services.portal.projections.clients import list_clients
from services.portal.projections.organisations import list_organisations
from services.portal.projections.users import list_users
from shared.eventstore.handling import Prepared, transact
from shared.kernel.principal import Role
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.cursors import PageQuery, after, page
from shared.web.etags import check_version
from shared.web.idempotency import Command, Outcome, perform
from shared.web.refusals import WebWhy
from shared.web.routes import Answer, Routes

routes = Routes("accounts", description="Organisations, users, API clients 机构、用户、API 客户端")


def _first_key(query: dict[str, Any]) -> str | None:
    begin = after(query)
    return None if begin is None else str(begin[0])


@routes.get("/me", answer=schemas.MeView)
@permits("account:read")
def who_am_i() -> Answer:
    """Who the token speaks for, and what it may do."""
    portal, principal = provided(Portal), current_principal()
    organisation, _, _ = show_organisation(portal, principal.org_id)
    user = portal.handlers.user(principal.subject).state
    name = "" if isinstance(user, Absent) else show_user(portal, principal.subject)[0]["name"]
    return {
        "subject": principal.subject,
        "role": principal.role.value,
        "permissions": sorted(principal.permissions),
        "name": name,
        "organisation": organisation,
    }


@routes.get("/organisations", query=schemas.OrganisationQuery, answer=schemas.OrganisationPage)
@permits("account:read")
def organisations(query: dict[str, Any]) -> Answer:
    """Organisations: all of them for the office, one's own for everybody else."""
    portal = provided(Portal)
    portal.catch_up("organisations")
    rows = list_organisations(
        portal.log.views,
        current_principal(),
        kind=query["kind"],
        after=_first_key(query),
        limit=query["limit"] + 1,
    )
    made = page(query, rows, lambda row: [row.org_id])
    made["items"] = [show_organisation(portal, row.org_id)[0] for row in made["items"]]
    return made


@routes.post("/organisations", body=schemas.OrganisationBody, answer=schemas.OrganisationView, status=201)
@permits("organisation:admit")
def admit(body: dict[str, Any]) -> Answer:
    """Admit an organisation to the programme, with its first administrator."""
    portal = provided(Portal)
    person = body.pop("administrator")

    def act(command: Command) -> None:
        new = NewOrganisation(org_id=command.resource, **body)
        user = NewUser(user_id=portal.ids.new("usr"), duty=Duty.ADMINISTRATOR, pointer="/administrator", **person)
        by = command.principal.subject
        administrator = portal.handlers.sealed(user, new.org_id, by, command.cause.at)
        transact(portal.log, lambda: portal.handlers.admit(new, administrator, by), command.cause, command.marks)

    def show(outcome: Outcome) -> Answer:
        return show_organisation(portal, outcome.resource)

    return perform(act, show, resource=portal.ids.new("org"), status=201)


@routes.get("/organisations/<org_id>", answer=schemas.OrganisationView)
@permits("account:read")
def organisation(org_id: str) -> Answer:
    """One organisation: one's own, or any for the office."""
    principal = current_principal()
    if principal.role is not Role.OFFICE and not principal.owns(org_id):
        raise Refused(WebWhy.NOT_FOUND)
    return show_organisation(provided(Portal), org_id)


@routes.get("/users", query=PageQuery, answer=schemas.UserPage)
@permits("user:manage")
def users(query: dict[str, Any]) -> Answer:
    """Users of one's own organisation."""
    portal = provided(Portal)
    portal.catch_up("users")
    rows = list_users(portal.log.views, current_principal(), after=_first_key(query), limit=query["limit"] + 1)
    made = page(query, rows, lambda row: [row.user_id])
    made["items"] = [show_user(portal, row.user_id)[0] for row in made["items"]]
    return made


@routes.post("/users", body=schemas.UserBody, answer=schemas.UserView, status=201)
@permits("user:manage")
def register_user(body: dict[str, Any]) -> Answer:
    """Register a user of one's own organisation."""
    portal = provided(Portal)
    duty = Duty(body.pop("duty"))

    def act(command: Command) -> None:
        new = NewUser(user_id=command.resource, duty=duty, **body)
        principal = command.principal
        registering = portal.handlers.sealed(new, principal.org_id, principal.subject, command.cause.at)
        transact(portal.log, lambda: portal.handlers.register_user(registering), command.cause, command.marks)

    return perform(act, lambda outcome: show_user(portal, outcome.resource), resource=portal.ids.new("usr"), status=201)


def _own_user(portal: Portal, user_id: str) -> int:
    """Version of a user of the principal's organisation; others' are not found."""
    user, _, headers = show_user(portal, user_id)
    if not current_principal().owns(user["org_id"]):
        raise Refused(WebWhy.NOT_FOUND)
    return int(user["version"]) if headers else 0


@routes.get("/users/<user_id>", answer=schemas.UserView)
@permits("user:manage")
def user(user_id: str) -> Answer:
    """One user of one's own organisation."""
    portal = provided(Portal)
    _own_user(portal, user_id)
    return show_user(portal, user_id)


@routes.post("/users/<user_id>/dismissal", answer=schemas.UserView)
@permits("user:manage")
def dismiss(user_id: str) -> Answer:
    """Dismiss a user: sessions end, tokens run out within minutes."""
    portal = provided(Portal)
    _own_user(portal, user_id)

    def act(command: Command) -> None:
        expected = command.expected_version

        def prepare() -> Prepared[None]:
            check_version(expected, _own_user(portal, user_id))
            return portal.handlers.dismiss(user_id, command.principal.subject, command.cause.at)

        transact(portal.log, prepare, command.cause, command.marks)
        portal.sessions.end_all_of(user_id)

    return perform(act, lambda outcome: show_user(portal, outcome.resource), resource=user_id)


@routes.post("/me/password", body=schemas.PasswordBody, answer=schemas.UserView)
@permits("account:read")
def change_password(body: dict[str, Any]) -> Answer:
    """Change one's own password; every session of the user ends."""
    portal = provided(Portal)
    user_id = current_principal().subject
    version = _own_user(portal, user_id)

    def act(command: Command) -> None:
        portal.attempts.begin(f"password {user_id}", "", command.cause.at)
        prepared = portal.handlers.change_password(
            user_id, body["present_password"], body["password"], command.cause.at
        )
        check_version(version, prepared.appends[0].expected_version)
        transact(portal.log, lambda: prepared, command.cause, command.marks, tries_max=1)
        portal.sessions.end_all_of(user_id)

    return perform(act, lambda outcome: show_user(portal, outcome.resource), resource=user_id)


@routes.get("/api-clients", query=PageQuery, answer=schemas.ClientPage)
@permits("client:manage")
def clients(query: dict[str, Any]) -> Answer:
    """API clients of one's own organisation."""
    portal = provided(Portal)
    portal.catch_up("clients")
    rows = list_clients(portal.log.views, current_principal(), after=_first_key(query), limit=query["limit"] + 1)
    made = page(query, rows, lambda row: [row.client_id])
    made["items"] = [show_client(portal, current_principal(), row.client_id)[0] for row in made["items"]]
    return made


@routes.post("/api-clients", body=schemas.ClientBody, answer=schemas.ClientView, status=201)
@permits("client:manage")
def register_client(body: dict[str, Any]) -> Answer:
    """Register an API client. Its secret is in this answer and nowhere else; a repeat does not show it again."""
    portal = provided(Portal)
    secret = f"gfs_{secrets.token_urlsafe(32)}"
    scopes = None if body["scopes"] is None else frozenset(body["scopes"])

    def act(command: Command) -> None:
        transact(
            portal.log,
            lambda: portal.handlers.register_client(
                command.resource, body["name"], scopes, secret=secret, by=command.principal, at=command.cause.at
            ),
            command.cause,
            command.marks,
        )

    def show(outcome: Outcome) -> Answer:
        shown, status, headers = show_client(portal, current_principal(), outcome.resource)
        return (shown if outcome.replayed else {**shown, "client_secret": secret}), status, headers

    return perform(act, show, resource=portal.ids.new("cli"), status=201)


@routes.get("/api-clients/<client_id>", answer=schemas.ClientView)
@permits("client:manage")
def client(client_id: str) -> Answer:
    """One API client of one's own organisation."""
    return show_client(provided(Portal), current_principal(), client_id)


@routes.post("/api-clients/<client_id>/revocation", answer=schemas.ClientView)
@permits("client:manage")
def revoke_client(client_id: str) -> Answer:
    """Revoke an API client: it gets no more tokens."""
    portal, principal = provided(Portal), current_principal()
    show_client(portal, principal, client_id)

    def act(command: Command) -> None:
        expected = command.expected_version

        def prepare() -> Prepared[None]:
            check_version(expected, int(show_client(portal, principal, client_id)[0]["version"]))
            return portal.handlers.revoke_client(client_id, principal.subject, command.cause.at)

        transact(portal.log, prepare, command.cause, command.marks)

    return perform(act, lambda outcome: show_client(portal, principal, outcome.resource), resource=client_id)
