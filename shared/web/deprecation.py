"""How a route says that it will go: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) on each of its answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, Response, request
from werkzeug.http import http_date

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED = "gongfang_deprecated"


def deprecated(*, since: datetime, sunset: datetime, instead: str) -> Callable[[View], View]:
    """This route is deprecated *since*, ends at *sunset*, and *instead* is the path to use. Above `@permits`."""
    if since.tzinfo is None or sunset.tzinfo is None or sunset <= since:
        raise ValueError(f"expected aware instants with the sunset after the deprecation, found {since}, {sunset}")
    headers = {
        "Deprecation": f"@{int(since.timestamp())}",
        "Sunset": http_date(sunset),
        "Link": f'<{instead}>; rel="successor-version"',
    }

    def declare(view: View) -> View:
        setattr(view, _DECLARED, headers)
        return view

    return declare


def is_deprecated(view: object) -> bool:
    return hasattr(view, _DECLARED)


def install(app: Flask) -> None:
    """Every answer of a deprecated route of *app* says so, its problems too."""

    def tell(response: Response) -> Response:
        if request.url_rule is not None:
            response.headers.update(getattr(app.view_functions[request.url_rule.endpoint], _DECLARED, {}))
        return response

    app.after_request(tell)
