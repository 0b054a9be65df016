"""What befalls machines: a line breaks down and is mended, power is limited for days over many lines at once."""

from datetime import datetime, timedelta
from random import Random

from services.capacity.handlers.breakdowns import POWER_LIMIT, Outage
from services.sim.life.diary import Diary, hours
from services.sim.life.doors import capacity_of
from services.sim.life.world import Cast, Party
from services.sim.seams import Platform

_REASONS = ("breakdown", "emergency-stop", "mechanical", "electrical", "no-utilities")
_POWER_DAYS_MAX = 2
_LIMITS_POWER = 0.25  # of all mishaps


class Mishaps:
    """Satisfies `Actor`. Reports as the plants that are struck."""

    name = "mishaps"

    def __init__(self, cast: Cast, since: datetime) -> None:
        self._cast, self._diary = cast, Diary()
        self._diary.note(since, self._begin)

    def wakes_at(self) -> datetime:
        return self._diary.next_at()

    def act(self, platform: Platform, chance: Random) -> str:
        return self._diary.do_next(platform, chance)

    def _begin(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 20, 200), self._strike)
        return "all machines run"

    def _strike(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 40, 250), self._strike)
        if chance.random() < _LIMITS_POWER:
            return self._limit_power(platform, chance)
        plant = chance.choice(self._cast.plants)
        now, reason = platform.now("capacity"), chance.choice(_REASONS)
        begins = now - timedelta(minutes=chance.randint(0, 40)) if chance.random() < 0.6 else now
        outage = Outage(begins, now + hours(chance, 1, 60), reason)
        if chance.random() < 0.05:
            outage = Outage(now, now - timedelta(hours=1), reason)
        line_id = chance.choice(plant.lines)
        return f"{plant.owner.code} {self._break(platform, chance, plant.owner, line_id, outage)}"

    def _limit_power(self, platform: Platform, chance: Random) -> str:
        """Announced some hours ahead for one day or two, for a line of each of several plants."""
        now = platform.now("capacity").replace(minute=0, second=0, microsecond=0)
        begins = now + timedelta(hours=chance.randint(1, 30))
        outage = Outage(begins, begins + timedelta(days=chance.randint(1, _POWER_DAYS_MAX)), POWER_LIMIT)
        for plant in chance.sample(self._cast.plants, 3):
            line_id = chance.choice(plant.lines)
            self._diary.note(
                platform.now() + timedelta(minutes=chance.randint(1, 20)),
                lambda one, luck, owner=plant.owner, line=line_id: self._break(one, luck, owner, line, outage),  # type: ignore[misc] # bound to this round
            )
        return "power will be short"

    def _break(self, platform: Platform, chance: Random, owner: Party, line_id: str, outage: Outage) -> str:
        stoppage_id, by = platform.house.ids.new("stp"), owner.principal
        done = platform.command(
            "capacity",
            by,
            f"POST /v1/lines/{line_id}/breakdowns",
            lambda: capacity_of(platform.house).handlers.breakdowns.break_line(line_id, stoppage_id, by, outage),
        )
        if done is not None and outage.starts_at <= platform.now():
            back = max(outage.expected_until - platform.now(), timedelta(hours=1)) * chance.uniform(0.4, 1.5)
            self._diary.note(
                platform.now() + timedelta(seconds=int(back.total_seconds())),
                lambda one, luck: self._mend(one, luck, owner, line_id, stoppage_id),
            )
        return f"a line stands still: {outage.reason}" if done else "reports an outage in vain"

    def _mend(self, platform: Platform, chance: Random, owner: Party, line_id: str, stoppage_id: str) -> str:
        by = owner.principal
        done = platform.command(
            "capacity",
            by,
            f"POST /v1/lines/{line_id}/breakdowns/{stoppage_id}/end",
            lambda: capacity_of(platform.house).handlers.breakdowns.mend_line(line_id, stoppage_id, by),
        )
        if done is None and chance.random() < 0.2:
            return "is not mended"
        return f"{owner.code} runs again"
