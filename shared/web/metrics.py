"""What an app tells Prometheus: requests by route and status, their time, open streams, and what a service adds."""

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """One app's own registry, so that several apps can live in one process. Labels hold routes, never tenants."""

    def __init__(self, service: str, open_streams: Callable[[], int], collectors: Sequence[Collector] = ()) -> None:
        self._service = service
        self._registry = CollectorRegistry()
        labels = ("service", "route", "method", "status")
        self._requests = Counter("gongfang_requests", "Requests answered", labels, registry=self._registry)
        self._seconds = Histogram(
            "gongfang_request_seconds", "Time to the answer", ("service", "route"), registry=self._registry
        )
        streams = Gauge("gongfang_open_streams", "Live streams now", ("service",), registry=self._registry)
        streams.labels(service).set_function(open_streams)
        for collector in collectors:
            self._registry.register(collector)

    @property
    def registry(self) -> CollectorRegistry:
        return self._registry

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
        self._requests.labels(self._service, route, known, str(status)).inc()
        self._seconds.labels(self._service, route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)
