"""How the portal's resources look to those who may see them: folded from their streams, so always as just written."""

from datetime import datetime
from typing import Any

from services.portal.api.acting import client_actions, organisation_actions, user_actions
from services.portal.domain import client as clients
from services.portal.domain import organisation as organisations
from services.portal.domain import user as users
from services.portal.portal import Portal
from shared.eventstore.handling import load
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.cursors import after
from shared.web.etags import etag
from shared.web.refusals import WebWhy

Shown = tuple[dict[str, Any], None, dict[str, str]]


def show_organisation(portal: Portal, principal: Principal, org_id: str) -> Shown:
    found = load(portal.log, organisations.ORGANISATION, f"organisation-{org_id}")
    match found.state:
        case organisations.Absent():
            raise Refused(WebWhy.NOT_FOUND)
        case organisations.Admitted() as of:
            created_at, confirm_by, nominated_by = of.admitted_at, None, None
        case organisations.Nominated(event=of):
            created_at, confirm_by, nominated_by = of.nominated_at, of.lapses_at, of.nominated_by
    shown = {
        "id": of.org_id,
        "object": "organisation",
        "created_at": created_at,
        "state": _organisation_state(confirm_by, portal.clock.now()),
        "version": found.version,
        "kind": of.kind,
        "name": of.name,
        "credit_code": of.credit_code,
        "district": of.district,
        "nominated_by": nominated_by,
        "confirm_by": confirm_by,
        **organisation_actions(portal, principal, org_id, confirm_by),
    }
    return shown, None, etag(found.version)


def _organisation_state(confirm_by: datetime | None, at: datetime) -> str:
    """*confirm_by* None: it is admitted."""
    if confirm_by is None:
        return "admitted"
    return "nominated" if at < confirm_by else "lapsed"


def show_user(portal: Portal, principal: Principal, user_id: str) -> Shown:
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
        "login": portal.handlers.login_of(active),
        "name": portal.handlers.opened(active.name_sealed),
        "phone": portal.handlers.opened(active.phone_sealed),
        "access_code": _code_shown(active.access_code),
        **user_actions(portal, principal, user_id),
    }
    return shown, None, etag(loaded.version)


def _code_shown(code: users.AccessCode | None) -> dict[str, Any] | None:
    """Who issued a one-time code that was not used: an administrator sees what others do."""
    if code is None:
        return None
    return {
        "issued_by": code.issued_by,
        "grounds": code.grounds,
        "issued_at": code.issued_at,
        "good_until": code.good_until,
    }


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
        **client_actions(portal, principal, client_id),
    }
    return shown, None, etag(loaded.version)


def first_key(query: dict[str, Any]) -> str | None:
    """The id to continue a list behind."""
    begin = after(query)
    return None if begin is None else str(begin[0])
