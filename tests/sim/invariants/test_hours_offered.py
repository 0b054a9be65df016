"""Planted bookings that break the rule of offered hours are found; sound ones are not."""

from datetime import datetime, timedelta

from services.capacity.domain.master_events import CapacityPublished, CapacityWithdrawn
from services.capacity.domain.slots import GivenUp, Slot, SlotsConfirmed, SlotsHeld, SlotsReleased
from services.sim.invariants.book import Past
from services.sim.invariants.hours_offered import HoursOffered
from shared.contracts.planning import Interval
from shared.kernel.event import Event
from tests.support.made import T0, found, log_of, made


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


OFFERED = made(CapacityPublished, line_id="lin_1", intervals=[Interval(at(0), at(8)), Interval(at(24), at(32))])


def slot(slot_id: str, begins: float, ends: float, busy: float, **more: object) -> Slot:
    fields: dict[str, object] = {"quote_id": "quo_1", "option_ids": ["opt_1"], "expires_at": at(0.5)}
    return made(
        Slot,
        slot_id=slot_id,
        starts_at=at(begins),
        ends_at=at(ends),
        run_seconds=int(busy * 3600),
        **(fields | more),
    )


def held(*slots: Slot, when: float = 0) -> SlotsHeld:
    return made(SlotsHeld, line_id="lin_1", slots=list(slots), held_at=at(when))


def confirmed(*slots: Slot, when: float = 0.2) -> SlotsConfirmed:
    return made(SlotsConfirmed, line_id="lin_1", slots=list(slots), confirmed_at=at(when))


def violations(*events: Event) -> list[str]:
    return found(HoursOffered(Past()), log_of(OFFERED, *events))


def test_a_slot_may_span_closed_hours_when_its_busy_seconds_are_offered() -> None:
    assert violations(held(slot("a", 4, 28, 8))) == []


def test_a_slot_outside_offered_hours_is_found() -> None:
    assert "14400 s are offered" in violations(held(slot("a", 4, 10, 6)))[0]


def test_two_bookings_at_one_time_are_found() -> None:
    firm = slot("a", 1, 3, 2)
    events = violations(
        held(firm), confirmed(slot("a", 1, 3, 2, expires_at=None)), held(slot("b", 2, 4, 2, quote_id="q"))
    )
    assert any("overlap" in one for one in events)


def test_options_of_one_quote_may_share_time_while_they_are_held() -> None:
    assert violations(held(slot("a", 1, 3, 2), slot("b", 2, 4, 2, option_ids=["opt_2"]))) == []


def test_time_of_an_expired_hold_is_free() -> None:
    book = HoursOffered(Past())
    assert found(book, log_of(OFFERED, held(slot("a", 1, 3, 2)))) == []
    assert found(book, log_of(held(slot("b", 2, 4, 2, quote_id="q"), when=0.6))) == []


def test_a_hold_that_counts_after_its_expiry_is_found() -> None:
    events = violations(held(slot("a", 1, 3, 2)), confirmed(slot("a", 1, 3, 2, expires_at=None), when=0.6))
    assert "after its hold expired" in events[0]


def test_a_booking_that_nobody_held_is_found() -> None:
    assert "never held" in violations(confirmed(slot("a", 1, 3, 2, expires_at=None)))[0]


def test_hours_withdrawn_under_a_booking_are_found() -> None:
    gone = made(CapacityWithdrawn, line_id="lin_1", intervals=[Interval(at(2), at(4))], withdrawn_at=at(0.1))
    book = HoursOffered(Past())
    assert found(book, log_of(OFFERED, held(slot("a", 1, 3, 2)))) == []
    assert "withdrawn under slot a" in found(book, log_of(gone))[0]


def test_hours_may_be_withdrawn_when_their_booking_was_given_up() -> None:
    gone = made(CapacityWithdrawn, line_id="lin_1", intervals=[Interval(at(2), at(4))], withdrawn_at=at(0.1))
    given_up = made(SlotsReleased, line_id="lin_1", slots=[GivenUp("a", "ord_1", False)])
    book = HoursOffered(Past())
    assert found(book, log_of(OFFERED, held(slot("a", 1, 3, 2)))) == []
    assert found(book, log_of(given_up, gone)) == []
