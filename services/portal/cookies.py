"""The session cookie: what it is called, how it is set, how a request's session is found.

It is secure where the settings say so, and by itself wherever the request came over TLS: to this server, or to the proxy
whose word on that is trusted.
"""

from flask import request
from werkzeug.http import dump_cookie

from services.portal.portal import Portal
from services.portal.sessions import LASTS_FOR, Session

_SECURE_NAME = "__Host-gongfang"  # the prefix makes browsers insist on Secure, Path=/ and no Domain
_PLAIN_NAME = "gongfang_session"  # http on one's own machine knows no Secure


def session_cookie(portal: Portal) -> str | None:
    """The cookie as it came; where cookies are secure, one that any neighbour could have set does not count."""
    return request.cookies.get(_SECURE_NAME if _is_secure(portal) else _PLAIN_NAME)


def current_session(portal: Portal) -> Session | None:
    """The living session of this request."""
    return portal.sessions.find(session_cookie(portal), portal.clock.now())


def put_cookie(session: Session, portal: Portal) -> dict[str, str]:
    return _set(session.cookie, int(LASTS_FOR.total_seconds()), portal)


def take_cookie_away(portal: Portal) -> dict[str, str]:
    return _set("", 0, portal)


def _is_secure(portal: Portal) -> bool:
    return portal.secure_cookies or request.is_secure


def _set(value: str, seconds: int, portal: Portal) -> dict[str, str]:
    secure = _is_secure(portal)
    cookie = dump_cookie(
        _SECURE_NAME if secure else _PLAIN_NAME,
        value,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    return {"Set-Cookie": cookie, "Cache-Control": "no-store"}
