"""What a caller can do now with an organisation, a user or an API client: each is asked of the handler that would do it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from services.portal.portal import Portal
from shared.kernel.acting import Note, refusal_of
from shared.kernel.principal import Principal
from shared.web.actions import actions_shown

PERMISSIONS = {
    "confirm": "organisation:admit",
    "dismiss": "user:manage",
    "issue_access_code": "user:manage",
    "revoke": "client:manage",
}
"""Action -> the permission its route asks for."""

Shown = dict[str, object]


def organisation_actions(portal: Portal, principal: Principal, org_id: str, confirm_by: datetime | None) -> Shown:
    """*confirm_by*: until when a nomination waits."""
    at = portal.clock.now()
    refused = refusal_of(lambda: portal.handlers.confirm(org_id, principal.subject, at))
    until = confirm_by if refused is None else None
    return _shown(principal, [Note("confirm", refused, until=until)])


def user_actions(portal: Portal, principal: Principal, user_id: str) -> Shown:
    """What an administrator can do with a colleague, or with oneself."""
    at, by = portal.clock.now(), principal.subject
    rules: dict[str, Callable[[], object]] = {
        "dismiss": lambda: portal.handlers.dismiss(user_id, [], by, at),
        "issue_access_code": lambda: portal.recovery.issued(
            user_id, "", lasts_for=timedelta(0), by=by, grounds="", at=at
        ),
    }
    return _shown(principal, [Note(action, refusal_of(rule)) for action, rule in rules.items()])


def client_actions(portal: Portal, principal: Principal, client_id: str) -> Shown:
    at, by = portal.clock.now(), principal.subject
    return _shown(principal, [Note("revoke", refusal_of(lambda: portal.handlers.revoke_client(client_id, by, at)))])


def _shown(principal: Principal, notes: Sequence[Note]) -> Shown:
    return actions_shown(notes, lambda action: principal.may(PERMISSIONS[action]))
