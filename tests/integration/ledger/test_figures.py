"""From facts to figures over HTTP: sums, evidence, as-of, corrections, walls between tenants."""

from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest

from shared.kernel.principal import Role
from tests.support.ledger_house import LedgerHouse, Shift, client, owner
from tests.support.utilization_recomputed import utilization
from tests.support.web_client import problem

PERIOD = "from=2026-12-01&to=2027-01-01"


@pytest.fixture(scope="module")
def house() -> LedgerHouse:
    """Two plants in two districts, three lines, two days; clients 1 and 2, and a plant working for itself."""
    told = LedgerHouse()
    for line, plant, district in ((1, 1, "421202"), (2, 1, "421202"), (3, 2, "421281")):
        told.tell(*Shift(line, plant, 0, district).registered())
        for day in (0, 1):
            shift = Shift(line, plant, day, district)
            buyer = owner(plant) if (line, day) == (2, 1) else client(1 + day)
            told.tell(*shift.offered(), *shift.worked(buyer))
    told.settle()
    return told


def every_page(house: LedgerHouse, url: str, role: Role = Role.OFFICE, number: int = 1) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        made = house.get(f"{url}&limit=3{f'&cursor={quote(cursor)}' if cursor else ''}", role, number)
        items += made["items"]
        cursor = made["next_cursor"]
    return items


def test_utilization_of_a_line_month_equals_the_sheet_from_raw_facts_to_the_second(house: LedgerHouse) -> None:
    for line in ("lin_1", "lin_2", "lin_3"):
        (row,) = house.get(f"/v1/utilization?by=line,month&line={line}&{PERIOD}")["items"]
        found = row["indicators"]["allocation_efficiency"]
        assert (int(found["num"]), int(found["den"])) == utilization(house.raw, line, "2026-12-01", "2026-12-31")
        assert found["value"] == "0.347826"  # 4 of 11.5 hours
        assert row["key"] == {"line_id": line, "line_name": f"{line} 号线", "month": "2026-12"}


def test_the_elements_of_a_line_day_are_those_a_person_would_write_down(house: LedgerHouse) -> None:
    (row,) = house.get("/v1/utilization?by=line,day&line=lin_1&from=2026-12-01&to=2026-12-02")["items"]
    hours = {code: one["value"] / 3600 for code, one in row["elements"].items()}
    assert hours == {
        "CAL": 24,
        "POT": 12,
        "PBT": 11.5,
        "AUBT": 4,
        "AUPT": 3.5,
        "APT": 2.5,
        "AUST": 1,
        "ADET": 0.5,
        "ADOT": 7.5,
        "OVERRUN": 0,
        "PUBLISHED": 11.5,
        "IDLE": 7.5,
        "COMMITTED": 0,
        "NO_SHOW": 0,
        "UNATTAINABLE": 0,
        "WITHDRAWN": 0,
        "AUBT_THIRD": 4,
    }
    (made,) = row["quantities"]
    units = {code: one["value"] for code, one in made["elements"].items()}
    assert units == {
        "PQ": 200_000,
        "GQ": 190_000,
        "GOOD_REPORTED": 190_000,
        "AWAITING": 0,
        "BLOCKED": 0,
        "SQ": 10_000,
        "RQ": 0,
    }
    values = {code: one["value"] for code, one in row["indicators"].items()}
    assert values == {
        "allocation_efficiency": "0.347826",
        "utilization_efficiency": "0.625000",
        "availability": "0.217391",
        "effectiveness": "0.833333",
        "quality_ratio": "0.950000",
        "quality_reported": "0.950000",
        "oee": "0.172101",
        "nee": "0.240942",
        "teep": "0.082465",
        "setup_ratio": "0.285714",
        "technical_efficiency": "0.833333",
        "scrap_ratio": "0.050000",
        "rework_ratio": "0.000000",
        "publish_ratio": "1.000000",
        "booking_ratio": "0.347826",
        "no_show_ratio": "0.000000",
        "sharing_ratio": "1.000000",
    }
    assert row["clients"]["value"] == 1


@pytest.mark.parametrize(
    "by", ["all", "line", "plant", "county", "day", "month", "plant,day", "county,month", "day,line", "month,all"]
)
def test_every_grouping_is_the_sum_of_its_line_days(house: LedgerHouse, by: str) -> None:
    whole: Counter[str] = Counter()
    for row in every_page(house, f"/v1/utilization?by=line,day&{PERIOD}"):
        whole.update({code: one["value"] for code, one in row["elements"].items()})
    grouped: Counter[str] = Counter()
    for row in every_page(house, f"/v1/utilization?by={by}&{PERIOD}"):
        grouped.update({code: one["value"] for code, one in row["elements"].items()})
        shared = row["indicators"]["sharing_ratio"]
        assert int(shared["num"]) == row["elements"]["AUBT_THIRD"]["value"]
    assert grouped == whole
    assert whole["AUBT"] == 6 * 4 * 3600
    assert whole["AUBT_THIRD"] == 5 * 4 * 3600


