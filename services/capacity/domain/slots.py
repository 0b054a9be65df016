"""Authority on the bookings of one line (stream `slots-…`): who holds which time until when, and what is firm.

A hold ends by the clock alone: whether it still stands is computed from its expiry, never from a flag. A slot is one
wall interval, set-up first; it may span closed time, in which nothing is booked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import assert_never

import msgspec

from services.capacity.domain.bookings import Booking, LineSlots, remembered, with_bookings
from services.capacity.domain.changeover import Run, run_of
from services.capacity.domain.hours import hours_of, instant_of, microseconds_of, seconds_of
from services.capacity.domain.master_events import LineEvent
from services.capacity.domain.refusals import Why
from shared.contracts.planning import Interval
from shared.kernel.clock import instant_text
from shared.kernel.decider import Decider
from shared.kernel.event import Event
from shared.kernel.refusal import Refused


class Slot(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A stretch of a line's time for one step. *expires_at* None: firm. *option_ids*: options of the quote sharing it.

    [starts_at, ends_at) has exactly setup_seconds + run_seconds offered seconds.
    """

    slot_id: str
    quote_id: str
    order_id: str
    buyer_org_id: str
    process_id: str
    option_ids: list[str]
    capability: str
    format: str
    features: dict[str, str]
    quantity_gross: int
    unit: str
    setup_seconds: int
    run_seconds: int
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime | None


class GivenUp(msgspec.Struct, frozen=True, gc=False):
    """A slot that was released; *was_firm*: it had been booked, not only held."""

    slot_id: str
    order_id: str
    was_firm: bool


class SlotsHeld(LineEvent):
    """Time was taken for a quote; slots without an expiry are firm at once."""

    slots: list[Slot]
    held_at: datetime


class SlotsConfirmed(LineEvent):
    """Held time became firm for the option the buyer chose. *slots* as they stand now."""

    quote_id: str
    option_id: str
    slots: list[Slot]
    confirmed_at: datetime


class SlotsReleased(LineEvent):
    """Time was given up: all of it, or what lies after *kept_until* of a slot that began before that."""

    slots: list[GivenUp]
    kept_until: datetime | None
    reason: str
    released_at: datetime


class OfferNarrowed(LineEvent):
    """Offered hours were taken back in the same transaction: whoever planned on an older version of these bookings
    must look again, so that nothing is ever held on hours that are no longer offered.
    """

    intervals: list[Interval]
    narrowed_at: datetime


SlotEvent = SlotsHeld | SlotsConfirmed | SlotsReleased | OfferNarrowed
SLOT_EVENTS: Mapping[str, type[Event]] = {
    "slots-held.v1": SlotsHeld,
    "slots-confirmed.v1": SlotsConfirmed,
    "slots-released.v1": SlotsReleased,
    "offer-narrowed.v1": OfferNarrowed,
}


