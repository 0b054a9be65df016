"""The one way to build a service's web app: what every answer has in common is decided here.

A service route, end to end (`services/<name>/api/routes.py`; the tests of this room run this very shape):

    routes = Routes("orders", description="Orders of brands")

    class PlaceOrder(BaseSchema):
        product = Id("prd", required=True)
        quantity = QuantityField(required=True)

    class OrderView(BaseSchema):
        id = Id("ord")
        state = Text()
        version = Whole()

    @routes.post("/orders", body=PlaceOrder, answer=OrderView, status=201)
    @permits("order:place")
    def place_order(body: dict[str, Any]) -> Answer:
        '''Place an order.'''
        api = provided(OrderApi)

        def act(command: Command) -> None:
            placing = api.place_order_from(body, command.resource)
            transact(api.log, lambda: api.handlers.place(placing, command.principal), command.cause, command.marks)

        return perform(act, lambda outcome: show_order(outcome.resource), resource=api.ids.new("ord"), status=201)

    @routes.get("/orders/<order_id>", answer=OrderView)
    @permits("order:read")
    def read_order(order_id: str) -> Answer:
        '''An order.'''
        return show_order(order_id)

    def show_order(order_id: str) -> Answer:
        order = provided(OrderApi).find(order_id, current_principal())     # Refused NOT_FOUND when not the caller's
        return order, None, etag(order["version"])

and in `wiring.py`: `build_app("order", routes=[routes], provides=[OrderApi(…)], log=log, …)`. A change to a thing that
exists compares `command.expected_version` with the version found while preparing (`etags.check_version`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client.registry import Collector

from shared.eventstore.port import EventLog
from shared.kernel.clock import Clock
from shared.kernel.ids import IdSource
from shared.web import (
    access,
    answered,
    asked,
    deprecation,
    documentation,
    health,
    idempotency,
    prefer,
    problems,
    tracing,
)
from shared.web.bodies import BODY_BYTES_MAX, OrjsonProvider
from shared.web.cursors import Cursors
from shared.web.fields import Spoken
from shared.web.idempotency import Commands
from shared.web.late_api import LateApi
from shared.web.metrics import Metrics
from shared.web.routes import Routes
from shared.web.streaming import OpenStreams
from shared.web.tokens import Verifier

T = TypeVar("T")
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FORM_PARTS_MAX = 100


def build_app(
    name: str,
    *,
    routes: Sequence[Routes],
    provides: Sequence[object],
    verifier: Verifier,
    clock: Clock,
    ids: IdSource,
    log: EventLog,
    cursor_key: bytes,
    title: str,
    version: str,
    checks: Mapping[str, health.Check] | None = None,
    collectors: Sequence[Collector] = (),
    pages: Sequence[Blueprint] = (),
    streams: OpenStreams | None = None,
    body_bytes_max: int = BODY_BYTES_MAX,
    document: Callable[[], Mapping[str, Any]] | None = None,
    metrics_token: str = "",
) -> Flask:
    """The app of service *name*. Raises UnguardedRoute when a route declares no permission.

    *provides* are the objects views ask for by class (`provided`). *checks* are asked by /readyz. *pages* are plain
    Flask blueprints (HTML); their views declare permissions like all others. *document* replaces the app's own
    OpenAPI document, e.g. by the merged one of several apps. *streams* are an app's own, where the process's are not meant.
    *metrics_token* opens /metrics to who shows it; empty: only the operators' own door does.
    """
    app = Flask(name, static_folder=None)
    app.url_map.merge_slashes = False  # merged ones are answered with a redirect to whatever host the request names
    app.json = OrjsonProvider(app)
    app.config.update(MAX_CONTENT_LENGTH=body_bytes_max, MAX_FORM_PARTS=FORM_PARTS_MAX)
    app.config.update(API_TITLE=title, API_VERSION=version, OPENAPI_VERSION="3.1.0")
    opened = streams or OpenStreams()
    metrics = Metrics(name, lambda: opened.count, collectors)
    app.extensions["gongfang-provided"] = {type(one): one for one in provides}
    app.extensions["gongfang-commands"] = Commands(log, clock)
    app.extensions["gongfang-cursors"] = Cursors(cursor_key, log)
    app.extensions["gongfang-streams"] = opened
    app.extensions["gongfang-checks"] = dict(checks or {})
    app.extensions["gongfang-metrics"] = metrics

    app.after_request(_common_headers)
    tracing.install(app, ids, clock, metrics, body_bytes_max)
    access.install(app, verifier)
    asked.install(app)
    idempotency.install(app)
    deprecation.install(app)
    app.extensions["gongfang-api"] = api = LateApi(app, spec_kwargs=documentation.spec_options())
    api.ma_plugin.converter.add_attribute_function(_field_documentation)
    problems.install(app)
    for one in routes:
        api.register_blueprint(one.blueprint)
    for page in pages:
        app.register_blueprint(page)
    app.register_blueprint(health.build(name, version, checks or {}, metrics, metrics_token))
    app.register_blueprint(documentation.build(document or (lambda: own_document(app))))
    access.check_all_guarded(app)
    return app


def own_document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of *app*'s own routes."""
    api = app.extensions["gongfang-api"]
    assert isinstance(api, LateApi)  # noqa: S101 - build_app put it there
    return documentation.finished(api.document())


def provided(kind: type[T]) -> T:
    """The object of class *kind* that the service's wiring handed to `build_app`."""
    found = current_app.extensions["gongfang-provided"][kind]
    assert isinstance(found, kind)  # noqa: S101 - keyed by its class
    return found


def _common_headers(response: Response) -> Response:
    for header, value in SECURITY_HEADERS.items():
        response.headers.setdefault(header, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.vary.update(["Accept-Language", "Authorization"])
    response.headers.setdefault("Cache-Control", "no-store" if g.get("principal") is None else "private, no-cache")
    applied = prefer.applied()
    if applied:
        response.headers.setdefault("Preference-Applied", applied)
    answered.finish(response)
    return response


def _field_documentation(_: Any, field: Any, **__: Any) -> dict[str, Any]:
    """What *field* says of itself; a field that may be null says so whatever type it names."""
    said = dict(field.openapi) if isinstance(field, Spoken) else {}
    if field.allow_none and isinstance(said.get("type"), str):
        said["type"] = [said["type"], "null"]
    if field.allow_none and "enum" in said:
        said["enum"] = [*field.openapi["enum"], None]
    return said
