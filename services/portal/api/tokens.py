"""Tokens over HTTP: `POST /oauth/token` for programs (RFC 6749, 4.4) and the keys to verify them by.

Errors are problems like all others and carry RFC 6749's `error` and `error_description` beside.
"""

import base64
from urllib.parse import unquote_plus

from flask import Response, jsonify, request

from services.portal.api import schemas
from services.portal.domain.refusals import Why
from services.portal.portal import Portal
from shared.kernel.refusal import Reason, Refused
from shared.web.access import public
from shared.web.app import provided
from shared.web.problems import refusal
from shared.web.routes import Answer, Routes

routes = Routes("tokens", prefix="", description="Access tokens 访问令牌")

_OAUTH_ERRORS: dict[Reason, str] = {
    Why.GRANT_UNSUPPORTED: "unsupported_grant_type",
    Why.TOKEN_REQUEST_WRONG: "invalid_request",
    Why.CLIENT_REFUSED: "invalid_client",
    Why.SCOPE_REFUSED: "invalid_scope",
}


@routes.post("/oauth/token", operation_id="issueToken", answer=schemas.TokenView, takes=schemas.TokenRequest)
@public
def token() -> Answer:
    """A token by client credentials: form-encoded, client authentication by HTTP Basic or in the body."""
    try:
        return _token()
    except Refused as no:
        error = _OAUTH_ERRORS.get(no.why)
        if error is None:
            raise
        headers = {"WWW-Authenticate": 'Basic realm="gongfang"'} if error == "invalid_client" else {}
        described = no.why.words.detail("en", dict(no.facts))
        return refusal(no.why, no.facts, headers, error=error, error_description=described)


def _token() -> Answer:
    portal = provided(Portal)
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Refused(Why.TOKEN_REQUEST_WRONG)
    if any(len(values) > 1 for values in request.form.listvalues()):
        raise Refused(Why.TOKEN_REQUEST_WRONG)
    client_id, secret = _client()
    if request.form.get("grant_type") != "client_credentials":
        raise Refused(Why.GRANT_UNSUPPORTED)
    scopes = frozenset(request.form["scope"].split()) if request.form.get("scope") else None
    principal = portal.sign_in.program(client_id, secret, scopes, request.remote_addr or "")
    issued = portal.signing.issue(principal)
    body = {
        "access_token": issued.text,
        "token_type": "Bearer",
        "expires_in": issued.expires_in_s,
        "scope": " ".join(sorted(principal.permissions)),
    }
    return body, 200, {"Cache-Control": "no-store", "Pragma": "no-cache"}


def _client() -> tuple[str, str]:
    """Client id and secret, by HTTP Basic (form-encoded inside, RFC 6749 2.3.1) or in the body, never both."""
    header = request.headers.get("Authorization", "")
    in_body = (request.form.get("client_id"), request.form.get("client_secret"))
    if header:
        if in_body[1] is not None:
            raise Refused(Why.TOKEN_REQUEST_WRONG)
        scheme, _, encoded = header.partition(" ")
        try:
            client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:  # no ASCII, no base 64, no UTF-8
            raise Refused(Why.CLIENT_REFUSED) from None
        if scheme.lower() != "basic" or not colon:
            raise Refused(Why.CLIENT_REFUSED)
        return unquote_plus(client_id), unquote_plus(secret)
    if not in_body[0] or not in_body[1]:
        raise Refused(Why.TOKEN_REQUEST_WRONG)
    return in_body[0], in_body[1]


@routes.get("/.well-known/jwks.json", operation_id="getSigningKeys", answer=schemas.KeySetView)
@public
def jwks() -> Response:
    """The keys that verify tokens now (RFC 7517), and whose tokens are refused all the same since they were revoked."""
    portal = provided(Portal)
    answer = jsonify({"keys": list(portal.signing.jwks()), "revoked_subjects": portal.standing.revoked()})
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer
