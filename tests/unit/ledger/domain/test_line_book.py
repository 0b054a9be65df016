"""The book of a line against a sheet that shares no code with it, and against itself after every single fact."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import orjson
from hypothesis import given, settings

from services.ledger.domain.accounts import BUSY, Account
from services.ledger.domain.cells import label_of
from services.ledger.domain.line_book import LineBook, LineRegister
from services.ledger.domain.production_days import day_start, day_text, local_day, second_of, shift_pieces
from services.ledger.domain.timeline import Day, Timeline
from shared.contracts import line_time as facts
from shared.contracts.envelope import Fact
from shared.contracts.planning import Interval
from shared.contracts.registry import FACTS
from tests.support import line_histories as line
from tests.support.utilization_recomputed import Row, line_day_clients, utilization

Balances = Counter[tuple[int, Account, str]]


def _between(days: dict[int, Day], first: int, last: int) -> dict[int, Day]:
    return {number: day for number, day in days.items() if first <= number <= last}


class Books:
    """A line's book with its balances, kept from nothing but the postings."""

    def __init__(self) -> None:
        self.days: dict[int, Day] = {}
        self.register = LineRegister()
        self.balances: Balances = Counter()

    def post(self, fact: Fact) -> None:
        """Each fact meets a book freshly read from storage, as in the projection."""
        timeline = Timeline(lambda first, last: _between(self.days, first, last))
        register = msgspec.json.decode(msgspec.json.encode(self.register), type=LineRegister)
        book = LineBook(register, timeline)
        for day, source, source_client, target, target_client, seconds in book.apply(fact):
            assert seconds > 0
            assert (source, source_client) != (target, target_client)
            self.balances[day, source, source_client] -= seconds
            self.balances[day, target, target_client] += seconds
        self.register = book.register
        for number in timeline.changed:
            self.days[number] = timeline.day(number)

    def labelled(self) -> Balances:
        """What the intervals say, counted anew."""
        found: Balances = Counter()
        for number, day in self.days.items():
            ends = [start for start, _ in day[1:]] + [day_start(number + 1)]
            assert day[0][0] == day_start(number)
            for (start, cell), end in zip(day, ends, strict=True):
                assert start < end
                found[label_of(cell, number)] += end - start
        return found

    def sheet(self) -> dict[tuple[str, str], int]:
        found: Counter[tuple[str, str]] = Counter()
        for (day, account, _), seconds in self.balances.items():
            if account is not Account.CALENDAR:
                found[day_text(day), account.value] += seconds
        return {key: seconds for key, seconds in found.items() if seconds}


def raw(history: Sequence[Fact]) -> list[Row]:
    return [{"type": FACTS.name_of(fact), "data": orjson.loads(FACTS.encode(fact))} for fact in history]


@settings(max_examples=150, deadline=None)
@given(line.histories())
def test_every_account_equals_the_sheet_computed_from_raw_facts(history: list[Fact]) -> None:
    books = Books()
    for fact in history:
        books.post(fact)
    by_client = {
        (day_text(day), account.value, client): seconds
        for (day, account, client), seconds in books.balances.items()
        if seconds and account is not Account.CALENDAR
    }
    assert by_client == line_day_clients(raw(history), "lin_1")


@settings(max_examples=60, deadline=None)
@given(line.histories())
def test_the_books_balance_after_every_fact(history: list[Fact]) -> None:
    books = Books()
    for fact in history:
        books.post(fact)
        assert sum(books.balances.values()) == 0
        own = {key: seconds for key, seconds in books.balances.items() if key[1] is not Account.CALENDAR and seconds}
        assert min(own.values(), default=0) >= 0
        intervals = books.labelled()
        assert {key: one for key, one in intervals.items() if key[1] is not Account.CALENDAR} == own
        assert sum(intervals.values()) == 86_400 * len(books.days)
        offered = Counter[str]()
        for day in books.days.items():
            offered.update(_offered_seconds(*day))
        used = {one: sum(seconds for key, seconds in own.items() if key[1] is one) for one in Account}
        idle = used[Account.AVAILABLE] + used[Account.COMMITTED] + used[Account.NO_SHOW]
        busy = sum(used[one] for one in BUSY)
        assert offered["published"] == busy + used[Account.UNATTAINABLE] + idle
        assert offered["withdrawn"] == used[Account.WITHDRAWN]


def _offered_seconds(number: int, day: Day) -> Counter[str]:
    found: Counter[str] = Counter()
    ends = [start for start, _ in day[1:]] + [day_start(number + 1)]
    for (start, cell), end in zip(day, ends, strict=True):
        if cell.calendar == "open" and (cell.offer == "published" or not cell.work):
            found[cell.offer] += end - start
    return found


