"""Time -> command. No rule depends on them: holds end by the clock alone; these only tidy and speak for the silent."""

from datetime import datetime, timedelta

from services.capacity.domain.work_identity import offer_id_of
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.missing_material import MissingMaterial
from services.capacity.handlers.no_shows import NoShowsHandler
from services.capacity.handlers.offers import OffersHandler
from services.capacity.projections.board import SAVE_WORTH
from services.capacity.projections.work import list_unanswered, list_unstarted
from shared.eventstore.handling import transact
from shared.eventstore.projecting import LogWithViews
from shared.kernel.event import Cause
from shared.kernel.ids import derived_id
from shared.scheduling import Job, each, forget_claims

LAPSES_EVERY = timedelta(seconds=30)
SAVES_EVERY = timedelta(minutes=5)
LAPSES_MAX = 100
MISSES_EVERY = timedelta(minutes=1)
DUE_MAX = 10_000  # most of them wait for others, and some may fail: neither must hide the rest


def jobs(
    desk: Desk, log: LogWithViews, offers: OffersHandler, no_shows: NoShowsHandler, material: MissingMaterial
) -> list[Job]:
    """All of capacity's jobs."""
    return [
        lapse_offers(desk, log, offers),
        miss_slots(desk, log, no_shows),
        free_slots_without_material(desk, log, material),
        forget_claims("capacity", log, desk.clock),
        Job("capacity-board-saved", SAVES_EVERY, lambda: desk.board.save(SAVE_WORTH)),
    ]


def lapse_offers(desk: Desk, log: LogWithViews, offers: OffersHandler) -> Job:
    """A plant that stayed silent beyond its time is taken to have declined: the second best is asked."""

    def lapse() -> int:
        now = desk.clock.now()

        def let_lapse(work_id: str) -> None:
            replan_id = derived_id("rpl", work_id, "lapsed")
            cause = _cause(work_id, "lapsed", "system:lapsed-offers", offer_id_of(work_id), now)
            transact(log, lambda: offers.lapse(work_id, replan_id), cause)

        return each(list_unanswered(log.views, now, DUE_MAX), let_lapse, str, LAPSES_MAX)

    return Job("capacity-lapsed-offers", LAPSES_EVERY, lapse)


def miss_slots(desk: Desk, log: LogWithViews, no_shows: NoShowsHandler) -> Job:
    """Work that its plant agreed to and did not begin within its grace is taken away and planned anew."""
    grace = timedelta(minutes=desk.limits.no_show_grace_minutes)

    def miss() -> int:
        now = desk.clock.now()

        def take_away(work_id: str) -> None:
            cause = _cause(work_id, "missed", "system:missed-slots", work_id, now)
            replan_id = derived_id("rpl", work_id, "missed")
            transact(log, lambda: no_shows.miss(work_id, replan_id), cause)

        return each(list_unstarted(log.views, now - grace, DUE_MAX), take_away, str)

    return Job("capacity-missed-slots", MISSES_EVERY, miss)


def free_slots_without_material(desk: Desk, log: LogWithViews, material: MissingMaterial) -> Job:
    """Agreed work whose material did not come in time gives its slot up, and its buyer is asked."""
    grace = timedelta(minutes=desk.limits.no_show_grace_minutes)

    def free() -> int:
        now = desk.clock.now()

        def look(work_id: str) -> None:
            cause = _cause(work_id, "without-material", "system:missing-material", work_id, now)
            transact(log, lambda: material.look(work_id), cause)

        return each(list_unstarted(log.views, now - grace, DUE_MAX), look, str)

    return Job("capacity-missing-material", MISSES_EVERY, free)


def _cause(work_id: str, what: str, subject: str, causation_id: str, at: datetime) -> Cause:
    correlation_id = derived_id("cor", work_id, what)
    return Cause(correlation_id=correlation_id, causation_id=causation_id, org_id="system", subject=subject, at=at)
