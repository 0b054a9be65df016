"""Planted money is found: prices that were not shown, sums that are none, fees that follow from nothing."""

from datetime import timedelta

import msgspec

from services.capacity.domain.plan_events import QuoteOffered
from services.order.domain.events import (
    OrderCancelled,
    OrderChanged,
    OrderConfirmed,
    PlanningRequested,
    QuoteAccepted,
    QuoteReceived,
    ReplanAnswered,
    ReplanAsked,
    SupplyArrived,
    WorkMoved,
)
from services.sim.invariants.book import Past
from services.sim.invariants.money import Fees, Prices
from shared.contracts.planning import PlannedStep, PlannedTrip, PlanOption
from shared.kernel.event import Event
from tests.support.made import T0, found, log_of, made


def option(price_fen: int, option_id: str = "opt_1", vat_fen: int = 130) -> PlanOption:
    steps = [made(PlannedStep, price_fen=900, process_id="pro_1", starts_at=T0 + timedelta(days=9))]
    trips = [made(PlannedTrip, price_fen=100)]
    return made(PlanOption, option_id=option_id, price_fen=price_fen, vat_fen=vat_fen, steps=steps, trips=trips)


SHOWN = made(QuoteReceived, order_id="ord_1", quote_id="quo_1", options=[option(1000), option(1000, "opt_2")])
TAKEN = made(QuoteAccepted, order_id="ord_1", quote_id="quo_1", option_id="opt_1")


def confirmed(what: PlanOption) -> OrderConfirmed:
    return made(OrderConfirmed, order_id="ord_1", quote_id="quo_1", option=what)


def prices(*events: Event) -> list[str]:
    return found(Prices(Past()), log_of(*events))


def test_a_price_confirmed_as_shown_is_sound() -> None:
    assert prices(made(QuoteOffered, options=[option(1000)]), SHOWN, TAKEN, confirmed(option(1000))) == []


def test_a_price_that_is_not_the_sum_of_its_parts_is_found() -> None:
    assert "costs 1001 fen, its parts 1000" in prices(made(QuoteOffered, options=[option(1001)]))[0]


def test_a_wrong_tax_is_found() -> None:
    assert "VAT" in prices(made(QuoteOffered, options=[option(1000, vat_fen=129)]))[0]


def test_a_price_confirmed_that_was_not_shown_is_found() -> None:
    assert "other terms" in prices(SHOWN, TAKEN, confirmed(option(1002)))[0]


def test_an_option_confirmed_that_nobody_accepted_is_found() -> None:
    assert "nobody accepted" in prices(SHOWN, TAKEN, confirmed(option(1000, "opt_2")))[0]


def test_an_option_accepted_that_was_never_shown_is_found() -> None:
    assert "never shown" in prices(TAKEN)[0]


def fees(*events: Event) -> list[str]:
    return found(Fees(Past()), log_of(*events))


def cancelled(fee_fen: int, hours: float = 0, why: str = "buyer") -> OrderCancelled:
    return made(OrderCancelled, order_id="ord_1", fee_fen=fee_fen, why=why, cancelled_at=T0 + timedelta(hours=hours))


def test_cancelling_costs_by_booked_near_and_begun_steps() -> None:
    booked, begun = confirmed(option(1000)), made(WorkMoved, order_id="ord_1", process_id="pro_1", state="in_progress")
    assert fees(cancelled(0)) == []
    assert fees(booked, cancelled(45)) == []  # 5 % of 900
    assert fees(booked, cancelled(270, hours=7 * 24)) == []  # 30 % within 48 hours
    assert fees(booked, begun, cancelled(0)) == [], "it is the last step: made to its end and paid as it comes"
    assert fees(booked, begun, cancelled(0, why="replan")) == []
    far = T0 + timedelta(days=9)
    later = made(PlannedStep, price_fen=900, process_id="pro_2", feeds_from=["pro_1"], starts_at=far)
    early = confirmed(msgspec.structs.replace(option(2000), steps=[*option(1000).steps, later]))
    assert fees(early, begun, cancelled(945)) == []
    assert "costs 45 fen, not 945" in fees(early, begun, cancelled(45))[0]
    assert "costs 46 fen, not 45" in fees(booked, cancelled(46))[0]
    assert "costs 45 fen, not 270" in fees(booked, cancelled(45, hours=7 * 24))[0]
    assert "costs 900 fen, not 0" in fees(booked, begun, cancelled(900, why="replan"))[0]


def changed(fee_fen: int, why: str = "changed") -> list[Event]:
    """A change as it is written: with the request for a plan that says why."""
    return [
        made(OrderChanged, order_id="ord_1", fee_fen=fee_fen, changed_at=T0),
        made(PlanningRequested, order_id="ord_1", why=why),
    ]


def came(quantity: int) -> SupplyArrived:
    return made(SupplyArrived, order_id="ord_1", quantity=quantity, expected=100)


def test_changing_costs_what_the_terms_say_once_booked() -> None:
    assert fees(*changed(0)) == []
    assert "costs 5000 fen, not 0" in fees(*changed(5000))[0]
    assert fees(confirmed(option(1000)), *changed(5000)) == []  # the minimum
    assert "costs 50 fen" in fees(confirmed(option(1000)), *changed(50))[0]
    assert "costs 0 fen, not 5000" in fees(confirmed(option(1000)), *changed(0))[0]


def test_only_a_change_that_short_material_led_to_is_free_once_booked() -> None:
    booked, short = confirmed(option(1000)), came(90)
    assert fees(booked, short, *changed(0, "short_supply")) == []
    assert "costs 5000 fen, not 0" in fees(booked, short, *changed(5000, "short_supply"))[0]
    assert "nothing came short" in fees(booked, *changed(0, "short_supply"))[0]
    assert "nothing came short" in fees(booked, came(100), *changed(0, "short_supply"))[0]
    assert "costs 0 fen, not 5000" in fees(booked, short, *changed(0))[0], "the buyer's own wish costs what it costs"


def test_a_change_that_nobody_plans_is_found() -> None:
    assert "no plan is asked for" in fees(changed(0)[0])[0]


def test_an_answer_nobody_asked_for_and_a_default_too_early_are_found() -> None:
    asked = made(ReplanAsked, order_id="ord_1", replan_id="rpl_1", default_choice="accept", answer_by=T0)
    early = made(
        ReplanAnswered,
        order_id="ord_1",
        replan_id="rpl_1",
        choice="accept",
        by_default=True,
        answered_at=T0 - timedelta(hours=1),
    )
    assert "was not asked" in fees(early)[0]
    assert "too early" in fees(asked, early)[0]
