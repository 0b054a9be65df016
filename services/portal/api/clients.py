"""API clients over HTTP: registered once with a secret, revoked for good."""

import secrets
from typing import Any

from services.portal.api import schemas
from services.portal.api.showing import first_key, show_client
from services.portal.portal import Portal
from services.portal.projections.clients import list_clients
from shared.eventstore.handling import Prepared
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.cursors import PageQuery, page
from shared.web.etags import check_version
from shared.web.idempotency import Command, Outcome, perform
from shared.web.operations import Manner
from shared.web.routes import Answer, Routes

routes = Routes("clients", description="API clients API 客户端")


@routes.get("/api-clients", operation_id="listApiClients", query=PageQuery, answer=schemas.ClientPage)
@permits("client:manage")
def clients(query: dict[str, Any]) -> Answer:
    """API clients of one's own organisation."""
    portal = provided(Portal)
    portal.catch_up("clients")
    rows = list_clients(portal.log.views, current_principal(), after=first_key(query), limit=query["limit"] + 1)
    made = page(query, rows, lambda row: [row.client_id])
    made["items"] = [show_client(portal, current_principal(), row.client_id)[0] for row in made["items"]]
    return made


@routes.post(
    "/api-clients", operation_id="registerApiClient", body=schemas.ClientBody, answer=schemas.ClientView, status=201
)
@permits("client:manage")
def register_client(body: dict[str, Any]) -> Answer:
    """Register an API client. Its secret is in this answer and nowhere else; a repeat does not show it again."""
    portal = provided(Portal)
    secret = f"gfs_{secrets.token_urlsafe(32)}"
    scopes = None if body["scopes"] is None else frozenset(body["scopes"])

    def act(command: Command) -> None:
        portal.write(
            command,
            "client:manage",
            lambda: portal.handlers.register_client(
                command.resource, body["name"], scopes, secret=secret, by=command.principal, at=command.cause.at
            ),
        )

    def show(outcome: Outcome) -> Answer:
        shown, status, headers = show_client(portal, current_principal(), outcome.resource)
        return (shown if outcome.replayed else {**shown, "client_secret": secret}), status, headers

    return perform(act, show, resource=portal.ids.new("cli"), status=201)


@routes.get("/api-clients/<client_id>", operation_id="getApiClient", answer=schemas.ClientView)
@permits("client:manage")
def client(client_id: str) -> Answer:
    """One API client of one's own organisation."""
    return show_client(provided(Portal), current_principal(), client_id)


@routes.post(
    "/api-clients/<client_id>/revocation",
    operation_id="revokeApiClient",
    manner=Manner(needs_version=True),
    answer=schemas.ClientView,
)
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

        portal.write(command, "client:manage", prepare)

    return perform(
        act,
        lambda outcome: show_client(portal, principal, outcome.resource),
        resource=client_id,
        about=f"client-{client_id}",
    )
