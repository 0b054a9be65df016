"""Somebody who reads what each role may read, over HTTP, and looks whether an answer shows what belongs to a rival."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import orjson
from flask import Flask
from flask.testing import FlaskClient

from services.capacity.projections.work import list_work
from services.embedded.house import House
from services.order.projections.order_overview import list_orders
from services.sim.life.diary import Diary, hours
from services.sim.life.doors import capacity_of, order_of
from services.sim.life.world import Cast, Party
from services.sim.seams import Platform
from shared.eventstore.port import LogUnavailable
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.principal import Role

_READS = 0.25  # of all months: drawing up the web apps costs as much as days of trade
_ROWS_MAX = 100
_OF_EACH_MAX = 2  # ids followed from one list
_ID = re.compile(rb"[a-z]{3}_[0-9A-Z]{26}")  # of whatever kind, wherever it stands
_LISTS = {
    "order": ("/v1/orders", "/v1/products"),
    "capacity": ("/v1/plants", "/v1/lines", "/v1/work-orders", "/v1/offers"),
    "ledger": ("/v1/programme", "/v1/kpis", "/v1/balances?limit=50", "/v1/entries?limit=20", "/v1/tree"),
    "portal": ("/v1/me", "/v1/organisations", "/v1/users", "/v1/api-clients"),
}
_THINGS = {  # first letters of an id -> what is asked about it
    "ord": ("order", ("", "/processes", "/plan", "/timeline", "/quotes"), "/v1/orders/"),
    "plt": ("capacity", ("", "/workbook"), "/v1/plants/"),
    "lin": ("capacity", ("", "/schedule", "/free-hours"), "/v1/lines/"),
    "wrk": ("capacity", ("",), "/v1/work-orders/"),
    "off": ("capacity", ("",), "/v1/offers/"),
}
_ALLOWED = frozenset({200, 403, 404, 503})  # a role may not read everything, and a disk may be away


class Unfit(Exception):
    """An answer that must not be given."""


class Reader:
    """Satisfies `Actor`. Raises Unfit where a rival's ids are shown, or where what may be read fails."""

    name = "reader"

    def __init__(self, cast: Cast, since: datetime) -> None:
        self._cast, self._diary = cast, Diary()
        self._house: House | None = None
        self._apps: dict[str, Flask] = {}  # of that house
        self._diary.note(since, self._begin)

    def wakes_at(self) -> datetime:
        return self._diary.next_at()

    def act(self, platform: Platform, chance: Random) -> str:
        return self._diary.do_next(platform, chance)

    def _begin(self, platform: Platform, chance: Random) -> str:
        """Many months nobody reads at all."""
        reads = chance.random() < _READS
        self._diary.note(platform.now() + (hours(chance, 20, 200) if reads else timedelta(days=999)), self._read)
        return "subscribes" if reads else "is not there"

    def _read(self, platform: Platform, chance: Random) -> str:
        """Go through the lists of one party, and on to some of what they list."""
        self._diary.note(platform.now() + hours(chance, 30, 250), self._read)
        party = chance.choice(
            (chance.choice(self._cast.brands), chance.choice(self._cast.factories), self._cast.office)
        )
        house = platform.house
        if any(service.projector.lag() for service in house.services.values()):
            return "finds the views behind"
        try:
            token = house.portal.signing.issue(party.principal).text
        except LogUnavailable:
            return "finds the portal away"
        rivals, read = self._of_rivals(platform, party), 0
        for service, path in self._paths(platform, token, chance):
            read += 1
            judge(f"{party.code} reads {service} {path}", self._get(platform, service, path, token), rivals)
        return f"reads {read} pages as {party.code}"

    def _paths(self, platform: Platform, token: str, chance: Random) -> Iterator[tuple[str, str]]:
        today = platform.now().astimezone(LOCAL_ZONE).date()
        yield "ledger", f"/v1/utilization?from={today - timedelta(days=20)}&to={today + timedelta(days=9)}&by=line"
        for service, paths in _LISTS.items():
            for path in paths:
                yield service, path
        for kind, (service, ends, base) in _THINGS.items():
            path = base.rstrip("/")
            ids = listed(f"{service} {path}", self._get(platform, service, path, token), kind)
            for one in chance.sample(ids, min(len(ids), _OF_EACH_MAX)):
                for end in ends:
                    yield service, f"{base}{one}{end}"

    def _get(self, platform: Platform, service: str, path: str, token: str) -> tuple[int, bytes]:
        answer = self._client(platform, service).get(path, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.get_data()

    def _client(self, platform: Platform, name: str) -> FlaskClient:
        """The app is drawn up once a house: it is a new one after each crash."""
        house = platform.house
        if house is not self._house:
            self._house, self._apps = house, {}
        if name not in self._apps:
            self._apps[name] = house.services[name].app
        return self._apps[name].test_client()

    def _of_rivals(self, platform: Platform, party: Party) -> frozenset[str]:
        """Ids that *party* must never see: organisations of its own kind, and their orders or offers.

        The number of a rival's work order may be seen by who ships to it.
        """
        office, house, me = self._cast.office.principal, platform.house, party.org_id
        if party.principal.role is Role.BUYER:
            orders = list_orders(order_of(house).log.views, office, at=platform.now(), limit=_ROWS_MAX)
            rivals = {one.org_id for one in self._cast.brands} | {
                one.order_id for one in orders if one.buyer_org_id != me
            }
        elif party.principal.role is Role.FACTORY:
            works = list_work(capacity_of(house).log.views, office, limit=_ROWS_MAX)
            rivals = {one.org_id for one in self._cast.factories} | {
                one.offer_id for one in works if one.factory_org_id != me
            }
        else:
            rivals = set()
        return frozenset(rivals - {me})


def listed(what: str, answer: tuple[int, bytes], kind: str) -> list[str]:
    """The ids of the rows of a list, each of *kind*. Raises Unfit where rows have none: nobody would follow them."""
    status, body = answer
    rows = orjson.loads(body)["items"] if status == 200 else []
    ids = sorted({one["id"] for one in rows if re.fullmatch(rf"{kind}_[0-9A-Z]{{26}}", one["id"])})
    if rows and not ids:
        raise Unfit(f"{what}: lists {len(rows)} rows, the first as {rows[0]['id']}, and none as {kind}_")
    return ids


def judge(what: str, answer: tuple[int, bytes], rivals: frozenset[str]) -> None:
    """Raises Unfit."""
    status, body = answer
    if status not in _ALLOWED:
        raise Unfit(f"{what}: {status} {body[:300].decode(errors='replace')}")
    shown = {one.decode() for one in _ID.findall(body)} & rivals
    if shown:
        raise Unfit(f"{what}: finds {', '.join(sorted(shown)[:3])}")
