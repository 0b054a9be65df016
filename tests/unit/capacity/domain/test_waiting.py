"""No work order waits without an end: every situation is in the table, and every job that it names is there."""

from typing import get_args

from services.capacity.domain.waiting import ENDED, WAITS
from services.capacity.domain.work_state import Work
from tests.support.print_world import world_of


def test_every_situation_of_a_work_order_has_its_last_moment_and_what_then_holds() -> None:
    assert set(WAITS) | ENDED == set(get_args(Work))
    assert not set(WAITS) & ENDED
    assert all(one.until and one.then for waits in WAITS.values() for one in waits)


def test_the_jobs_that_end_waits_are_those_that_run() -> None:
    named = {one.ended_by for waits in WAITS.values() for one in waits if one.ended_by}
    running = {one.name for one in world_of().service.jobs}
    assert named <= running