def a_day_of_work() -> list[Fact]:
    """18:00 to 02:00 local, offered; a slot 19:00-23:00; set-up, a run that stops for half an hour, done at 22:00."""
    hours = [facts.OperationInterval(line.at(0), line.at(8 * 3600))]
    slot = {"work_id": "wrk_1", "slot_id": "slt_1"}
    who = {**line.WHO, **slot, "order_id": "ord_1", "client_org_id": "org_a"}
    return [
        facts.CalendarDeclared(
            **line.WHO,
            period_from=line.START - timedelta(hours=18),
            period_to=line.at(12 * 3600),
            operation=hours,
            planned_downtime=[facts.PlannedDowntime(line.at(0), line.at(1800), "CIP")],
            declared_at=line.START - timedelta(days=2),
        ),
        facts.CapacityPublished(
            **line.WHO, intervals=[Interval(line.at(1800), line.at(8 * 3600))], published_at=line.at(0)
        ),
        facts.SlotBooked(
            **line.WHO,
            slot_id="slt_1",
            order_id="ord_1",
            process_id="pro_1",
            client_org_id="org_a",
            starts_at=line.at(3600),
            ends_at=line.at(5 * 3600),
            booked_at=line.at(0),
        ),
        facts.SetupStarted(**who, at=line.at(3600)),
        facts.SetupFinished(**line.WHO, **slot, at=line.at(2 * 3600)),
        facts.RunStarted(**who, capability="CAN_BODY", at=line.at(2 * 3600)),
        facts.StoppageOpened(
            **line.WHO, stoppage_id="stp_1", work_id="wrk_1", family="held", reason="tooling", at=line.at(9000)
        ),
        facts.StoppageClosed(**line.WHO, stoppage_id="stp_1", at=line.at(10800)),
        facts.RunFinished(**line.WHO, **slot, at=line.at(4 * 3600)),
    ]


def test_a_day_of_work_stands_where_a_person_would_put_it() -> None:
    books = Books()
    for fact in a_day_of_work():
        books.post(fact)
    assert books.sheet() == {
        ("2026-12-01", "closed"): 18 * 3600,
        ("2026-12-02", "closed"): 4 * 3600,
        ("2026-12-01", "planned_downtime"): 1800,
        ("2026-12-01", "aust"): 3600,
        ("2026-12-01", "apt"): 5400,
        ("2026-12-01", "adet"): 1800,
        ("2026-12-01", "available"): 27000 - 3 * 3600,
    }
    assert utilization(raw(a_day_of_work()), "lin_1", "2026-12-01", "2026-12-31") == (3 * 3600, 27000)


