"""Goods can be brought to every prefecture of Hubei; what is reckoned instead of measured is told as approximate."""

from hypothesis import given
from hypothesis import strategies as st

from shared.reference.places import districts, transport

CODES = st.sampled_from(sorted(districts()))
MEASURED = ["421202", "421271", "421281", "421221", "421222", "421223", "421224", "420100"]


def test_all_seventeen_places_of_the_province_are_there() -> None:
    prefectures = [one for one in districts().values() if one.is_prefecture]
    assert len(prefectures) == 17
    assert len({one.zh for one in districts().values()}) == len(districts())


@given(CODES, CODES, CODES)
def test_every_road_is_known_and_none_is_longer_than_twice_another_way(one: str, other: str, third: str) -> None:
    road = transport()
    assert 5 <= road.distance_km(one, other) == road.distance_km(other, one) <= 800
    assert road.distance_km(one, other) <= 2 * (road.distance_km(one, third) + road.distance_km(third, other))


def test_the_measured_table_stands_and_the_rest_is_told_as_reckoned() -> None:
    road = transport()
    assert road.distance_km("421202", "420100") == 90
    assert all((one, other) not in road.approximate for one in MEASURED for other in MEASURED)
    assert ("421202", "422800") in road.approximate
    assert 500 <= road.distance_km("421202", "422800") <= 700, "Enshi is some 600 km away by motorway"
    assert 80 <= road.distance_km("421202", "420200") <= 130
