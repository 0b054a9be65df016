"""Slots of a line: nobody's time is sold twice, and a hold ends by the clock alone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.capacity.domain.bookings import RETENTION, LineSlots, line_slots
from services.capacity.domain.hours import seconds_of
from services.capacity.domain.refusals import Why
from services.capacity.domain.slots import (
    SLOTS,
    ConfirmSlots,
    GivenUp,
    HoldSlots,
    NarrowOffer,
    OfferNarrowed,
    ReleaseSlots,
    Slot,
    SlotsConfirmed,
    SlotsHeld,
    SlotsReleased,
    booking_of,
)
from shared.contracts.planning import Interval
from shared.kernel.refusal import Refused

T0 = datetime(2027, 3, 1, tzinfo=UTC)
OFFERED = [Interval(T0, T0 + timedelta(hours=8)), Interval(T0 + timedelta(hours=24), T0 + timedelta(hours=32))]
LINE = {"line_id": "lin_1", "plant_id": "plt_1", "factory_org_id": "org_f", "district": "421202"}


def _at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def _slot(
    name: str, starts: float, ends: float, *, quote: str = "quo_1", option: str = "opt_1", until: float | None = 1
) -> Slot:
    busy = sum(
        max(0, int((min(_at(ends), one.ends_at) - max(_at(starts), one.starts_at)).total_seconds())) for one in OFFERED
    )
    return Slot(
        slot_id=name,
        quote_id=quote,
        order_id=f"ord_{quote}",
        buyer_org_id="org_b",
        process_id=f"pro_{name}",
        option_ids=[option],
        capability="FILL_CAN",
        format="330",
        features={},
        quantity_gross=1_000,
        unit="can",
        setup_seconds=0,
        run_seconds=busy,
        starts_at=_at(starts),
        ends_at=_at(ends),
        expires_at=None if until is None else _at(until),
    )


def _hold(*slots: Slot, at: float = 0) -> HoldSlots:
    return HoldSlots(**LINE, slots=list(slots), offered=OFFERED, at=_at(at))


def _confirm(*slots: Slot, at: float = 0.5, quote: str = "quo_1", option: str = "opt_1") -> ConfirmSlots:
    return ConfirmSlots(**LINE, quote_id=quote, option_id=option, slots=list(slots), at=_at(at))


def _release(*names: str, at: float, kept_until: float | None = None) -> ReleaseSlots:
    until = None if kept_until is None else _at(kept_until)
    return ReleaseSlots(**LINE, slot_ids=list(names), reason="test", at=_at(at), kept_until=until)


def _after(*commands: HoldSlots | ConfirmSlots | ReleaseSlots) -> LineSlots:
    state = SLOTS.initial
    for command in commands:
        state = SLOTS.fold(SLOTS.decide(command, state), state)
    return state


def _refusal(command: HoldSlots | ConfirmSlots | ReleaseSlots, state: LineSlots) -> object:
    with pytest.raises(Refused) as caught:
        SLOTS.decide(command, state)
    return caught.value.why


def _narrow(first: float, last: float, *, at: float = 0) -> NarrowOffer:
    return NarrowOffer(**LINE, intervals=[Interval(_at(first), _at(last))], at=_at(at))


def test_offered_hours_are_narrowed_only_where_nothing_stands() -> None:
    state = _after(_hold(_slot("slt_1", 2, 4)))
    with pytest.raises(Refused) as caught:
        SLOTS.decide(_narrow(3, 5), state)
    assert caught.value.why is Why.HOURS_TAKEN
    [event] = SLOTS.decide(_narrow(4, 5), state)
    assert isinstance(event, OfferNarrowed)
    assert SLOTS.fold([event], state) == state
    assert SLOTS.decide(_narrow(3, 5, at=1), state)  # the hold has expired


def test_free_time_is_held_until_it_expires() -> None:
    slot = _slot("a", 1, 3)
    [event] = SLOTS.decide(_hold(slot), SLOTS.initial)
    assert event == SlotsHeld(**LINE, slots=[slot], held_at=T0)


def test_time_under_a_live_hold_of_another_quote_is_taken() -> None:
    state = _after(_hold(_slot("a", 1, 3)))
    assert _refusal(_hold(_slot("b", 2, 4, quote="quo_2")), state) is Why.SLOT_TAKEN


def test_an_expired_hold_is_free_at_once_without_any_event() -> None:
    state = _after(_hold(_slot("a", 2, 4, until=1)))
    assert SLOTS.decide(_hold(_slot("b", 2, 4, quote="quo_2", until=3), at=1), state)


def test_options_of_one_quote_may_want_the_same_time() -> None:
    state = _after(_hold(_slot("a", 1, 3), _slot("b", 2, 4, option="opt_2")))
    assert _refusal(_hold(_slot("c", 2, 3, option="opt_1")), state) is Why.SLOT_TAKEN


def test_no_option_is_held_over_firm_time_of_its_own_quote() -> None:
    held, other = _slot("a", 1, 3), _slot("b", 2, 4, option="opt_2")
    booked = _after(_hold(held), _confirm(held))
    assert _refusal(_hold(other, at=0.5), booked) is Why.SLOT_TAKEN
    firm = msgspec.structs.replace(other, expires_at=None)
    assert _refusal(_hold(firm), _after(_hold(held))) is Why.SLOT_TAKEN


@pytest.mark.parametrize("seconds", [-1, 1])
def test_a_slot_has_exactly_the_open_seconds_that_its_work_takes(seconds: int) -> None:
    slot = _slot("a", 7, 25)
    other = msgspec.structs.replace(slot, run_seconds=slot.run_seconds + seconds)
    assert _refusal(_hold(other), SLOTS.initial) is Why.SLOT_NOT_OFFERED


def test_time_outside_the_offered_hours_is_refused() -> None:
    assert _refusal(_hold(_slot("a", 7, 9)), SLOTS.initial) is Why.SLOT_NOT_OFFERED
    assert _refusal(_hold(_slot("a", 10, 12)), SLOTS.initial) is Why.SLOT_NOT_OFFERED


def test_a_slot_may_span_closed_time_when_it_books_only_open_seconds() -> None:
    assert SLOTS.decide(_hold(_slot("a", 7, 25)), SLOTS.initial)


def test_a_slot_in_the_past_or_upside_down_is_refused() -> None:
    assert _refusal(_hold(_slot("a", 1, 2), at=1.5), SLOTS.initial) is Why.SLOT_UNFIT
    assert _refusal(_hold(_slot("a", 3, 2)), SLOTS.initial) is Why.SLOT_UNFIT
    assert _refusal(_hold(_slot("a", 1 + 1e-7, 2)), SLOTS.initial) is Why.SLOT_UNFIT


def test_confirming_makes_the_option_firm_and_releases_the_others() -> None:
    chosen, other = _slot("a", 1, 3), _slot("b", 2, 4, option="opt_2")
    state = _after(_hold(chosen, other))
    released, confirmed = SLOTS.decide(_confirm(chosen), state)
    assert isinstance(released, SlotsReleased)
    assert released.slots == [GivenUp("b", "ord_quo_1", was_firm=False)]
    assert isinstance(confirmed, SlotsConfirmed)
    assert [(one.slot_id, one.expires_at) for one in confirmed.slots] == [("a", None)]
    state = SLOTS.fold([released, confirmed], state)
    assert [(one.slot_id, one.expires_us) for one in state.bookings] == [("a", 0)]
    assert SLOTS.decide(_confirm(chosen), state) == []


def test_confirming_an_expired_hold_is_refused_even_when_its_time_is_free() -> None:
    slot = _slot("a", 2, 4, until=1)
    assert _refusal(_confirm(slot, at=1), _after(_hold(slot))) is Why.HOLD_LOST


def test_confirming_what_was_never_held_is_refused() -> None:
    assert _refusal(_confirm(_slot("a", 1, 3)), SLOTS.initial) is Why.HOLD_LOST
    state = _after(_hold(_slot("a", 1, 3)))
    assert _refusal(_confirm(_slot("a", 1, 4)), state) is Why.HOLD_LOST
    assert _refusal(_confirm(_slot("a", 1, 3), option="opt_2"), state) is Why.HOLD_LOST


def test_released_time_is_free() -> None:
    slot = _slot("a", 1, 3, until=None)
    state = _after(_hold(slot), _release("a", "gone", at=0.5))
    assert state.bookings == ()
    assert SLOTS.decide(_release("a", at=0.5), state) == []


def test_the_rest_of_a_finished_run_is_free() -> None:
    state = _after(
        _hold(_slot("a", 1, 5, until=None)),
        _release("a", at=3, kept_until=3),
    )
    assert [(one.starts, one.ends) for one in state.bookings] == [(seconds_of(_at(1)), seconds_of(_at(3)))]
    assert SLOTS.decide(_hold(_slot("b", 3, 5, quote="quo_2", until=4), at=3), state)


def test_the_state_forgets_what_can_no_longer_matter_except_the_last_run() -> None:
    firm = [_slot(name, h, h + 1, quote=name, until=None) for name, h in (("a", 1), ("b", 2))]
    state = _after(_hold(*firm))
    later = RETENTION + timedelta(hours=40)
    release = SlotsReleased(**LINE, slots=[], kept_until=None, reason="", released_at=T0 + later)
    assert [one.slot_id for one in SLOTS.fold([release] * 100, state).bookings] == ["b"]


class SlotsMachine(RuleBasedStateMachine):
    """Random holds, confirmations, releases and time against a model that remembers every slot ever held."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.state = SLOTS.initial
        self.count = 0
        self.held: dict[str, Slot] = {}  # the model: slots not released, each with its current expiry

    def _live(self) -> list[Slot]:
        return [one for one in self.held.values() if one.expires_at is None or one.expires_at > self._clock]

    @property
    def _clock(self) -> datetime:
        return T0 + timedelta(minutes=self.now)

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes: int) -> None:
        self.now = min(self.now + minutes, 400)

    @rule(
        start=st.integers(0, 90),
        length=st.integers(1, 20),
        quote=st.integers(1, 3),
        option=st.integers(1, 2),
        lifetime=st.integers(1, 60),
    )
    def hold(self, start: int, length: int, quote: int, option: int, lifetime: int) -> None:
        self.count += 1
        begins = start * 5 / 60
        slot = _slot(f"slt_{self.count}", begins, begins + length * 5 / 60, quote=f"q{quote}", option=f"o{option}")
        slot = _expiring(slot, self._clock + timedelta(minutes=lifetime))
        allowed = slot.starts_at >= self._clock and slot.ends_at <= OFFERED[0].ends_at
        allowed = allowed and not any(self._clash(slot, other) for other in self._live())
        try:
            events = SLOTS.decide(HoldSlots(**LINE, slots=[slot], offered=OFFERED, at=self._clock), self.state)
        except Refused:
            assert not allowed
            return
        assert allowed
        self.state = SLOTS.fold(events, self.state)
        self.held[slot.slot_id] = slot

    @staticmethod
    def _clash(one: Slot, other: Slot) -> bool:
        apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
        both_held = one.expires_at is not None and other.expires_at is not None
        return not apart and not (both_held and one.quote_id == other.quote_id and one.option_ids != other.option_ids)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        slot = self.held[name]
        live = slot in self._live()
        command = ConfirmSlots(
            **LINE, quote_id=slot.quote_id, option_id=slot.option_ids[0], slots=[slot], at=self._clock
        )
        try:
            events = SLOTS.decide(command, self.state)
        except Refused:
            assert not live
            return
        assert live
        self.state = SLOTS.fold(events, self.state)
        for other in list(self.held.values()):
            if other.quote_id == slot.quote_id and other.expires_at is not None and other.slot_id != name:
                del self.held[other.slot_id]
        self.held[name] = _expiring(slot, None)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        command = _release(name, at=self.now / 60)
        self.state = SLOTS.fold(SLOTS.decide(command, self.state), self.state)
        del self.held[name]

    @invariant()
    def the_rule_and_the_model_see_the_same_live_slots(self) -> None:
        at_us = int(self._clock.timestamp()) * 1_000_000
        assert {one.slot_id for one in self.state.bookings if one.stands(at_us)} == {
            one.slot_id for one in self._live()
        }

    @invariant()
    def no_firm_time_is_sold_twice(self) -> None:
        firm = sorted((one.starts, one.ends) for one in self.state.bookings if not one.expires_us)
        assert all(a[1] <= b[0] for a, b in pairwise(firm))


def _expiring(slot: Slot, at: datetime | None) -> Slot:
    return Slot(**{name: getattr(slot, name) for name in slot.__struct_fields__} | {"expires_at": at})


SlotsMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestSlotsMachine = SlotsMachine.TestCase


def test_what_touches_a_span_is_found_among_many() -> None:
    """The look-up by start and longest booking agrees with looking at every one."""
    slots = [_slot(f"s{i:02d}", i / 10, i / 10 + 0.1 + (i % 7) / 10, quote=f"q{i}", until=i % 3 + 1) for i in range(60)]
    state = line_slots(booking_of(one) for one in slots)
    for first, last in ((0, 0.05), (0.95, 1.0), (2.5, 3.5), (5.9, 8)):
        span = seconds_of(_at(first)), seconds_of(_at(last))
        expected = [one for one in state.bookings if one.starts < span[1] and span[0] < one.ends]
        assert list(state.touching(*span)) == expected
        ended = [one.ends <= span[0] for one in state.bookings]
        assert state.first_ending_after(span[0]) == ended.index(False)