def test_from_every_figure_to_exactly_the_entries_behind_it(house: LedgerHouse) -> None:
    """The postings of the listed entries, and of no others, add up to the figure."""
    accounts = {one["code"]: set(one["accounts"]) for one in house.get("/v1/kpis")["elements"] if one["unit"] == "s"}
    for row in every_page(house, f"/v1/utilization?by=plant,day&{PERIOD}"):
        for code in ("AUBT", "PBT", "APT", "PUBLISHED", "IDLE"):
            figure = row["elements"][code]
            total = 0
            for item in every_page(house, figure["events_url"]):
                moved = 0
                touches = False
                for one in house.get(item["url"])["postings"]["time"]:
                    plant = "plt_2" if one["line_id"] == "lin_3" else "plt_1"
                    if plant != row["key"]["plant_id"] or one["day"] != row["key"]["day"]:
                        continue
                    moved += one["seconds"] * (one["to_account"] in accounts[code])
                    moved -= one["seconds"] * (one["from_account"] in accounts[code])
                    touches |= bool({one["to_account"], one["from_account"]} & accounts[code])
                assert touches
                total += moved
            assert total == figure["value"], code


def test_unit_figures_and_indicators_name_their_entries_too(house: LedgerHouse) -> None:
    (row,) = house.get("/v1/utilization?by=line,day&line=lin_3&from=2026-12-02&to=2026-12-03")["items"]
    good = row["quantities"][0]["elements"]["GQ"]
    assert [one["type"] for one in house.get(good["events_url"])["items"]] == ["capacity.inspection-dispositioned.v1"]
    quality = house.get(row["indicators"]["oee"]["events_url"])["items"]
    assert {one["type"] for one in quality} >= {
        "capacity.inspection-dispositioned.v1",
        "capacity.calendar-declared.v1",
        "capacity.run-finished.v1",
    }


def test_as_of_any_earlier_size_is_what_was_shown_then() -> None:
    """Every figure as of a prefix equals the figure that was live when the ledger had that size."""
    house = LedgerHouse()
    shift = Shift()
    told = [*shift.registered(), *shift.offered(), *shift.worked(client()), shift.corrected(150_000, 50_000)]
    shown = {}
    for fact in told:
        house.tell(fact)
        house.settle()
        live = house.get(f"/v1/utilization?by=line,day&{PERIOD}")
        shown[live["as_of"]] = live
    assert sorted(shown) == list(range(1, len(told) + 1))
    for size, live in shown.items():
        earlier = house.get(f"/v1/utilization?by=line,day&{PERIOD}&as_of={size}")
        assert earlier == live, size
    assert house.get(f"/v1/utilization?by=line,day&{PERIOD}&as_of=0")["items"] == []


def test_a_correction_changes_the_present_and_leaves_the_past() -> None:
    house = LedgerHouse()
    shift = Shift()
    house.tell(*shift.registered(), *shift.offered(), *shift.worked(client()))
    house.settle()
    before = house.get(f"/v1/utilization?by=line&{PERIOD}")
    house.tell(shift.corrected(150_000, 50_000))
    house.settle()
    after = house.get(f"/v1/utilization?by=line&{PERIOD}")
    made = [one["items"][0]["quantities"][0]["elements"] for one in (before, after)]
    assert [(one["GQ"]["value"], one["SQ"]["value"], one["PQ"]["value"]) for one in made] == [
        (190_000, 10_000, 200_000),
        (150_000, 50_000, 200_000),
    ]
    assert house.get(f"/v1/utilization?by=line&{PERIOD}&as_of={before['as_of']}") == before
    (last,) = house.get("/v1/entries?type=capacity.report-corrected.v1")["items"]
    postings = house.get(last["url"])["postings"]["units"]
    assert {(one["from_account"], one["to_account"], one["quantity"]) for one in postings} == {
        ("scrap", "wip", 10_000),
        ("released", "wip", 190_000),
        ("wip", "released", 150_000),
        ("wip", "scrap", 50_000),
    }


def test_the_tree_has_a_root_at_every_size(house: LedgerHouse) -> None:
    whole = house.get("/v1/tree")
    assert whole["size"] == len(house.raw)
    assert house.get(f"/v1/tree?size={whole['size']}") == whole
    roots = {house.get(f"/v1/tree?size={size}")["root"] for size in range(whole["size"] + 1)}
    assert len(roots) == whole["size"] + 1
    problem(house.caller(Role.OFFICE).get("/v1/tree?size=999999"), 422, "SIZE_BEYOND_LEDGER")


def test_balances_page_through_all_accounts(house: LedgerHouse) -> None:
    rows = every_page(house, f"/v1/balances?{PERIOD}")
    keys = [(one["line_id"], one["day"], one["account"], one["client"]) for one in rows]
    assert keys == sorted(keys)
    assert sum(one["seconds"] for one in rows) == 3 * 2 * 86_400
    assert {one["client"] for one in rows} == {"", client(1), client(2), owner(1)}


