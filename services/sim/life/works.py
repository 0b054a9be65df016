"""One work order in its factory's hands: what is due in each situation, from the offer to the last delivery."""

from random import Random
from typing import assert_never

from services.capacity.domain.work import WORK
from services.capacity.domain.work_identity import work_stream
from services.capacity.domain.work_state import (
    Accepted,
    Closed,
    Countered,
    Finished,
    NoWork,
    Offered,
    Running,
    SettingUp,
    Work,
)
from services.sim.life.answering import answer
from services.sim.life.diary import hours
from services.sim.life.doors import capacity_of
from services.sim.life.leaving import leave
from services.sim.life.making import run, set_up, start
from services.sim.life.task import Look, Task
from services.sim.seams import Platform
from shared.eventstore.handling import load


def tend(task: Task, platform: Platform, chance: Random) -> Look:
    """See how the work stands and do what is due."""
    work: Work = load(capacity_of(platform.house).log, WORK, work_stream(task.work_id)).state
    match work:
        case NoWork() | Closed():
            return f"{task.work_id} is wanted no more", None
        case Offered():
            return answer(task, platform, chance, work)
        case Countered():
            return "waits for the buyer's word", hours(chance, 2, 8)
        case Accepted():
            return start(task, platform, chance, work)
        case SettingUp():
            return set_up(task, platform, chance, work)
        case Running():
            return run(task, platform, chance, work)
        case Finished():
            return leave(task, platform, chance, work)
        case _:
            assert_never(work)
