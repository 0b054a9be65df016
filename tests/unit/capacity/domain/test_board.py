"""The board folds events of plants, lines and slots into what planning sees."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from services.capacity.domain import master_events as masters
from services.capacity.domain.board import Board, SavedBoard, offered_around
from services.capacity.domain.line_on_board import LineMaster
from services.capacity.domain.slots import GivenUp, OfferNarrowed, Slot, SlotsHeld, SlotsReleased
from services.capacity.domain.values import Capability, FoodContactProof, Licence, Price
from shared.contracts.planning import Interval

T0 = datetime(2027, 3, 1, tzinfo=UTC)
LINE = {"line_id": "lin_1", "plant_id": "plt_1", "factory_org_id": "org_f", "district": "421202"}
FILL = Capability("FILL_CAN", "can", ["330"], 36_000, 850_000, 50_000, 0, 1)
PRINT = Capability("CAN_PRINT", "can", ["330"], 96_000, 850_000, 204_225, 0, 1)


def _hours(first: float, last: float) -> Interval:
    return Interval(T0 + timedelta(hours=first), T0 + timedelta(hours=last))


def _slot(name: str, first: int, last: int) -> Slot:
    return Slot(
        slot_id=name,
        quote_id="quo_1",
        order_id="ord_1",
        buyer_org_id="org_b",
        process_id="pro_1",
        option_ids=["opt_1"],
        capability="FILL_CAN",
        format="330",
        features={"family": "tea"},
        quantity_gross=1,
        unit="can",
        setup_seconds=0,
        run_seconds=3_600 * (last - first),
        starts_at=T0 + timedelta(hours=first),
        ends_at=T0 + timedelta(hours=last),
        expires_at=T0 + timedelta(hours=1),
    )


def _board() -> Board:
    board = Board()
    events = [
        masters.PlantRegistered(
            plant_id="plt_1",
            factory_org_id="org_f",
            code="P10",
            name="香城",
            district="421202",
            demo=True,
            registered_at=T0,
        ),
        masters.LineRegistered(**LINE, plant_name="香城", code="L1", name="one", capabilities=[FILL], registered_at=T0),
        masters.CapacityPublished(**LINE, intervals=[_hours(0, 8), _hours(24, 32)], published_at=T0),
        masters.PricesSet(**LINE, prices=[Price("FILL_CAN", 1_000, 200_000, 0)], set_at=T0),
        masters.PlanningLimitsSet(**LINE, load_cap_hours_per_week=40, frozen_fence_hours=12, set_at=T0),
    ]
    for version, event in enumerate(events, 1):
        board.apply(event, version)
    return board


def test_a_registered_line_is_found_by_its_capability() -> None:
    board = _board()
    [line] = board.lines_with("FILL_CAN")
    assert (line.line_id, line.plant_name, line.prices["FILL_CAN"].setup_fen) == ("lin_1", "香城", 1_000)
    assert (line.master.load_cap_hours_per_week, line.master.frozen_fence_hours) == (40, 12)
    assert board.lines_with("CAN_PRINT") == []


def test_changed_capabilities_move_the_line_in_the_look_up() -> None:
    board = _board()
    board.apply(masters.CapabilitiesSet(**LINE, name="one", capabilities=[PRINT], registered_at=T0, set_at=T0), 6)
    assert board.lines_with("FILL_CAN") == []
    assert [one.line_id for one in board.lines_with("CAN_PRINT")] == ["lin_1"]
    assert board.capabilities() == ["CAN_PRINT"]


def test_withdrawn_hours_are_no_longer_offered() -> None:
    board = _board()
    board.apply(masters.CapacityWithdrawn(**LINE, intervals=[_hours(2, 4)], reason="power", withdrawn_at=T0), 7)
    line = board.line("lin_1")
    assert list(line.master.offered) == [_hours(0, 2), _hours(4, 8), _hours(24, 32)]
    assert line.hours.total == 14 * 3_600
    assert offered_around(line, T0 + timedelta(hours=1), T0 + timedelta(hours=5)) == [_hours(0, 2), _hours(4, 8)]


def test_slots_come_and_go_with_the_version_of_their_stream() -> None:
    board = _board()
    board.apply(SlotsHeld(**LINE, slots=[_slot("a", 1, 3), _slot("b", 4, 5)], held_at=T0), 1)
    line = board.line("lin_1")
    assert [one.slot_id for one in line.bookings] == ["a", "b"]
    assert board.slots_state("lin_1") == (line.slots, 1)
    assert line.first_ending_after(line.bookings[0].ends) == 1
    given_up = [GivenUp("a", "ord_1", was_firm=False)]
    board.apply(SlotsReleased(**LINE, slots=given_up, kept_until=None, reason="", released_at=T0), 2)
    assert [one.slot_id for one in board.line("lin_1").bookings] == ["b"]
    assert len(line.bookings) == 2, "a plan under way keeps what it began with"


def test_narrowed_offers_change_the_version_that_a_hold_is_checked_against() -> None:
    board = _board()
    slots, version = board.slots_state("lin_1")
    board.apply(OfferNarrowed(**LINE, intervals=[_hours(0, 1)], narrowed_at=T0), version + 1)
    assert board.slots_state("lin_1") == (slots, version + 1)


def test_licences_and_proofs_of_the_plant_reach_its_lines() -> None:
    board = _board()
    licence = Licence("SC10642120290019", ["0603"], date(2026, 1, 1), date(2030, 1, 1))
    proof = FoodContactProof("GB 4806.9", "C-1", date(2026, 1, 1), date(2028, 1, 1))
    plant = {"plant_id": "plt_1", "factory_org_id": "org_f"}
    board.apply(masters.LicenceRecorded(**plant, licence=licence, recorded_at=T0), 2)
    board.apply(masters.FoodContactProofRecorded(**plant, proof=proof, recorded_at=T0), 3)
    board.apply(
        masters.LicenceEnded(**plant, number=licence.number, ends_on=date(2027, 4, 1), reason="", ended_at=T0), 4
    )
    board.apply(
        masters.FoodContactProofEnded(**plant, certificate="C-1", ends_on=date(2027, 5, 1), reason="", ended_at=T0), 5
    )
    found = board.line("lin_1").plant
    assert [one.valid_until for one in found.licences] == [date(2027, 4, 1)]
    assert [one.valid_until for one in found.proofs] == [date(2027, 5, 1)]


def test_a_board_comes_back_from_what_was_saved() -> None:
    board = _board()
    board.apply(SlotsHeld(**LINE, slots=[_slot("a", 1, 3)], held_at=T0), 4)
    data = msgspec.json.encode(board.saved())
    again = Board.restored(msgspec.json.decode(data, type=SavedBoard))
    assert again.saved() == board.saved()
    assert again.line("lin_1").bookings == board.line("lin_1").bookings


def _of_one_rhythm(count: int) -> Board:
    board = Board()
    for number in range(count):
        board.upsert_line(
            LineMaster(
                line_id=f"lin_{number}",
                plant_id="plt_1",
                factory_org_id="org_f",
                plant_name="plant",
                district="421202",
                offered=tuple(_hours(24 * day, 24 * day + 8 + number % 2) for day in range(5)),
            )
        )
    return board


def test_lines_of_one_rhythm_share_their_hours_before_and_after_a_restart() -> None:
    """Hours are most of what a board holds: 475 of 504 MB at 10,000 lines that each had their own."""
    board = _of_one_rhythm(6)
    saved = msgspec.json.decode(msgspec.json.encode(board.saved()), type=SavedBoard)
    assert len(saved.calendars) == 2
    for one in (board, Board.restored(saved)):
        assert len({id(line.master.offered) for line in one.lines()}) == 2
        assert one.line("lin_2").hours is one.line("lin_4").hours
        assert one.line("lin_2").master.offered != one.line("lin_3").master.offered


def test_a_what_if_leaves_the_board_alone() -> None:
    board = _board()
    line = board.line("lin_1")
    supposed = board.with_lines([line.plus([])])
    assert supposed.line("lin_1") is not line
    assert board.line("lin_1") is line
