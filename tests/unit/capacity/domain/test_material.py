"""What comes in for a work order: a lot found bad at its maker is not eaten here, one released again is."""

import pytest

from services.capacity.domain.refusals import Why
from services.capacity.domain.work import WORK
from services.capacity.domain.work_commands import (
    BlockMaterial,
    ClearMaterial,
    CorrectReport,
    ReceiveMaterial,
)
from services.capacity.domain.work_events import MaterialBlocked, ProductionReported, ReportCorrected
from services.capacity.domain.work_state import Running
from shared.contracts.line_time import LotMove
from shared.kernel.refusal import Refused
from tests.support.work_histories import ACCEPT, LIMITS, RECEIVE, RUNNING, SET_UP, START, WITHDRAW, after, at, report

BAD = BlockMaterial("lot_sheets", "odour in the retained sample", at(9))
GOOD_AFTER_ALL = ClearMaterial("lot_sheets", at(10.6))


def test_a_blocked_lot_is_left_where_it_lies_and_the_next_oldest_is_eaten() -> None:
    older = ReceiveMaterial("coat", "wrk_0", [LotMove("lot_old", "coat", 950, "sheet")], at(7))
    state = after(ACCEPT, older, RECEIVE, BlockMaterial("lot_old", "odour", at(9)), START, SET_UP)
    (reported,) = WORK.decide(report(480, 20), state)
    assert isinstance(reported, ProductionReported)
    assert [(lot.lot_id, lot.quantity) for lot in reported.lots_in] == [("lot_sheets", 500)]


def test_the_refusal_names_the_lot_and_why_it_may_not_be_used() -> None:
    with pytest.raises(Refused) as caught:
        WORK.decide(report(), after(*RUNNING, BAD))
    assert caught.value.why is Why.LOT_BLOCKED
    detail = caught.value.why.words.detail("en", caught.value.facts)
    assert "lot_sheets" in detail
    assert "odour in the retained sample" in detail


def test_material_that_would_not_be_enough_unblocked_is_short_not_blocked() -> None:
    with pytest.raises(Refused) as caught:
        WORK.decide(report(1_030, 10), after(*RUNNING, BAD))
    assert caught.value.why is Why.MATERIAL_SHORT


def test_a_lot_released_again_is_eaten() -> None:
    (reported,) = WORK.decide(report(), after(*RUNNING, BAD, GOOD_AFTER_ALL))
    assert isinstance(reported, ProductionReported)


def test_a_lot_that_did_not_come_here_or_is_blocked_already_says_nothing() -> None:
    assert WORK.decide(BlockMaterial("lot_9", "odour", at(9)), after(*RUNNING)) == []
    assert WORK.decide(BAD, after(*RUNNING, BAD)) == []
    assert WORK.decide(GOOD_AFTER_ALL, after(*RUNNING)) == []
    assert WORK.decide(BAD, after(ACCEPT, WITHDRAW)) == []
    (told,) = WORK.decide(BAD, after(*RUNNING))
    assert isinstance(told, MaterialBlocked)


def test_a_correction_may_say_again_what_was_eaten_before_the_lot_was_blocked_and_no_more() -> None:
    state = after(*RUNNING, report(500, 20), BAD)
    less = CorrectReport("cor_1", "rpt_1", 480, 20, 0, None, "miscounted", "usr_1", LIMITS, at(12))
    (corrected,) = WORK.decide(less, state)
    assert isinstance(corrected, ReportCorrected)
    assert [(lot.lot_id, lot.quantity) for lot in corrected.lots_in] == [("lot_sheets", 500)]
    more = CorrectReport("cor_1", "rpt_1", 501, 20, 0, None, "miscounted", "usr_1", LIMITS, at(12))
    with pytest.raises(Refused):
        WORK.decide(more, state)
    after_it = WORK.fold([corrected], state)
    assert isinstance(after_it, Running)
    assert (after_it.stock["lot_sheets"].left, after_it.stock["lot_sheets"].usable) == (500, 0)
