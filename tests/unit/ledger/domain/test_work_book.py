"""The units of a work order: reversed exactly, posted anew, and never more inspected or delivered than made."""

from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ledger.domain.accounts import UnitAccount
from services.ledger.domain.line_book import LineBook, LineRegister
from services.ledger.domain.timeline import Timeline
from services.ledger.domain.work_book import Batch, UnitPosting, WorkBook, WorkRegister, stand_of
from shared.contracts import line_time as facts
from shared.contracts.envelope import Fact
from tests.support.line_histories import START, WHO

G, S, R = UnitAccount.GOOD, UnitAccount.SCRAP, UnitAccount.REWORK
RELEASED, BLOCKED, DELIVERED, WIP = (
    UnitAccount.RELEASED,
    UnitAccount.BLOCKED,
    UnitAccount.DELIVERED,
    UnitAccount.WIP,
)


def report(report_id: str, good: int, scrap: int = 0, rework: int = 0, hours: int = 0) -> facts.ProductionReported:
    at = START + timedelta(hours=hours)
    return facts.ProductionReported(
        **WHO,
        report_id=report_id,
        work_id="wrk_1",
        order_id="ord_1",
        client_org_id="org_a",
        capability="CAN_BODY",
        unit="can",
        good=good,
        scrap=scrap,
        rework=rework,
        lots_in=[],
        lots_out=[facts.LotMove(f"lot_{report_id}", "can", good, "can")],
        from_at=at,
        to_at=at + timedelta(hours=1),
        reported_at=at + timedelta(hours=1),
    )


def corrected(report_id: str, good: int, scrap: int, rework: int = 0) -> facts.ReportCorrected:
    return facts.ReportCorrected(
        **WHO,
        correction_id="cor_1",
        report_id=report_id,
        work_id="wrk_1",
        good=good,
        scrap=scrap,
        rework=rework,
        grounds="counted twice",
        corrected_by="usr_1",
        corrected_at=START,
        lots_out=[],
    )


def inspected(number: int, lot: str, verdict: Any, quantity: int) -> facts.InspectionDispositioned:
    return facts.InspectionDispositioned(
        **WHO,
        inspection_lot_id=f"ins_{number}",
        work_id="wrk_1",
        lot_id=lot,
        disposition=verdict,
        quantity=quantity,
        unit="can",
        dispositioned_at=START,
    )


class Work:
    """A work order's book with balances kept from nothing but its postings."""

    def __init__(self) -> None:
        self.register = WorkRegister()
        self.line = LineBook(LineRegister(ideal_rates={"CAN_BODY": 96_000}), Timeline(lambda *_: {}))
        self.balances: Counter[tuple[Batch, UnitAccount]] = Counter()

    def post(self, fact: Fact) -> list[UnitPosting]:
        book = WorkBook(msgspec.json.decode(msgspec.json.encode(self.register), type=WorkRegister))
        return self._keep(book, book.apply(fact, self.line))

    def deliver(self, delivery_id: str, quantity: int) -> list[UnitPosting]:
        book = WorkBook(self.register)
        return self._keep(book, book.confirm_delivery(delivery_id, quantity))

    def _keep(self, book: WorkBook, postings: list[UnitPosting]) -> list[UnitPosting]:
        self.register = book.register
        for one in postings:
            assert one.quantity > 0
            self.balances[one.batch, one.from_account] -= one.quantity
            self.balances[one.batch, one.to_account] += one.quantity
        return postings

    def by_account(self) -> dict[UnitAccount, int]:
        found: Counter[UnitAccount] = Counter()
        for (_, account), units in self.balances.items():
            found[account] += units
        return {account: units for account, units in found.items() if units and account is not WIP}


def test_a_correction_reverses_its_report_exactly_and_posts_anew() -> None:
    work = Work()
    first = work.post(report("r1", 100, 5))
    postings = work.post(corrected("r1", 90, 15))
    reversal, anew = postings[: len(first)], postings[len(first) :]
    assert sorted((one.to_account, one.from_account, one.quantity) for one in reversal) == sorted(
        (one.from_account, one.to_account, one.quantity) for one in first
    )
    assert {(one.from_account, one.to_account, one.quantity) for one in anew} == {(WIP, G, 90), (WIP, S, 15)}
    assert work.by_account() == {G: 90, S: 15}


def test_good_counts_only_once_released_and_delivered_only_once_confirmed() -> None:
    work = Work()
    work.post(report("r1", 100))
    work.post(report("r2", 50, hours=1))
    work.post(inspected(1, "lot_r1", "released", 100))
    work.post(inspected(2, "lot_r2", "blocked", 50))
    assert work.by_account() == {RELEASED: 100, BLOCKED: 50}
    work.deliver("dlv_1", 60)
    assert work.by_account() == {RELEASED: 40, BLOCKED: 50, DELIVERED: 60}