class OfLine(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Whose slots a command is about; copied into its events."""

    line_id: str
    plant_id: str
    factory_org_id: str
    district: str


class HoldSlots(OfLine, frozen=True, gc=False, kw_only=True):
    """Take *slots*. *offered*: the line's offered hours around them, ascending and apart."""

    slots: list[Slot]
    offered: Sequence[Interval]
    at: datetime


class ConfirmSlots(OfLine, frozen=True, gc=False, kw_only=True):
    """Make *slots* (those of *option_id* on this line, as held; may be none) firm; release the quote's others."""

    quote_id: str
    option_id: str
    slots: list[Slot]
    at: datetime


class ReleaseSlots(OfLine, frozen=True, gc=False, kw_only=True):
    """Give up *slot_ids*, or only their time after *kept_until*; slots that are gone already are passed over."""

    slot_ids: list[str]
    reason: str
    at: datetime
    kept_until: datetime | None = None


class NarrowOffer(OfLine, frozen=True, gc=False, kw_only=True):
    """Say that the line takes *intervals* of its offered hours back; none of them may be held or booked."""

    intervals: list[Interval]
    at: datetime


SlotCommand = HoldSlots | ConfirmSlots | ReleaseSlots | NarrowOffer


@lru_cache(maxsize=65_536)  # many slots, few different runs: share them
def _interned(run: Run) -> Run:
    return run


def booking_of(slot: Slot) -> Booking:
    """The compact form of *slot*."""
    return Booking(
        starts=seconds_of(slot.starts_at),
        ends=seconds_of(slot.ends_at),
        slot_id=slot.slot_id,
        quote_id=slot.quote_id,
        order_id=slot.order_id,
        option_ids=tuple(slot.option_ids),
        setup=slot.setup_seconds,
        busy=slot.setup_seconds + slot.run_seconds,
        expires_us=0 if slot.expires_at is None else microseconds_of(slot.expires_at),
        run=_interned(run_of(slot.capability, slot.format, slot.features)),
        buyer_org_id="" if slot.expires_at is None else slot.buyer_org_id,
    )


def decide(command: SlotCommand, state: LineSlots) -> Sequence[SlotEvent]:
    match command:
        case HoldSlots():
            return _hold(command, state)
        case ConfirmSlots():
            return _confirm(command, state)
        case ReleaseSlots():
            return _release(command, state)
        case NarrowOffer():
            return _narrow(command, state)
        case _:
            assert_never(command)


def _hold(command: HoldSlots, state: LineSlots) -> Sequence[SlotEvent]:
    hours = hours_of(command.offered)
    at_us = microseconds_of(command.at)
    own: list[Booking] = []
    for slot in command.slots:
        whole = not slot.starts_at.microsecond and not slot.ends_at.microsecond
        if not (whole and command.at <= slot.starts_at < slot.ends_at):
            raise _refused(Why.SLOT_UNFIT, slot, command.at)
        booking = booking_of(slot)
        if not hours.holds(booking.starts, booking.ends, booking.busy):
            raise _refused(Why.SLOT_NOT_OFFERED, slot, command.at)
        others = (one for one in state.touching(booking.starts, booking.ends) if one.stands(at_us))
        if any(_clash(booking, other) for other in (*others, *own)):
            raise _refused(Why.SLOT_TAKEN, slot, command.at)
        own.append(booking)
    return [SlotsHeld(**_line(command), slots=command.slots, held_at=command.at)] if command.slots else []


def _refused(why: Why, slot: Slot, at: datetime) -> Refused:
    return Refused(
        why,
        slot_id=slot.slot_id,
        starts_at=instant_text(slot.starts_at),
        ends_at=instant_text(slot.ends_at),
        busy_seconds=slot.setup_seconds + slot.run_seconds,
        at=instant_text(at),
    )


def _clash(one: Booking, other: Booking) -> bool:
    """Whether two bookings want the same time. Options of one quote may: only one of them will be taken."""
    if one.ends <= other.starts or other.ends <= one.starts:
        return False
    alternatives = one.quote_id == other.quote_id and not set(one.option_ids) & set(other.option_ids)
    return not (alternatives and one.expires_us and other.expires_us)


def _confirm(command: ConfirmSlots, state: LineSlots) -> Sequence[SlotEvent]:
    """Refused with HOLD_LOST when a slot is gone, was moved, or its hold has expired, even if its time is free."""
    at_us = microseconds_of(command.at)
    known = {one.slot_id: one for one in state.bookings if one.quote_id == command.quote_id}
    for slot in command.slots:
        held = known.get(slot.slot_id)
        moved = held is None or (held.starts, held.ends) != (seconds_of(slot.starts_at), seconds_of(slot.ends_at))
        if held is None or moved or not held.stands(at_us) or command.option_id not in held.option_ids:
            raise Refused(Why.HOLD_LOST, slot_id=slot.slot_id)
    chosen = {slot.slot_id for slot in command.slots}
    firm = [
        msgspec.structs.replace(slot, expires_at=None, option_ids=[command.option_id])
        for slot in command.slots
        if known[slot.slot_id].expires_us
    ]
    others = [GivenUp(one.slot_id, one.order_id, False) for one in known.values() if _is_left(one, chosen, at_us)]
    events: list[SlotEvent] = []
    if others:
        events.append(
            SlotsReleased(
                **_line(command), slots=others, kept_until=None, reason="option-not-taken", released_at=command.at
            )
        )
    if firm:
        events.append(
            SlotsConfirmed(
                **_line(command),
                quote_id=command.quote_id,
                option_id=command.option_id,
                slots=firm,
                confirmed_at=command.at,
            )
        )
    return events


def _is_left(one: Booking, chosen: set[str], at_us: int) -> bool:
    return one.slot_id not in chosen and bool(one.expires_us) and one.stands(at_us)


def _release(command: ReleaseSlots, state: LineSlots) -> Sequence[SlotEvent]:
    wanted = set(command.slot_ids)
    end = None if command.kept_until is None else seconds_of(command.kept_until)
    at_us = microseconds_of(command.at)
    given_up = [
        GivenUp(one.slot_id, one.order_id, not one.expires_us)
        for one in state.bookings
        if one.slot_id in wanted and one.stands(at_us) and (end is None or end < one.ends)
    ]
    if not given_up:
        return []
    return [
        SlotsReleased(
            **_line(command),
            slots=given_up,
            kept_until=command.kept_until,
            reason=command.reason,
            released_at=command.at,
        )
    ]


def _narrow(command: NarrowOffer, state: LineSlots) -> Sequence[SlotEvent]:
    at_us = microseconds_of(command.at)
    standing = [one for one in state.bookings if one.stands(at_us)]
    for span in command.intervals:
        starts, ends = seconds_of(span.starts_at), seconds_of(span.ends_at)
        clash = next((one for one in standing if one.starts < ends and starts < one.ends), None)
        if clash is not None:
            start = instant_text(max(span.starts_at, instant_of(clash.starts)))
            raise Refused(Why.HOURS_TAKEN, start=start, works="-")
    if not command.intervals:
        return []
    return [OfferNarrowed(**_line(command), intervals=command.intervals, narrowed_at=command.at)]


def _line(command: OfLine) -> dict[str, str]:
    return {
        "line_id": command.line_id,
        "plant_id": command.plant_id,
        "factory_org_id": command.factory_org_id,
        "district": command.district,
    }


def evolve(state: LineSlots, event: SlotEvent) -> LineSlots:
    match event:
        case SlotsHeld():
            return with_bookings(remembered(state, event.held_at), map(booking_of, event.slots))
        case SlotsConfirmed():
            return with_bookings(remembered(state, event.confirmed_at), map(booking_of, event.slots))
        case SlotsReleased():
            return _without(remembered(state, event.released_at), event)
        case OfferNarrowed():
            return state
        case _:
            assert_never(event)


def _without(state: LineSlots, event: SlotsReleased) -> LineSlots:
    gone = {one.slot_id for one in event.slots}
    end = None if event.kept_until is None else seconds_of(event.kept_until)
    left: list[Booking] = []
    for one in state.bookings:
        if one.slot_id not in gone:
            left.append(one)
        elif end is not None and one.starts < end:
            left.append(msgspec.structs.replace(one, ends=min(one.ends, end)))
    return LineSlots(tuple(left), state.longest, state.age)


SLOTS: Decider[SlotCommand, LineSlots, SlotEvent] = Decider(initial=LineSlots(), decide=decide, evolve=evolve)
