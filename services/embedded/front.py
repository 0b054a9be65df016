"""The front of the one origin: health of all services, merged metrics and API documents, and a story's control."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from secrets import token_bytes
from typing import Any

from flask import Flask
from prometheus_client import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from services.embedded import founding_door, readiness
from services.embedded.founding_door import FoundingDoor
from services.embedded.gateway import Environ, Gateway, StartResponse, Wsgi
from services.embedded.histories import lost_places
from services.embedded.house import House
from services.embedded.measures import Measures
from services.embedded.story_control import PATH, StoryControl
from shared.clock import StoryClock
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.settings import PREFIX, Environment, SettingsWrong
from shared.web.app import build_app, own_document
from shared.web.documentation import merge_documents
from shared.web.health import OWN_DOOR, Check
from shared.web.refusals import WebWhy

TITLE = "Gongfang API"
VERSION = "0.1.0"
FALLBACK = "portal"
METRICS_TOKEN_LEAST = 16


@dataclass(frozen=True, slots=True)
class Doors:
    """The WSGI application of the whole, that of the operators' own door, and what both measure."""

    public: Wsgi
    operators: Wsgi
    measures: Measures


def gateway_of(house: House) -> Wsgi:
    """The application at the public door alone."""
    return doors_of(house).public


def doors_of(house: House, founding_code: str = "") -> Doors:
    """Services by path, the front before them, a story's control where it has one; beside them the operators' pages.

    *founding_code* opens the door to the founding of the office as long as there is none; empty: there is no such door.
    """
    apps = {name: service.app for name, service in house.services.items()}
    ready = _checks(house, apps)
    measures = Measures(house, ready)
    front = _front(house, apps, ready, measures)
    gateway: Wsgi = Gateway(apps, front, FALLBACK)
    if isinstance(house.clock, StoryClock):
        gateway = _with_control(gateway, StoryControl(house, house.clock))
    if founding_code:
        gateway = _with_founding(gateway, FoundingDoor(house.portal, founding_code))
    return Doors(gateway, _operators(front), measures)


def _operators(front: Flask) -> Wsgi:
    """Health, version and measures; every other path of the front says 404 as elsewhere."""

    def dispatch(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return front(environ | {OWN_DOOR: True}, start_response)

    return dispatch


def _checks(house: House, apps: Mapping[str, Flask]) -> dict[str, Check]:
    """What /readyz asks, each check at most every two seconds."""
    checks: dict[str, Check] = {
        f"{name}.{check}": ask for name, app in apps.items() for check, ask in app.extensions["gongfang-checks"].items()
    }
    checks["histories"] = lambda: "; ".join(map(str, lost_places(house.services))) or None
    return readiness.remembered(checks | readiness.checks_of(house))


def _front(house: House, apps: Mapping[str, Flask], checks: Mapping[str, Check], measures: Measures) -> Flask:
    @cache
    def document() -> Mapping[str, Any]:
        return merge_documents([own_document(app) for app in apps.values()], title=TITLE, version=VERSION)

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
        collectors=[_Merged([app.extensions["gongfang-metrics"].registry for app in apps.values()]), measures],
        document=document,
        metrics_token=metrics_token(),
    )


def metrics_token() -> str:
    """What opens /metrics at the public door, when somebody has set it. Raises SettingsWrong for one easily guessed."""
    token = Environment().text("METRICS_TOKEN", "")
    if token and len(token) < METRICS_TOKEN_LEAST:
        raise SettingsWrong(f"{PREFIX}METRICS_TOKEN: expected at least {METRICS_TOKEN_LEAST} characters")
    return token


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


def _with_founding(gateway: Wsgi, founding: FoundingDoor) -> Wsgi:
    def dispatch(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO") == founding_door.PATH and founding.is_open
        return (founding if asked else gateway)(environ, start_response)

    return dispatch


def _with_control(gateway: Wsgi, control: Wsgi) -> Wsgi:
    def dispatch(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return (control if environ.get("PATH_INFO") == PATH else gateway)(environ, start_response)

    return dispatch
