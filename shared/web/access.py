"""Who may call which route: every route declares it, and an app with a route that does not never starts."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import Flask, g, request

from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.refusals import WebWhy
from shared.web.tokens import Verifier

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED = "gongfang_permits"
_BYTES_MAX = "gongfang_bytes_max"


class UnguardedRoute(Exception):
    """A route declares neither permissions nor that it is public. The app does not start."""

    def __init__(self, rule: str, endpoint: str) -> None:
        super().__init__(f"route {rule} ({endpoint}) declares no permission; use @permits(…) or @public")
        self.rule, self.endpoint = rule, endpoint


def permits(*permissions: str) -> Callable[[View], View]:
    """This route opens for a principal who has any of *permissions*. Goes directly above the function."""
    if not permissions or not all(":" in one for one in permissions):
        raise ValueError(f"expected permissions such as order:place, found {permissions}")

    def declare(view: View) -> View:
        setattr(view, _DECLARED, frozenset(permissions))
        return view

    return declare


def takes_bytes(bytes_max: int) -> Callable[[View], View]:
    """This route reads bodies of up to *bytes_max* instead of the app's usual limit (files). Above `@permits`."""

    def declare(view: View) -> View:
        setattr(view, _BYTES_MAX, bytes_max)
        return view

    return declare


def public(view: View) -> View:
    """This route opens for everyone, without a token. Goes directly above the function."""
    setattr(view, _DECLARED, frozenset())
    return view


def declared(view: object) -> frozenset[str] | None:
    """Permissions *view* declares: empty when public, None when it declares nothing."""
    found = getattr(view, _DECLARED, None)
    return found if isinstance(found, frozenset) else None


def current_principal() -> Principal:
    """Who is calling. Only inside a route that is not public."""
    principal = g.get("principal")
    if not isinstance(principal, Principal):
        raise Refused(WebWhy.TOKEN_MISSING)
    return principal


def check_all_guarded(app: Flask) -> None:
    """Raises UnguardedRoute for the first rule of *app* that declares nothing."""
    for rule in app.url_map.iter_rules():
        if declared(app.view_functions[rule.endpoint]) is None:
            raise UnguardedRoute(rule.rule, rule.endpoint)


def install(app: Flask, verifier: Verifier) -> None:
    """Check the bearer token and the route's permission before any route runs."""

    def guard() -> None:
        if request.url_rule is None or request.method == "OPTIONS":
            return  # nothing there: the router's own 404 or 405; OPTIONS tells only the methods
        view = app.view_functions[request.url_rule.endpoint]
        bytes_max = getattr(view, _BYTES_MAX, None)
        if bytes_max is not None:
            request.max_content_length = g.body_bytes_max = bytes_max
        needed = declared(view)
        if needed is None:  # unreachable after check_all_guarded, and closed all the same
            raise UnguardedRoute(request.url_rule.rule, request.url_rule.endpoint)
        if not needed:
            return
        principal = verifier(_bearer_token())
        if not needed & principal.permissions:
            raise Refused(WebWhy.PERMISSION_MISSING, needed=" | ".join(sorted(needed)))
        g.principal = principal
        structlog.contextvars.bind_contextvars(org_id=principal.org_id, subject=principal.subject)

    app.before_request(guard)


def _bearer_token() -> str:
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if not header:
        raise Refused(WebWhy.TOKEN_MISSING)
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(WebWhy.TOKEN_INVALID)
    return token.strip()
