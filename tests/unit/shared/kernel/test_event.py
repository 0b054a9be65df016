"""The registry of event types: stored names, round trips, upcasting of older versions, unknown names refused."""

import pytest

from shared.kernel.event import Event, EventTypes


class SlotReserved(Event):
    line_id: str
    minutes: int


class Unregistered(Event):
    pass


def _upcast_v1(fields: dict[str, object]) -> dict[str, object]:
    return {"line_id": fields["machine"], "minutes": fields["hours"] * 60}  # type: ignore[operator] # dict of a stored version


TYPES = EventTypes({"slot-reserved.v2": SlotReserved}, {"slot-reserved.v1": ("slot-reserved.v2", _upcast_v1)})


def test_an_event_round_trips_under_its_stored_name() -> None:
    event = SlotReserved(line_id="lin_1", minutes=30)
    assert TYPES.decode(TYPES.name_of(event), TYPES.encode(event)) == event


def test_an_older_version_is_upcast() -> None:
    assert TYPES.decode("slot-reserved.v1", b'{"machine":"lin_1","hours":2}') == SlotReserved(
        line_id="lin_1", minutes=120
    )


def test_unknown_names_and_classes_are_refused() -> None:
    with pytest.raises(LookupError, match=r"slot-lost\.v1"):
        TYPES.decode("slot-lost.v1", b"{}")
    with pytest.raises(LookupError, match="Unregistered"):
        TYPES.name_of(Unregistered())


def test_a_class_registered_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        EventTypes({"a.v1": SlotReserved, "b.v1": SlotReserved})
