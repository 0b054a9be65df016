"""Cold goods travel cold, the last leg to the buyer included, or the cold chain is named as what is missing."""

import msgspec
import pytest

from services.capacity.domain.board import Board
from services.capacity.domain.matching.match import match
from services.capacity.domain.matching.problem import Demand, Matched, Unmatched
from shared.contracts.planning import RecipeInput
from shared.contracts.reason_words import reason_detail
from shared.contracts.reasons import ReasonCode
from tests.support.planning_world import (
    CHIBI,
    RULES,
    T0,
    WUHAN,
    board,
    capability,
    demand,
    demand_line,
    line,
    matched,
    step,
    unmatched,
    variant,
)

TONGCHENG = "421222"


def cold(band: str, deliver_to: str = WUHAN, quantity: int = 1_000) -> Demand:
    goods = msgspec.structs.replace(demand_line(quantity, variant(step())), cold_band=band)
    return demand(0, lines=[goods], deliver_to=deliver_to)


@pytest.mark.parametrize("band", RULES.cold_lanes.bands)
def test_the_last_trip_of_cold_goods_is_cold(band: str) -> None:
    [option] = matched(cold(band), board(line("l1", "p1"))).options
    assert [one.cold_band for one in option.trips] == [band]


def test_every_part_of_a_split_line_travels_cold() -> None:
    split = board(*(line(f"l{i}", f"p{i}", capability(batch_max=600)) for i in range(2)))
    for option in matched(cold("2-8", quantity=1_000), split).options:
        assert len(option.trips) > 1
        assert {one.cold_band for one in option.trips} == {"2-8"}


def test_goods_that_need_no_cold_have_a_plain_last_trip() -> None:
    [option] = matched(cold(""), board(line("l1", "p1"))).options
    assert [one.cold_band for one in option.trips] == [""]


def answered(asked: Demand, world: Board, km_max: int) -> Matched | Unmatched:
    """With reefers that go so far."""
    lanes = msgspec.structs.replace(RULES.cold_lanes, km_max=km_max)
    return match(asked, world, T0, msgspec.structs.replace(RULES, cold_lanes=lanes), quote_id="quo_1")


def test_where_no_reefer_goes_the_cold_chain_is_the_reason() -> None:
    """Wuhan is 200 km from Tongcheng: any lorry goes there, a reefer that goes 150 km does not."""
    far = board(line("l1", "p1", district=TONGCHENG))
    assert isinstance(answered(cold(""), far, 150), Matched)
    assert isinstance(answered(cold("2-8"), far, 200), Matched)
    answer = answered(cold("2-8"), far, 150)
    assert isinstance(answer, Unmatched)
    [reason] = answer.reasons
    assert reason.code is ReasonCode.COLD_CHAIN_NO_SLOT
    assert reason.facts == {"cold_band": "2-8", "km_max": "150"}
    assert reason_detail(reason, "en") == "It must travel at 2-8 °C; reefers go 150 km one way at most."
    assert "150" in reason_detail(reason, "zh")


def test_a_band_that_no_reefer_keeps_is_the_reason() -> None:
    [reason] = unmatched(cold("-18--15"), board(line("l1", "p1"))).reasons
    assert (reason.code, reason.facts["cold_band"]) == (ReasonCode.COLD_CHAIN_NO_SLOT, "-18--15")


def test_a_nearer_plant_with_a_cold_lane_is_taken_though_it_is_dearer() -> None:
    two = board(line("far", "p1", district=TONGCHENG), line("near", "p2", district=CHIBI, fen_per_thousand=90_000))
    answer = answered(cold("2-8"), two, 150)
    assert isinstance(answer, Matched)
    assert {one.steps[0].line_id for one in answer.options} == {"near"}


def test_between_plants_cold_inputs_need_a_cold_lane_as_well() -> None:
    recipe = variant(step("fill", "FILL"), step("store", "STORE", RecipeInput(step="fill", cold_band="50-60")))
    apart = board(line("l1", "p1", capability("FILL")), line("l2", "p2", capability("STORE"), district=CHIBI))
    assert unmatched(demand(1_000, recipe), apart).reasons[0].code is ReasonCode.COLD_CHAIN_NO_SLOT
    together = board(line("l1", "p1", capability("FILL")), line("l2", "p1", capability("STORE")))
    matched(demand(1_000, recipe), together)