def test_what_the_receiver_confirms_counts_as_delivered_though_nobody_inspected_it() -> None:
    work = Work()
    work.post(report("r1", 100))
    work.deliver("dlv_1", 120)
    assert work.by_account() == {DELIVERED: 100}


def test_a_second_verdict_turns_the_first_one_round() -> None:
    work = Work()
    work.post(report("r1", 100))
    work.post(inspected(1, "lot_r1", "blocked", 100))
    work.post(inspected(2, "lot_r1", "released", 80))
    assert work.by_account() == {RELEASED: 80, BLOCKED: 20}


def test_the_last_verdict_of_an_inspection_holds_however_often_it_turned() -> None:
    work = Work()
    work.post(report("r1", 100))
    for verdict, account in (("released", RELEASED), ("blocked", BLOCKED), ("released", RELEASED)):
        work.post(inspected(1, "lot_r1", verdict, 100))
        assert work.by_account() == {account: 100}


def test_confirmed_goods_that_are_found_bad_are_good_no_more_until_they_are_released_again() -> None:
    work = Work()
    work.post(report("r1", 100))
    work.post(inspected(1, "lot_r1", "released", 100))
    work.deliver("dlv_1", 90)
    work.post(inspected(1, "lot_r1", "blocked", 100))
    assert work.by_account() == {BLOCKED: 100}
    work.post(inspected(1, "lot_r1", "released", 100))
    assert work.by_account() == {RELEASED: 10, DELIVERED: 90}


def test_a_corrected_lot_that_was_released_is_released_in_its_new_quantity() -> None:
    work = Work()
    work.post(report("r1", 100))
    work.post(inspected(1, "lot_r1", "released", 100))
    for good in (120, 80):
        lots = [facts.LotMove("lot_r1", "can", good, "can")]
        work.post(msgspec.structs.replace(corrected("r1", good, 0), lots_out=lots))
        work.post(inspected(1, "lot_r1", "released", good))
        assert work.by_account() == {RELEASED: good}


def test_an_inspection_that_arrives_before_its_report_waits_for_it() -> None:
    work = Work()
    assert work.post(inspected(1, "lot_r1", "released", 100)) == []
    work.post(report("r1", 100))
    assert work.by_account() == {RELEASED: 100}


def test_a_report_seen_twice_counts_once_and_an_unknown_correction_counts_nothing() -> None:
    work = Work()
    work.post(report("r1", 100))
    assert work.post(report("r1", 100)) == []
    assert work.post(corrected("r9", 1, 1)) == []


def test_the_registered_rate_of_the_time_stays_with_the_batch() -> None:
    work = Work()
    work.post(report("r1", 100))
    work.line.register.ideal_rates["CAN_BODY"] = 120_000
    work.post(report("r2", 100, hours=1))
    assert {batch.ideal_rate for batch, _ in work.balances} == {96_000, 120_000}


_steps = st.one_of(
    st.tuples(st.just("report"), st.sampled_from(["r1", "r2", "r3"]), st.integers(0, 50), st.integers(0, 9)),
    st.tuples(st.just("correct"), st.sampled_from(["r1", "r2", "r3"]), st.integers(0, 50), st.integers(0, 9)),
    st.tuples(st.just("release"), st.sampled_from(["r1", "r2", "r3"]), st.integers(1, 60), st.integers(0, 9)),
    st.tuples(st.just("block"), st.sampled_from(["r1", "r2", "r3"]), st.integers(1, 60), st.integers(0, 9)),
    st.tuples(st.just("deliver"), st.sampled_from(["d1", "d2"]), st.integers(0, 80), st.just(0)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_steps, max_size=20))
def test_units_are_made_once_and_no_account_is_ever_negative(steps: list[tuple[str, str, int, int]]) -> None:
    work, made = Work(), dict[str, int]()
    for inspections, (step, name, units, other) in enumerate(steps):
        if step == "report":
            work.post(report(name, units, other))
            made.setdefault(name, units + other)
        elif step == "correct":
            work.post(corrected(name, units, other))
            made |= {name: units + other} if name in made else {}
        elif step == "deliver":
            work.deliver(name, units)
        else:
            work.post(inspected(inspections, f"lot_{name}", "released" if step == "release" else "blocked", units))
        own = work.by_account()
        assert min(own.values(), default=0) >= 0
        assert sum(own.values()) == sum(made.values())
        stand = {key: one for key, one in work.balances.items() if key[1] is not WIP and one}
        assert stand == stand_of(work.register)
