"""A factory: looks for new offers, and tends each of its work orders from the offer to the last delivery."""

from datetime import datetime, timedelta
from random import Random

from services.capacity.projections.work import list_work
from services.sim.life.diary import Diary, hours
from services.sim.life.doors import capacity_of
from services.sim.life.task import Task
from services.sim.life.works import tend
from services.sim.life.world import Plant
from services.sim.seams import Platform

_NEW_MAX = 100
_STATES = ("offered", "accepted")  # accepted: by the plant's own rules, at once


class Factory:
    """Satisfies `Actor`. One a plant; what it does with its masters and machines is `Owner`'s."""

    def __init__(self, plant: Plant, since: datetime) -> None:
        self._plant, self._me, self._diary = plant, plant.owner, Diary()
        self._tasks: dict[str, Task] = {}
        self._seen = -1
        self._diary.note(since, self._look_for_work)

    @property
    def name(self) -> str:
        return f"factory {self._me.code}"

    def wakes_at(self) -> datetime:
        return self._diary.next_at()

    def act(self, platform: Platform, chance: Random) -> str:
        return self._diary.do_next(platform, chance)

    def _look_for_work(self, platform: Platform, chance: Random) -> str:
        """Take up what is new on the list; nothing can be when nothing was written since the last look."""
        self._diary.note(platform.now() + hours(chance, 4, 11), self._look_for_work)
        log = capacity_of(platform.house).log
        head = log.head().position
        if head == self._seen:
            return "sees nothing new"
        self._seen = head
        rows = list_work(log.views, self._me.principal, states=_STATES, limit=_NEW_MAX)
        new = [row.work_id for row in rows if row.work_id not in self._tasks]
        for work_id in new:
            task = self._tasks[work_id] = Task(self._me, work_id, chance.randint(2, 8))
            self._note(platform, task, hours(chance, 0.1, 5))
        return f"sees {len(new)} new"

    def _note(self, platform: Platform, task: Task, pause: timedelta) -> None:
        self._diary.note(platform.now() + pause, lambda one, luck: self._tend(one, luck, task))

    def _tend(self, platform: Platform, chance: Random, task: Task) -> str:
        words, pause = tend(task, platform, chance)
        if pause is not None:
            self._note(platform, task, pause)
        return words
