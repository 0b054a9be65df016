"""Sessions over HTTP, for people in browsers: sign in, sign out, and a short-lived token for calling the API.

The cookie is HttpOnly and SameSite=Lax; everything but signing in also needs the session's CSRF token in
`X-CSRF-Token`, which a foreign page cannot know.
"""

from typing import Any

from flask import Response, g, request

from services.portal.api import schemas
from services.portal.cookies import current_session, put_cookie, session_cookie, take_cookie_away
from services.portal.domain.refusals import Why
from services.portal.portal import Portal
from services.portal.sessions import Session, check_csrf
from shared.eventstore.handling import transact
from shared.kernel.event import Cause
from shared.kernel.refusal import Refused
from shared.web.access import public
from shared.web.app import provided
from shared.web.routes import Answer, Routes

routes = Routes("sessions", prefix="", description="Sessions of people 人员登录会话")


@routes.post("/session", operation_id="signIn", body=schemas.SessionBody, answer=schemas.SessionView)
@public
def begin(body: dict[str, Any]) -> Answer:
    """Sign in by login and password."""
    portal = provided(Portal)
    user = portal.sign_in.person(body["login"], body["password"], request.remote_addr or "")
    session = portal.sessions.begin(user.user_id, portal.clock.now(), replaces=session_cookie(portal))
    return {"csrf_token": session.csrf, "user_id": user.user_id}, 200, put_cookie(session, portal)


@routes.delete("/session", operation_id="signOut")
@public
def end() -> Answer:
    """Sign out."""
    portal = provided(Portal)
    session = _checked_session(portal)
    portal.sessions.end(session.cookie)
    return Response(status=204, headers=take_cookie_away(portal))


@routes.post("/session/recovery", operation_id="recoverAccess", body=schemas.RecoveryBody, answer=schemas.RecoveryView)
@public
def recover(body: dict[str, Any]) -> Answer:
    """Set a new password with a one-time code from one's own administrator; every session of the user ends."""
    portal = provided(Portal)
    now, code = portal.clock.now(), body["code"]
    user_id = portal.recovery.user_of(body["login"], code, body["password"], request.remote_addr or "", now)
    sealed = portal.handlers.sealed_password(user_id, body["password"])
    cause = Cause(correlation_id=g.correlation_id, org_id="", subject=user_id, at=now)
    transact(portal.log, lambda: portal.recovery.recovered(user_id, code, sealed, now), cause)
    portal.sessions.end_all_of(user_id)
    return {"user_id": user_id}, 200, {"Cache-Control": "no-store"}


@routes.post("/session/token", operation_id="issueSessionToken", answer=schemas.TokenView)
@public
def token() -> Answer:
    """A short-lived token for the signed-in user, to call the API with."""
    portal = provided(Portal)
    session = _checked_session(portal)
    principal = portal.sign_in.principal_of(session.user_id)
    issued = portal.signing.issue(principal)
    body = {
        "access_token": issued.text,
        "token_type": "Bearer",
        "expires_in": issued.expires_in_s,
        "scope": " ".join(sorted(principal.permissions)),
    }
    return body, 200, {"Cache-Control": "no-store"}


def _checked_session(portal: Portal) -> Session:
    session = current_session(portal)
    if session is None:
        raise Refused(Why.SESSION_ENDED)
    check_csrf(session, request.headers.get("X-CSRF-Token"))
    return session
