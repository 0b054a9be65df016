"""How the portal's resources look to those who may see them: folded from their streams, so always as just written."""

from typing import Any

from services.portal.domain import client as clients
from services.portal.domain import user as users
from services.portal.portal import Portal
from shared.eventstore.handling import load
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.cursors import after
from shared.web.etags import etag
from shared.web.refusals import WebWhy

Shown = tuple[dict[str, Any], None, dict[str, str]]


def show_organisation(portal: Portal, org_id: str) -> Shown:
    found = portal.handlers.organisation(org_id)
    if found is None:
        raise Refused(WebWhy.NOT_FOUND)
    state = found.state
    shown = {
        "id": state.org_id,
        "object": "organisation",
        "created_at": state.admitted_at,
        "state": "admitted",
        "version": found.version,
        "kind": state.kind,
        "name": state.name,
        "credit_code": state.credit_code,
        "district": state.district,
    }
    return shown, None, etag(found.version)


def show_user(portal: Portal, user_id: str) -> Shown:
    """The user, whoever asks: callers check whose it is."""
    loaded = portal.handlers.user(user_id)
    match loaded.state:
        case users.Absent():
            raise Refused(WebWhy.NOT_FOUND)
        case users.Active() as active:
            state = "active"
        case users.Dismissed(was=active):
            state = "dismissed"
    shown = {
        "id": active.user_id,
        "object": "user",
        "created_at": active.registered_at,
        "state": state,
        "version": loaded.version,
        "org_id": active.org_id,
        "duty": active.duty.value,
        "login": active.login,
        "name": portal.handlers.opened(active.name_sealed),
        "phone": portal.handlers.opened(active.phone_sealed),
    }
    return shown, None, etag(loaded.version)


def show_client(portal: Portal, principal: Principal, client_id: str) -> Shown:
    """A client of the principal's own organisation; others' are not found."""
    loaded = load(portal.log, clients.CLIENT, f"client-{client_id}")
    match loaded.state:
        case clients.Absent():
            raise Refused(WebWhy.NOT_FOUND)
        case clients.Active() as active:
            state = "active"
        case clients.Revoked(was=active):
            state = "revoked"
    if not principal.owns(active.org_id):
        raise Refused(WebWhy.NOT_FOUND)
    shown = {
        "id": active.client_id,
        "object": "api_client",
        "created_at": active.registered_at,
        "state": state,
        "version": loaded.version,
        "org_id": active.org_id,
        "name": active.name,
        "scopes": sorted(active.scopes),
        "registered_by": active.registered_by,
    }
    return shown, None, etag(loaded.version)


def first_key(query: dict[str, Any]) -> str | None:
    """The id to continue a list behind."""
    begin = after(query)
    return None if begin is None else str(begin[0])
