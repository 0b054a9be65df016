"""One thread through the whole story: request id and correlation id, in and out, in every log line and every cause."""

import re
import time

import structlog
from flask import Flask, Response, g, request

from shared.kernel.clock import Clock
from shared.kernel.ids import IdSource
from shared.web.metrics import Metrics

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


def install(app: Flask, ids: IdSource, clock: Clock, metrics: Metrics, body_bytes_max: int) -> None:
    """Bind the ids before anything else of a request runs; log and measure it when it ends."""
    log = structlog.get_logger("request")

    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else ids.new("req")
        traced = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
        g.correlation_id = traced[1] if traced and not given else g.request_id
        g.body_bytes_max = body_bytes_max
        g.begun_at = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            service=app.name, request_id=g.request_id, correlation_id=g.correlation_id
        )

    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        route = request.url_rule.rule if request.url_rule is not None else "-"
        seconds = time.perf_counter() - g.get("begun_at", time.perf_counter())
        metrics.observe(route, request.method, response.status_code, seconds)
        log.info(
            "handled",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            address=request.remote_addr,
            at=clock.now().isoformat(),
        )
        return response

    def forget(_failure: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()  # the thread's next work is another story

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(forget)
