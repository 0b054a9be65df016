"""How factories answer offers of work: most accept, some decline, counter, or keep silent until the offer lapses."""

from datetime import timedelta
from random import Random

from services.capacity.domain.work_events import DECLINE_REASONS
from services.capacity.domain.work_identity import offer_id_of
from services.capacity.domain.work_state import Offered
from services.capacity.handlers.offers import Counter
from services.sim.life.diary import hours, minutes
from services.sim.life.task import Look, Task
from services.sim.seams import Platform


def answer(task: Task, platform: Platform, chance: Random, work: Offered) -> Look:
    terms, by = work.terms, task.me.principal
    offer_id = offer_id_of(task.work_id)
    of = f"offers/{offer_id}"
    replan_id = platform.house.ids.new("rpl")
    lot = chance.random()
    if platform.now() >= terms.answer_by:
        if task.refused == 0:
            task.refused = 1
            task.do(platform, "accept", lambda desk: desk.offers.accept(offer_id, by), of=of)
            return "accepts too late", hours(chance, 1, 3)
        return "has let it lapse", hours(chance, 3, 8)
    if lot < 0.06:
        reason = chance.choice([one for one in DECLINE_REASONS if one != "no_answer"])
        task.do(platform, "decline", lambda desk: desk.offers.decline(offer_id, by, reason, "", replan_id), of=of)
        return f"declines: {reason}", hours(chance, 1, 6)
    if lot < 0.14:
        counter = _counter(work, chance)
        done = task.do(platform, "counter", lambda desk: desk.offers.counter(offer_id, by, counter, replan_id), of=of)
        return "counters" if done else "counters in vain", minutes(chance, 20, 200)
    if lot < 0.16:
        return "keeps silent", terms.answer_by - platform.now() + timedelta(minutes=chance.randint(0, 5))
    task.do(platform, "accept", lambda desk: desk.offers.accept(offer_id, by), of=of)
    return "accepts", minutes(chance, 5, 60)


def _counter(work: Offered, chance: Random) -> Counter:
    """Another price, a later start, or both; a cheap one now and then, which is taken at once."""
    terms, lot = work.terms, chance.random()
    price = terms.price_fen * (chance.randint(101, 125) if lot < 0.75 else chance.randint(85, 99)) // 100
    later = terms.starts_at + timedelta(minutes=15 * chance.randint(-8, 96))
    if lot < 0.4:
        return Counter(price, None, "涨价")
    if lot < 0.6:
        return Counter(None, later, "改期")
    return Counter(price, later if lot < 0.9 else None, "")
