"""A brand: wants things as the seasons go, asks about them or orders them, and sees each order through."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from services.order.handlers.snapshot import Asked
from services.sim.life.diary import Diary, hours, minutes
from services.sim.life.doors import inquiring, order_of
from services.sim.life.errand import look_after
from services.sim.life.matter import Matter
from services.sim.life.slips import spoiled
from services.sim.life.wishes import until_next, wish
from services.sim.life.world import Cast, Party
from services.sim.seams import Platform

_INQUIRES = 0.12  # asks before it orders
_SLIPS = 0.08  # writes something that cannot be


class Brand:
    """Satisfies `Actor`."""

    def __init__(self, cast: Cast, me: Party, since: datetime) -> None:
        self._cast, self._me, self._diary = cast, me, Diary()
        self._diary.note(since, self._begin)

    @property
    def name(self) -> str:
        return f"brand {self._me.code}"

    def wakes_at(self) -> datetime:
        return self._diary.next_at()

    def act(self, platform: Platform, chance: Random) -> str:
        return self._diary.do_next(platform, chance)

    def _begin(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 0.1, 48), self._want)
        return "opens for business"

    def _want(self, platform: Platform, chance: Random) -> str:
        """Order something new, or ask about it first; and know when the next wish will come."""
        now = platform.now()
        self._diary.note(now + until_next(now, len(self._cast.brands), chance), self._want)
        asked = wish(self._me, self._cast.plants, now, chance)
        if chance.random() < _SLIPS:
            what, asked = spoiled(asked, now, chance)
            return f"{self._place(platform, chance, asked)} ({what})"
        if chance.random() < _INQUIRES:
            return self._inquire(platform, chance, asked)
        return self._place(platform, chance, asked)

    def _inquire(self, platform: Platform, chance: Random, asked: Asked) -> str:
        inquiry_id, by = platform.house.ids.new("inq"), self._me.principal
        done = platform.command(
            "order",
            by,
            "POST /v1/inquiries",
            lambda: inquiring(platform.house).make(inquiry_id, asked, by, platform.now("order")),
        )
        self._diary.note(platform.now() + hours(chance, 1, 30), lambda one, luck: self._place(one, luck, asked))
        return f"asks about {_told(asked)}" if done is not None else "asks in vain"

    def _place(self, platform: Platform, chance: Random, asked: Asked) -> str:
        order_id, by = platform.house.ids.new("ord"), self._me.principal
        platform.command(
            "order",
            by,
            "POST /v1/orders",
            lambda: order_of(platform.house).handlers.place(order_id, asked, by, platform.now("order")),
        )
        matter = Matter(self._me, order_id, chance)
        self._diary.note(
            platform.now() + minutes(chance, 1, 20), lambda one, luck: self._look(one, luck, matter, asked)
        )
        return f"orders {_told(asked)}: {order_id}"

    def _look(self, platform: Platform, chance: Random, matter: Matter, asked: Asked) -> str:
        """See how the order stands, do what is due, and note when to look again."""
        words, pause = look_after(matter, platform, chance)
        if pause is not None:
            self._diary.note(platform.now() + pause, lambda one, luck: self._look(one, luck, matter, asked))
        elif matter.will_repeat and not asked.supplies:
            return f"{words}; {self._repeat(platform, chance, matter, asked)}"
        return words

    def _repeat(self, platform: Platform, chance: Random, matter: Matter, asked: Asked) -> str:
        """The same again for another date, as `POST /v1/orders/{id}/reorder` has it."""
        lines = [replace(one, window=None) for one in asked.lines]
        by = platform.now() + timedelta(days=30)
        again = replace(asked, lines=lines, requested_from=None, requested_by=by, made_from=matter.order_id)
        return self._place(platform, chance, again)


class NotServed(Exception):
    """A sound order was not taken."""


def order_once_more(cast: Cast, platform: Platform, chance: Random) -> str:
    """One sound order of some brand; its answer is due like any other. Raises NotServed."""
    me, order_id = chance.choice(cast.brands), platform.house.ids.new("ord")
    asked = wish(me, cast.plants, platform.now(), chance)
    done = platform.command(
        "order",
        me.principal,
        "POST /v1/orders",
        lambda: order_of(platform.house).handlers.place(order_id, asked, me.principal, platform.now("order")),
    )
    if done is None:
        raise NotServed(f"{me.code} may not order {_told(asked)}")
    return f"{me.code} orders {_told(asked)}: {order_id}"


def _told(asked: Asked) -> str:
    return " + ".join(f"{one.value} {one.unit} {one.product_id}" for one in asked.lines)
