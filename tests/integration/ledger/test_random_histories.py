"""Any history, through the bus, the entries and the API: the figures are those of the sheet, to the second."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.envelope import Fact
from tests.support.ledger_house import LedgerHouse
from tests.support.line_histories import histories
from tests.support.utilization_recomputed import line_days, utilization


@settings(max_examples=12, deadline=None)
@given(histories(20))
def test_any_history_is_accounted_for_to_the_second(history: list[Fact]) -> None:
    house = LedgerHouse()
    house.tell(*history)
    house.settle()
    rows = house.get("/v1/utilization?by=line,month&from=2026-11-01&to=2027-02-01")["items"]
    found = [row["indicators"]["allocation_efficiency"] for row in rows]
    busy, productive = utilization(house.raw, "lin_1", "2026-12-01", "2026-12-31")
    assert [(int(one["num"]), int(one["den"])) for one in found] == ([(busy, productive)] if rows else [])
    sheet: dict[tuple[str, str], int] = {}
    for one in house.get("/v1/balances?limit=200")["items"]:
        key = one["day"], one["account"]
        sheet[key] = sheet.get(key, 0) + one["seconds"]
    assert sheet == line_days(house.raw, "lin_1")
    assert house.service.audit.first_fault() is None


@settings(max_examples=10, deadline=None)
@given(histories(12), st.integers(0, 40))
def test_as_of_a_size_is_the_very_answer_of_a_ledger_that_ends_there(history: list[Fact], size: int) -> None:
    whole, prefix = LedgerHouse(), LedgerHouse()
    whole.tell(*history)
    prefix.tell(*history[:size])
    whole.settle()
    prefix.settle()
    reached = min(size, len(history))
    for path in (
        "/v1/utilization?by=line,day&from=2026-11-01&to=2027-02-01&",
        "/v1/balances?limit=200&",
        "/v1/entries?limit=200&",
    ):
        assert whole.get(f"{path}as_of={reached}") == prefix.get(path.rstrip("&"))