def test_a_night_shift_belongs_to_its_start_day_and_continuous_operation_to_each_date() -> None:
    start = second_of(line.START)  # 18:00 local
    assert shift_pieces(start, start + 12 * 3600) == [(start, start + 12 * 3600, local_day(start))]
    assert len(shift_pieces(start, start + 24 * 3600)) == 1
    assert len(shift_pieces(start, start + 24 * 3600 + 1)) == 2
    pieces = shift_pieces(start, start + 48 * 3600)
    assert [(day_text(day), (end - begin) // 3600) for begin, end, day in pieces] == [
        ("2026-12-01", 6),
        ("2026-12-02", 24),
        ("2026-12-03", 18),
    ]


def test_a_shift_counts_on_the_day_it_names_whatever_touches_it() -> None:
    """Two shifts of twelve hours meet at eight: without a day they would be one span, cut at midnight."""
    first = facts.OperationInterval(line.at(2 * 3600), line.at(14 * 3600), date(2026, 12, 1))
    second = facts.OperationInterval(line.at(14 * 3600), line.at(26 * 3600), date(2026, 12, 2))
    calendar = msgspec.structs.replace(
        a_day_of_work()[0], operation=[first, second], planned_downtime=[], period_to=line.at(30 * 3600)
    )
    books = Books()
    books.post(calendar)
    assert books.sheet()["2026-12-01", "planned"] == 12 * 3600
    assert books.sheet()["2026-12-02", "planned"] == 12 * 3600


def test_what_has_begun_is_frozen_and_the_future_may_be_redeclared() -> None:
    calendar = a_day_of_work()[0]
    assert isinstance(calendar, facts.CalendarDeclared)
    books = Books()
    books.post(calendar)
    books.post(msgspec.structs.replace(calendar, operation=[], planned_downtime=[], declared_at=line.at(2 * 3600)))
    assert books.sheet()["2026-12-01", "planned"] == 5400
    assert books.sheet()["2026-12-01", "planned_downtime"] == 1800


def test_work_outside_offered_hours_is_shown_apart_and_never_clipped() -> None:
    books = Books()
    for fact in a_day_of_work()[:2]:
        books.post(fact)
    who = {**line.WHO, "work_id": "wrk_9", "slot_id": "", "order_id": "ord_1", "client_org_id": "org_a"}
    books.post(facts.RunStarted(**who, capability="CAN_BODY", at=line.at(7 * 3600)))
    books.post(facts.RunFinished(**line.WHO, work_id="wrk_9", slot_id="", at=line.at(10 * 3600)))
    sheet = books.sheet()
    assert sheet["2026-12-01", "apt"] == 3600
    assert sheet["2026-12-02", "overrun_closed_apt"] == 2 * 3600


def test_a_run_that_pauses_by_plan_in_declared_closed_hours_is_no_overrun() -> None:
    books = Books()
    for fact in a_day_of_work()[:2]:
        books.post(fact)
    who = {**line.WHO, "work_id": "wrk_9", "slot_id": "", "order_id": "ord_1", "client_org_id": "org_a"}
    pause = {**line.WHO, "stoppage_id": "stp_9"}
    books.post(facts.RunStarted(**who, capability="CAN_BODY", at=line.at(7 * 3600)))
    books.post(facts.StoppageOpened(**pause, work_id="wrk_9", family="planned", reason="break", at=line.at(8 * 3600)))
    books.post(facts.StoppageClosed(**pause, at=line.at(9 * 3600)))
    books.post(facts.RunFinished(**line.WHO, work_id="wrk_9", slot_id="", at=line.at(10 * 3600)))
    sheet = books.sheet()
    assert sheet["2026-12-01", "apt"] == 3600
    assert sheet["2026-12-02", "overrun_closed_apt"] == 3600


def test_the_first_stop_that_claims_a_second_keeps_it() -> None:
    books = Books()
    for fact in a_day_of_work()[:2]:
        books.post(fact)
    for number, family, begins, ends in ((1, "no_order", 2, 4), (2, "held", 3, 5)):
        stop = {**line.WHO, "stoppage_id": f"stp_{number}"}
        books.post(
            facts.StoppageOpened(**stop, work_id="", family=family, reason="x", at=line.at(begins * 3600))  # type: ignore[arg-type] # one of the families
        )
        books.post(facts.StoppageClosed(**stop, at=line.at(ends * 3600)))
    assert books.sheet()["2026-12-01", "unattainable"] == 3600


def test_of_a_missed_slot_the_time_that_passed_is_told_and_the_rest_is_free_again() -> None:
    books = Books()
    for fact in a_day_of_work()[:3]:  # a slot from the first to the fifth hour
        books.post(fact)
    gone = facts.SlotReleased(
        **line.WHO, slot_id="slt_1", order_id="ord_1", reason="no-show", released_at=line.at(3 * 3600)
    )
    books.post(gone)
    sheet = books.sheet()
    assert sheet["2026-12-01", "no_show"] == 2 * 3600
    assert ("2026-12-01", "committed") not in sheet
    assert sheet["2026-12-01", "available"] == 27000 - 2 * 3600
    assert books.balances[local_day(second_of(line.START)), Account.NO_SHOW, "org_a"] == 2 * 3600


def test_a_cancelled_slot_is_void_as_if_it_had_never_been() -> None:
    books = Books()
    for fact in a_day_of_work()[:3]:
        books.post(fact)
    gone = facts.SlotReleased(
        **line.WHO, slot_id="slt_1", order_id="ord_1", reason="cancelled", released_at=line.at(3 * 3600)
    )
    books.post(gone)
    assert books.sheet()["2026-12-01", "available"] == 27000


def test_the_first_slot_that_claims_a_second_keeps_it_when_another_is_given_up() -> None:
    books = Books()
    for fact in a_day_of_work()[:3]:
        books.post(fact)
    booked = a_day_of_work()[2]
    assert isinstance(booked, facts.SlotBooked)
    late, given_up = line.at(7 * 3600), {"order_id": "ord_1", "reason": "cancelled", "released_at": line.at(0)}
    books.post(msgspec.structs.replace(booked, slot_id="slt_2", starts_at=line.at(4 * 3600), ends_at=late))
    assert books.sheet()["2026-12-01", "committed"] == 6 * 3600
    books.post(facts.SlotReleased(**line.WHO, slot_id="slt_2", **given_up))  # type: ignore[arg-type] # names and an instant
    assert books.sheet()["2026-12-01", "committed"] == 4 * 3600