def test_a_factory_sees_its_own_lines_only(house: LedgerHouse) -> None:
    own = every_page(house, f"/v1/utilization?by=line&{PERIOD}", Role.FACTORY, 2)
    assert [row["key"]["line_id"] for row in own] == ["lin_3"]
    for url in ("/v1/entries?type=capacity.run-finished.v1", f"/v1/entries?behind=AUBT&{PERIOD}"):
        listed = every_page(house, url, Role.FACTORY, 2)
        assert {one["about"]["line_id"] for one in listed} == {"lin_3"}
        foreign = next(one for one in every_page(house, url) if one["about"]["line_id"] == "lin_1")
        other = house.caller(Role.FACTORY, 2)
        theirs = problem(other.get(f"/v1/entries/{foreign['leaf_hash']}"), 404, "UNKNOWN_ENTRY")
        absent = problem(other.get("/v1/entries/99999"), 404, "UNKNOWN_ENTRY")
        assert theirs.keys() == absent.keys()
    assert {one["line_id"] for one in every_page(house, f"/v1/balances?{PERIOD}", Role.FACTORY, 2)} == {"lin_3"}
    assert house.get(f"/v1/utilization?by=line&line=lin_1&{PERIOD}", Role.FACTORY, 2)["items"] == []


@pytest.mark.parametrize("path", ["/v1/utilization", "/v1/entries", "/v1/tree", "/v1/kpis", "/v1/balances"])
def test_a_buyer_reads_nothing_here(house: LedgerHouse, path: str) -> None:
    problem(house.caller(Role.BUYER).get(f"{path}?{PERIOD}"), 403, "PERMISSION_MISSING")


@pytest.mark.parametrize("path", ["/v1/exports", "/v1/programme", "/v1/tree"])
def test_exports_the_tree_and_the_programme_are_the_offices_own(house: LedgerHouse, path: str) -> None:
    problem(house.caller(Role.FACTORY).get(f"{path}?{PERIOD}"), 403, "PERMISSION_MISSING")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("by=line", 422, "FIELDS_INVALID"),
        ("from=2026-12-01&to=2026-12-01", 422, "PERIOD_INVALID"),
        ("from=2026-12-01&to=2028-12-01", 422, "PERIOD_TOO_LONG"),
        ("from=2026-12-01T00:00&to=2026-12-31", 422, "FIELDS_INVALID"),
        (f"{PERIOD}&by=weeks", 422, "GROUPING_INVALID"),
        (f"{PERIOD}&by=line,line", 422, "GROUPING_INVALID"),
        (f"{PERIOD}&as_of=-1", 422, "FIELDS_INVALID"),
        (f"{PERIOD}&as_of=100000", 422, "SIZE_BEYOND_LEDGER"),
        (f"{PERIOD}&county=42", 422, "FIELDS_INVALID"),
        (f"{PERIOD}&surprise=1", 422, "FIELDS_INVALID"),
        (f"{PERIOD}&cursor=made-up", 422, "CURSOR_INVALID"),
    ],
)
def test_a_bad_question_is_answered_by_name(house: LedgerHouse, query: str, status: int, code: str) -> None:
    answer = house.caller(Role.OFFICE).get(f"/v1/utilization?{query}")
    assert answer.get_json()["code"] == code, answer.text
    assert answer.status_code in {status, 400}


@pytest.mark.parametrize("index", ["99999", "-1", "1.5", "x", "9" * 40, "１"])
def test_an_entry_that_is_not_there_is_not_found(house: LedgerHouse, index: str) -> None:
    problem(house.caller(Role.OFFICE).get(f"/v1/entries/{quote(index)}"), 404, "UNKNOWN_ENTRY")


def test_an_unknown_element_is_refused(house: LedgerHouse) -> None:
    problem(house.caller(Role.OFFICE).get("/v1/entries?behind=AUBT,NONE"), 422, "UNKNOWN_ELEMENT")


def test_a_factory_sees_the_receivers_word_on_what_it_made_and_nobody_elses() -> None:
    house = LedgerHouse()
    for line, plant in ((1, 1), (2, 2)):
        shift = Shift(line, plant)
        house.tell(*shift.registered(), *shift.offered(), *shift.worked(client()), *shift.delivered(100_000))
    house.settle()
    words = house.get("/v1/entries?type=order.delivery-confirmed.v1")["items"]
    assert len(words) == 2
    (own,) = house.get("/v1/entries?type=order.delivery-confirmed.v1", Role.FACTORY, 2)["items"]
    assert own["leaf_hash"] == words[1]["leaf_hash"]
    assert house.get(own["url"], Role.FACTORY, 2)["postings"]["units"][0]["line_id"] == "lin_2"
    for foreign in (words[0]["url"], f"/v1/entries/{words[0]['leaf_hash']}"):
        problem(house.caller(Role.FACTORY, 2).get(foreign), 404, "UNKNOWN_ENTRY")
    (row,) = house.get(f"/v1/utilization?by=line&{PERIOD}", Role.FACTORY, 2)["items"]
    assert row["quantities"][0]["elements"]["GQ"]["value"] == 190_000
