"""Roads in whole seconds agree with the transport rules they come from, both ways."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.capacity.domain.hours import instant_of, seconds_of
from services.capacity.domain.matching.transport import roads
from shared.reference.places import districts, transport
from tests.support.planning_world import RULES, T0

ROADS = roads(RULES)
PLACES = st.sampled_from(sorted(districts()))
MOMENTS = st.integers(0, 7 * 86_400).map(lambda seconds: seconds_of(T0) + seconds)


@given(MOMENTS, PLACES, PLACES)
def test_a_trip_is_what_the_network_says(ready: int, origin: str, destination: str) -> None:
    trip = ROADS.trip(origin, destination, ready, 1, "can")
    assert trip is not None
    departs = transport().departure(instant_of(ready))
    assert instant_of(trip.departs) == departs
    assert instant_of(trip.arrives) == departs + transport().duration(origin, destination)
    assert trip.price_fen == transport().price_fen(origin, destination)


@given(MOMENTS, PLACES, PLACES)
def test_readiness_for_an_arrival_is_the_earliest_that_is_not_too_early(
    arrives: int, origin: str, destination: str
) -> None:
    ready = ROADS.ready_to_arrive(origin, destination, arrives)
    assert ready is not None
    on_time, before = (ROADS.trip(origin, destination, at, 1, "can") for at in (ready, ready - 1))
    assert on_time is not None
    assert before is not None
    assert on_time.arrives >= arrives > before.arrives


@given(MOMENTS, PLACES, PLACES)
def test_the_latest_departure_still_arrives_in_time(arrives: int, origin: str, destination: str) -> None:
    departs = ROADS.departure_to_arrive_by(origin, destination, arrives)
    assert departs is not None
    assert ROADS.departure(departs) == departs
    seconds = int(transport().duration(origin, destination) / timedelta(seconds=1))
    assert departs + seconds <= arrives
    later = ROADS.departure(departs + 1)
    assert later + seconds > arrives or later == departs


def test_a_full_lorry_more_costs_a_lorry_more() -> None:
    one, two = (ROADS.trip("421202", "420100", seconds_of(T0), count, "can") for count in (204_225, 204_226))
    assert one is not None
    assert two is not None
    assert two.price_fen == 2 * one.price_fen


def test_an_unknown_place_is_out_of_reach() -> None:
    assert ROADS.trip("421202", "999999", seconds_of(T0), 1, "can") is None


def test_a_lorry_goes_from_every_county_with_plants_to_every_prefecture() -> None:
    found = roads(RULES)
    plants = [one.code for one in districts().values() if one.county_digits]
    for origin in plants:
        for place in districts():
            assert found.trip(origin, place, 0, 10_000, "can") is not None, (origin, place)
