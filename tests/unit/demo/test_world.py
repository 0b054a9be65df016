"""The fictional world is whole: 13 plants of the programme, five buyers, one office, sound credit codes."""

from services.demo.world import organisations
from services.portal.domain.credit_code import is_credit_code
from shared.reference.places import districts


def test_the_world_has_the_programmes_plants_in_their_order() -> None:
    factories = [one.code for one in organisations().values() if one.kind == "factory"]
    assert factories == [f"P{number:02}" for number in range(1, 14)]
    assert sum(one.kind == "buyer" for one in organisations().values()) == 5
    assert next(iter(organisations())) == "OFFICE"


def test_credit_codes_are_sound_and_nobody_shares_one() -> None:
    codes = [one.credit_code for one in organisations().values()]
    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not is_credit_code(code)] == []


def test_everybody_is_somewhere_on_the_map_and_says_to_be_fictional() -> None:
    for one in organisations().values():
        assert one.district in districts()
        assert one.name.endswith("（演示）")


def test_three_people_may_sign_in_one_of_each_kind() -> None:
    people = [one for one in organisations().values() if one.login]
    assert sorted(one.kind for one in people) == ["buyer", "factory", "office"]
