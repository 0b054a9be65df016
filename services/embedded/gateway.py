"""One origin for four services: requests go by path to the service that owns it; the common pages stand in front."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

FRONT = frozenset({"livez", "readyz", "metrics", "version", "openapi.json", "docs"})
"""First segments that every service has and that the gateway answers for all of them."""


class PathClaimedTwice(Exception):  # the program is wired wrongly, and says where
    """Two services offer routes under the same first segments; the gateway cannot tell them apart."""


def prefix_of(path: str) -> str:
    """The segments a request is sent by: two under `/v1`, one elsewhere."""
    segments = path.strip("/").split("/")
    return "/".join(segments[:2] if segments[0] == "v1" else segments[:1])


def prefixes(app: Flask) -> set[str]:
    """The prefixes of the app's own routes."""
    return {prefix for rule in app.url_map.iter_rules() if (prefix := prefix_of(rule.rule)) not in FRONT}


class Gateway:
    """A WSGI application. *apps*: service -> app; *front* answers for all of them under `FRONT`.

    A path nobody owns goes to *fallback*, whose router says 404 in the common shape. Raises PathClaimedTwice.
    """

    def __init__(self, apps: Mapping[str, Flask], front: Wsgi, fallback: str) -> None:
        self._front, self._fallback = front, apps[fallback]
        self._by_prefix: dict[str, Flask] = {}
        owners: dict[str, str] = {}
        for name, app in apps.items():
            for prefix in prefixes(app):
                if prefix in owners:
                    raise PathClaimedTwice(f"/{prefix} is offered by {owners[prefix]} and by {name}")
                owners[prefix], self._by_prefix[prefix] = name, app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        prefix = prefix_of(str(environ.get("PATH_INFO", "/")))
        app = self._front if prefix in FRONT else self._by_prefix.get(prefix, self._fallback)
        return app(environ, start_response)
