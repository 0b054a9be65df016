"""What is forbidden on an order, an offer, work and a line: by name -> the command, for whoever tries it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from services.capacity.domain.line_commands import SetPrices
from services.capacity.domain.plant import EndProof
from services.capacity.handlers.breakdowns import Outage
from services.capacity.handlers.offers import Counter, OffersHandler
from services.capacity.handlers.production import Output, Restated, Stop
from services.capacity.projections.work import WorkRow
from services.capacity.wiring import Handlers
from services.order.domain.commands import (
    AcceptQuote,
    AnswerReplan,
    BuyerCommand,
    CancelOrder,
    ChangeOrder,
    CloseOrder,
    ConfirmDelivery,
    DisputeDelivery,
    ReportSupply,
    RequestQuote,
)
from services.order.domain.terms import Terms
from services.sim.life.doors import capacity_of
from services.sim.life.world import Plant
from services.sim.seams import Platform
from shared.eventstore.handling import Prepared
from shared.kernel.principal import Principal

Tries = Mapping[str, Callable[[], Prepared[Any]]]


def on_an_order(terms: Terms) -> Mapping[str, Callable[[datetime], BuyerCommand]]:
    """What only the buyer of an order may ask."""
    return {
        "quotes": lambda at: RequestQuote(terms, at),
        "accept": lambda at: AcceptQuote("quo_x", "opt_x", at),
        "changes": lambda at: ChangeOrder({}, at + timedelta(days=9), None, 10**9, terms, at),
        "cancellation": lambda at: CancelOrder(10**9, terms, at),
        "answer": lambda at: AnswerReplan("rpl_x", "accept", at=at),
        "supplies": lambda at: ReportSupply("can-330-own", 1, "can", at, terms, at),
        "confirm": lambda at: ConfirmDelivery("dlv_x", None, at),
        "dispute": lambda at: DisputeDelivery("dlv_x", "", at),
        "close": CloseOrder,
    }


def on_an_offer(offer_id: str, by: Principal, owner: Principal, platform: Platform) -> Tries:
    """A rival's offer, or one's own in ways that make no sense."""

    def offers() -> OffersHandler:
        return capacity_of(platform.house).handlers.offers

    return {
        "accept": lambda: offers().accept(offer_id, by),
        "decline": lambda: offers().decline(offer_id, by, "price", "", "rpl_x"),
        "counter": lambda: offers().counter(offer_id, by, Counter(1, None, ""), "rpl_x"),
        "accept one that never was": lambda: offers().accept(offer_id[:-3] + "000", owner),
        "decline for a reason nobody knows": lambda: offers().decline(offer_id, owner, "mood", "", "rpl_x"),
        "counter with nothing": lambda: offers().counter(offer_id, owner, Counter(None, None, ""), "rpl_x"),
        "counter with the past": lambda: offers().counter(
            offer_id, owner, Counter(None, platform.now("capacity") - timedelta(days=9), ""), "rpl_x"
        ),
    }


def on_a_line(plant: Plant, line_id: str, by: Principal, platform: Platform) -> Tries:
    """Masters and stoppages of a line that is another's, or that make no sense."""

    def desk() -> Handlers:
        return capacity_of(platform.house).handlers

    def at() -> datetime:
        return platform.now("capacity")

    return {
        "prices": lambda: desk().masters.change_line(line_id, lambda _: SetPrices([], at()), by, at()),
        "papers": lambda: desk().masters.change_plant(plant.plant_id, EndProof("x", at().date(), "", at()), by),
        "a line": lambda: desk().masters.register_line(plant.plant_id, "X9", "新线", [], principal=by, at=at()),
        "the same plant": lambda: desk().masters.register_plant(
            plant.owner.code, "又一次", plant.owner.district, demo=True, principal=plant.owner.principal, at=at()
        ),
        "a breakdown": lambda: desk().breakdowns.break_line(
            line_id, "stp_x", by, Outage(at(), at() + timedelta(hours=5), "breakdown")
        ),
        "a mending": lambda: desk().breakdowns.mend_line(line_id, "stp_x", by),
        "a mending of nothing": lambda: desk().breakdowns.mend_line(line_id, "stp_x", plant.owner.principal),
        "a breakdown without end": lambda: desk().breakdowns.break_line(
            line_id, "stp_x", plant.owner.principal, Outage(at(), at() + timedelta(days=100), "breakdown")
        ),
        "a breakdown for no known reason": lambda: desk().breakdowns.break_line(
            line_id, "stp_x", plant.owner.principal, Outage(at(), at() + timedelta(hours=5), "mood")
        ),
        "a line nobody knows": lambda: desk().masters.change_line(
            "lin_x", lambda _: SetPrices([], at()), plant.owner.principal, at()
        ),
    }


def on_work(row: WorkRow, stranger: Principal, owner: Principal, platform: Platform) -> Tries:
    """Another's work order in every way there is, or one's own in ways that no state allows."""
    work_id, unit = row.work_id, row.unit

    def desk() -> Handlers:
        return capacity_of(platform.house).handlers

    def at() -> datetime:
        return platform.now("capacity")

    def output(one: str, when: datetime | None = None) -> Output:
        return Output(5, 0, 0, one, None, (), None, when)

    return {
        "start": lambda: desk().production.start(work_id, stranger, None),
        "setup-finished": lambda: desk().production.finish_setup(work_id, stranger, None),
        "reports": lambda: desk().production.report(work_id, "rpt_x", stranger, output(unit)),
        "finish": lambda: desk().production.finish(work_id, stranger, None),
        "ship": lambda: desk().deliveries.ship(work_id, "dlv_x", stranger, None, None),
        "deliver": lambda: desk().deliveries.deliver(work_id, stranger, None, None),
        "stoppages": lambda: desk().production.open_stoppage(work_id, "stp_x", stranger, Stop("break", "", None)),
        "correction": lambda: desk().production.correct(work_id, "rpt_x", owner, Restated("cor_x", 1, 0, 0, None, "x")),
        "a lot it may not judge": lambda: desk().deliveries.disposition(work_id, "ins_x", stranger, "released", ""),
        "a report in another unit": lambda: desk().production.report(work_id, "rpt_x", owner, output("kg")),
        "a report of nothing": lambda: desk().production.report(
            work_id, "rpt_x", owner, Output(0, 0, 0, unit, None, (), None, None)
        ),
        "a report of tomorrow": lambda: desk().production.report(
            work_id, "rpt_x", owner, output(unit, at() + timedelta(days=1))
        ),
        "a report of far too much": lambda: desk().production.report(
            work_id, "rpt_x", owner, Output(10**12, 0, 0, unit, None, (), None, None)
        ),
        "a start long ago": lambda: desk().production.start(work_id, owner, at() - timedelta(days=30)),
        "a start tomorrow": lambda: desk().production.start(work_id, owner, at() + timedelta(days=1)),
        "a stop for no known reason": lambda: desk().production.open_stoppage(
            work_id, "stp_x", owner, Stop("mood", "", None)
        ),
        "the end of a stop that never was": lambda: desk().production.close_stoppage(work_id, "stp_x", owner, None),
        "a delivery that never left": lambda: desk().deliveries.deliver(work_id, owner, "dlv_x", None),
    }
