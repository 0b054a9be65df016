"""What operators ask: alive, ready (with what is wrong), which version, how much of everything."""

from collections.abc import Callable, Mapping

import structlog
from flask import Blueprint, Response

from shared.kernel.refusal import Refused
from shared.web.access import public
from shared.web.metrics import CONTENT_TYPE, Metrics
from shared.web.refusals import WebWhy

Check = Callable[[], str | None]
"""None when well, else one line for the operator's log. The answer over HTTP names the check only."""


def build(name: str, version: str, checks: Mapping[str, Check], metrics: Metrics) -> Blueprint:
    """Routes /livez, /readyz, /metrics and /version of service *name*."""
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
        return Response(metrics.text(), content_type=CONTENT_TYPE)

    @health.get("/version")
    @public
    def which() -> dict[str, str]:
        return {"service": name, "version": version, "api": "v1"}

    return health
