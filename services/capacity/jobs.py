"""Time -> command. No rule depends on them: holds end by the clock alone; these only tidy and speak for the silent."""

from datetime import timedelta

from services.capacity.domain.work_identity import offer_id_of
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.offers import OffersHandler
from services.capacity.projections.work import list_unanswered
from shared.eventstore.handling import transact
from shared.eventstore.projecting import LogWithViews
from shared.kernel.event import Cause
from shared.kernel.ids import derived_id
from shared.scheduling import Job

LAPSES_EVERY = timedelta(seconds=30)
SAVES_EVERY = timedelta(minutes=5)
LAPSES_MAX = 100


def jobs(desk: Desk, log: LogWithViews, offers: OffersHandler) -> list[Job]:
    """All of capacity's jobs."""
    return [lapse_offers(desk, log, offers), Job("capacity-board-saved", SAVES_EVERY, desk.board.save)]


def lapse_offers(desk: Desk, log: LogWithViews, offers: OffersHandler) -> Job:
    """A plant that stayed silent beyond its time is taken to have declined: the second best is asked."""

    def lapse() -> int:
        now = desk.clock.now()
        silent = list_unanswered(log.views, now, LAPSES_MAX)
        for work_id in silent:
            replan_id = derived_id("rpl", work_id, "lapsed")
            cause = Cause(
                correlation_id=derived_id("cor", work_id, "lapsed"),
                causation_id=offer_id_of(work_id),
                org_id="system",
                subject="system:lapsed-offers",
                at=now,
            )
            transact(log, lambda one=work_id, to=replan_id: offers.lapse(one, to), cause)  # type: ignore[misc] # bound to this round
        return len(silent)

    return Job("capacity-lapsed-offers", LAPSES_EVERY, lapse)
