"""When a slot counts as missed: only when nothing but its own plant kept the work from beginning."""

from datetime import datetime

from services.capacity.domain.work import WORK
from services.capacity.domain.work_commands import AcceptOffer, MissSlot, OfferWork, ReceiveMaterial, StartWork
from services.capacity.domain.work_events import SlotMissed
from services.capacity.domain.work_state import Closed
from tests.support.stories import Story, given
from tests.support.work_histories import LIMITS, SHEETS, at, moment, offer

GRACE_HOURS = LIMITS.no_show_grace_minutes / 60


def an_accepted_offer() -> Story:
    """To begin at hour 10; its material has not come."""
    return given(WORK).after(OfferWork(offer(), is_automatic=False), AcceptOffer(at(1)))


def supplied(hours: float) -> Story:
    return an_accepted_offer().after(ReceiveMaterial("coat", "wrk_0", [SHEETS], at(hours)))


def missing(hours: float, *, floor_free_since: datetime | None = None) -> MissSlot:
    return MissSlot(floor_free_since, LIMITS, at(hours))


def test_a_slot_is_missed_when_the_grace_is_over_and_not_before() -> None:
    story = supplied(5)
    story.when(missing(10 + GRACE_HOURS - 0.01)).then()
    (missed,) = story.when(missing(10 + GRACE_HOURS)).then(SlotMissed)
    assert (missed.ready_at, missed.missed_at) == (at(10), at(10 + GRACE_HOURS))
    closed = story.after(missing(10 + GRACE_HOURS)).state
    assert isinstance(closed, Closed)
    assert closed.how == "missed"


def test_a_plant_that_waits_for_material_has_missed_nothing() -> None:
    an_accepted_offer().when(missing(100)).then()


def test_the_grace_runs_from_the_last_arrival_of_material() -> None:
    supplied(20).when(missing(20 + GRACE_HOURS - 0.01)).then()
    supplied(20).when(missing(20 + GRACE_HOURS)).then(SlotMissed)


def test_the_grace_runs_from_when_the_floor_became_free() -> None:
    supplied(5).when(missing(10 + GRACE_HOURS, floor_free_since=at(12))).then()
    supplied(5).when(missing(12 + GRACE_HOURS, floor_free_since=at(12))).then(SlotMissed)


def test_work_that_began_late_within_its_grace_goes_on() -> None:
    supplied(5).after(StartWork(moment(10 + GRACE_HOURS - 1), accepts_less=False)).when(missing(100)).then()
