"""What operators ask: alive, ready (with what is wrong), which version, how much of everything.

Measures are for operators alone: they are told at the operators' own door (`OWN_DOOR` in the request's environment,
which no header can set), or to who shows the metrics token; where there is none, nobody else learns that they exist.
"""

import hmac
from collections.abc import Callable, Mapping

import structlog
from flask import Blueprint, Response, request

from shared.kernel.refusal import Refused
from shared.web.access import public
from shared.web.metrics import CONTENT_TYPE, Metrics
from shared.web.refusals import WebWhy

Check = Callable[[], str | None]
"""None when well, else one line for the operator's log. The answer over HTTP names the check only."""


OWN_DOOR = "gongfang.operators_door"


def build(name: str, version: str, checks: Mapping[str, Check], metrics: Metrics, metrics_token: str = "") -> Blueprint:
    """Routes /livez, /readyz, /metrics and /version of service *name*. *metrics_token* empty: no token opens /metrics."""
    health = Blueprint("health", __name__)

    @health.get("/livez")
    @public
    def alive() -> dict[str, str]:
        return {"status": "alive"}

    @health.get("/readyz")
    @public
    def ready() -> dict[str, object]:
        troubles = {check: trouble for check, ask in checks.items() if (trouble := ask()) is not None}
        if troubles:
            structlog.get_logger(__name__).warning("not-ready", troubles=troubles)
            raise Refused(WebWhy.NOT_READY, names=", ".join(sorted(troubles)))
        return {"status": "ready", "checks": sorted(checks)}

    @health.get("/metrics")
    @public
    def measured() -> Response:
        if not request.environ.get(OWN_DOOR):
            check_operator(metrics_token)
        return Response(metrics.text(), content_type=CONTENT_TYPE)

    @health.get("/version")
    @public
    def which() -> dict[str, str]:
        return {"service": name, "version": version, "api": "v1"}

    return health


def check_operator(token: str) -> None:
    """Raises Refused unless the request shows *token*: NOT_FOUND where there is none, as if nothing were here."""
    if not token:
        raise Refused(WebWhy.NOT_FOUND)
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if not shown:
        raise Refused(WebWhy.TOKEN_MISSING)
    if scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), token.encode()):
        raise Refused(WebWhy.TOKEN_INVALID)
