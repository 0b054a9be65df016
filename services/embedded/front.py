"""The front of the one origin: health of all services, merged metrics and API documents, and a story's control."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from secrets import token_bytes
from typing import Any

from flask import Flask
from prometheus_client import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from services.embedded.gateway import Environ, Gateway, StartResponse, Wsgi
from services.embedded.histories import lost_places
from services.embedded.house import House
from services.embedded.story_control import PATH, StoryControl
from shared.clock import StoryClock
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.app import build_app, own_document
from shared.web.documentation import merge_documents
from shared.web.health import Check
from shared.web.refusals import WebWhy

TITLE = "Gongfang API"
VERSION = "0.1.0"
FALLBACK = "portal"


def gateway_of(house: House) -> Wsgi:
    """The WSGI application of the whole: services by path, the front before them, a story's control where it has one."""
    apps = {name: service.app for name, service in house.services.items()}
    gateway = Gateway(apps, _front(house, apps), FALLBACK)
    if isinstance(house.clock, StoryClock):
        return _with_control(gateway, StoryControl(house, house.clock))
    return gateway


def _front(house: House, apps: Mapping[str, Flask]) -> Flask:
    @cache
    def document() -> Mapping[str, Any]:
        return merge_documents([own_document(app) for app in apps.values()], title=TITLE, version=VERSION)

    checks: dict[str, Check] = {
        f"{name}.{check}": ask for name, app in apps.items() for check, ask in app.extensions["gongfang-checks"].items()
    }
    checks["histories"] = lambda: "; ".join(map(str, lost_places(house.services))) or None
    return build_app(
        "gongfang",
        routes=[],
        provides=[],
        verifier=_nobody,
        clock=house.clock,
        ids=house.ids,
        log=house.services[FALLBACK].log,
        cursor_key=token_bytes(32),
        title=TITLE,
        version=VERSION,
        checks=checks,
        collectors=[_Merged([app.extensions["gongfang-metrics"].registry for app in apps.values()])],
        document=document,
    )


def _nobody(token: str) -> Principal:  # noqa: ARG001 - named as in the protocol
    """The front has public pages only."""
    raise Refused(WebWhy.TOKEN_INVALID)


class _Merged(Collector):
    """The metrics of several registries: samples of families that share a name stand under one heading."""

    def __init__(self, registries: Sequence[CollectorRegistry]) -> None:
        self._registries = registries

    def describe(self) -> Iterable[Metric]:
        return []  # collected under the services' own names, which the front's registry need not reserve

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for registry in self._registries:
            for family in registry.collect():
                known = families.setdefault(family.name, family)
                if known is not family:
                    known.samples.extend(family.samples)
        yield from families.values()


def _with_control(gateway: Wsgi, control: Wsgi) -> Wsgi:
    def dispatch(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return (control if environ.get("PATH_INFO") == PATH else gateway)(environ, start_response)

    return dispatch
