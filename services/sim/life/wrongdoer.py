"""Somebody who tries what is forbidden: others' orders, offers, lines and lots, wrong states, stale versions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from services.capacity.projections.work import WorkRow, list_work
from services.order.projections.order_overview import list_orders
from services.sim.life import forbidden
from services.sim.life.diary import Diary, hours
from services.sim.life.doors import capacity_of, entrusting, inquiring, order_of
from services.sim.life.world import Cast, Party
from services.sim.seams import Platform
from shared.eventstore.handling import Prepared
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.etags import check_version

_LOOKS_AT = 50  # orders and works, the newest


class GotThrough(Exception):
    """Something forbidden was done or seen."""


class Wrongdoer:
    """Satisfies `Actor`. Knows all ids and may touch none of them: raises GotThrough, which ends the run, when it can."""

    name = "wrongdoer"

    def __init__(self, cast: Cast, since: datetime) -> None:
        self._cast, self._diary = cast, Diary()
        self._diary.note(since + timedelta(hours=30), self._try)

    def wakes_at(self) -> datetime:
        return self._diary.next_at()

    def act(self, platform: Platform, chance: Random) -> str:
        return self._diary.do_next(platform, chance)

    def _try(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 5, 35), self._try)
        deed = chance.choice((self._on_an_order, self._on_work, self._on_an_offer, self._on_a_line, self._look))
        return deed(platform, chance)

    def _send(
        self, platform: Platform, service: str, by: Principal, what: str, prepare: Callable[[], Prepared[Any]]
    ) -> str:
        """Nothing may be written; an answer that writes nothing is as good as a refusal."""
        head = platform.house.services[service].log.head().position
        written: list[str] = []

        def noted() -> Prepared[Any]:
            prepared = prepare()
            written[:] = [type(event).__name__ for one in prepared.appends for event in one.events]
            return prepared

        done = platform.command(service, by, f"POST /v1/{what}", noted)
        if done is not None and written:
            raise GotThrough(f"{by.subject} with {what} after {head}: {', '.join(written)}")
        return f"tries {what}"

    def _rival_buyer(self, owner_id: str, chance: Random) -> Party:
        return chance.choice([one for one in self._cast.brands if one.org_id != owner_id])

    def _rival_factory(self, owner_id: str, chance: Random) -> Party:
        return chance.choice([one for one in self._cast.factories if one.org_id != owner_id])

    def _on_an_order(self, platform: Platform, chance: Random) -> str:
        """Another brand's order, whatever its state; or an order with a version that was never seen."""
        log, handlers = order_of(platform.house).log, order_of(platform.house).handlers
        rows = list_orders(log.views, self._cast.office.principal, at=platform.now(), limit=_LOOKS_AT)
        if not rows:
            return "finds no order"
        row, terms = chance.choice(rows), handlers.terms
        by = self._rival_buyer(row.buyer_org_id, chance).principal
        commands = forbidden.on_an_order(terms)
        what = chance.choice(list(commands))
        owner = next((one.principal for one in self._cast.brands if one.org_id == row.buyer_org_id), None)
        if owner is not None and chance.random() < 0.3:
            return self._send(
                platform,
                "order",
                owner,
                f"{row.order_id}/{what} with a stale version",
                lambda: order_of(platform.house).handlers.act(
                    row.order_id,
                    commands[what](platform.now("order")),
                    owner,
                    lambda found: check_version(found + 1, found),
                ),
            )
        if chance.random() < 0.2:
            return self._send(
                platform,
                "order",
                by,
                f"{row.order_id}/signatures",
                lambda: entrusting(platform.house).sign(row.order_id, "", by, platform.now("order")),
            )
        return self._send(
            platform,
            "order",
            by,
            f"{row.order_id}/{what}",
            lambda: order_of(platform.house).handlers.act(row.order_id, commands[what](platform.now("order")), by),
        )

    def _some_work(self, platform: Platform, chance: Random) -> WorkRow | None:
        views = capacity_of(platform.house).log.views
        rows = list_work(views, self._cast.office.principal, limit=_LOOKS_AT)
        return chance.choice(rows) if rows else None

    def _on_work(self, platform: Platform, chance: Random) -> str:
        """A rival's work order in every way there is, or one's own in ways that no state allows."""
        row = self._some_work(platform, chance)
        if row is None:
            return "finds no work"
        owner = next(one for one in self._cast.factories if one.org_id == row.factory_org_id).principal
        rival = self._rival_factory(row.factory_org_id, chance).principal
        stranger = chance.choice((rival, rival, self._cast.office.principal, self._cast.brands[0].principal))
        tries = forbidden.on_work(row, stranger, owner, platform)
        what = chance.choice(list(tries))
        return self._send(platform, "capacity", stranger, f"{row.work_id}/{what}", tries[what])

    def _on_an_offer(self, platform: Platform, chance: Random) -> str:
        row = self._some_work(platform, chance)
        if row is None:
            return "finds no offer"
        owner = next(one for one in self._cast.factories if one.org_id == row.factory_org_id).principal
        by, offer_id = self._rival_factory(row.factory_org_id, chance).principal, row.offer_id
        tries = forbidden.on_an_offer(offer_id, by, owner, platform)
        what = chance.choice(list(tries))
        return self._send(platform, "capacity", by, f"{offer_id}/{what}", tries[what])

    def _on_a_line(self, platform: Platform, chance: Random) -> str:
        plant = chance.choice(self._cast.plants)
        line_id = chance.choice(plant.lines)
        by = chance.choice((self._rival_factory(plant.owner.org_id, chance), self._cast.office)).principal
        tries = forbidden.on_a_line(plant, line_id, by, platform)
        what = chance.choice(list(tries))
        return self._send(platform, "capacity", by, f"{line_id}/{what}", tries[what])

    def _look(self, platform: Platform, chance: Random) -> str:
        """Reading what is another's must find nothing."""
        house, plant = platform.house, chance.choice(self._cast.plants)
        rival = self._rival_factory(plant.owner.org_id, chance).principal
        rows = list_orders(order_of(house).log.views, self._cast.office.principal, at=platform.now(), limit=_LOOKS_AT)
        masters = capacity_of(house).handlers.masters
        looks: dict[str, Callable[[], object]] = {
            "a plant": lambda: masters.plant(plant.plant_id, rival),
            "a line": lambda: masters.line(plant.lines[0], rival),
            "an inquiry": lambda: inquiring(house).find("inq_x", rival),
        }
        if rows:
            row = rows[0]
            other = self._rival_buyer(row.buyer_org_id, chance).principal
            looks["an order"] = lambda: order_of(house).handlers.find(row.order_id, other)
            looks["an order as a factory"] = lambda: order_of(house).handlers.find(row.order_id, rival)
            looks["a report"] = lambda: entrusting(house).find(row.order_id, other)
        what = chance.choice(list(looks))
        try:
            looks[what]()
        except Refused:
            return f"may not see {what}"
        raise GotThrough(f"somebody saw {what} of another")
