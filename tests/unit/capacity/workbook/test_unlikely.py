"""What breaks no rule and is hardly meant: told by name, never refused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.capacity.domain.values import Price
from services.capacity.workbook.book import Book, joined
from services.capacity.workbook.unlikely import UnlikelyWhy, unlikely_in
from services.demo.seed_workbooks import seed_plants
from tests.support.masters import calendar, capability, proof
from tests.support.workbooks import a_book, a_line_book

AT = datetime(2026, 12, 1, tzinfo=UTC)


def found(book: Book) -> list[tuple[str, object]]:
    return [(one.why.value, one.facts.get("line")) for one in unlikely_in(book, AT)]


def book_with(**changes: object) -> Book:
    fields: dict[str, Any] = {"capabilities": [capability()], **changes}
    return a_book(lines=[a_line_book(**fields)])


def test_a_usual_line_earns_no_warning() -> None:
    assert found(book_with()) == []


@pytest.mark.parametrize("rate", [36, 1_000, 300_001])
def test_a_speed_far_from_what_is_met_with(rate: int) -> None:
    assert found(book_with(capabilities=[capability(rate_per_hour=rate)])) == [("RATE_UNLIKELY", "L1")]


def test_an_efficiency_that_nobody_plans_with() -> None:
    assert found(book_with(capabilities=[capability(efficiency_ppm=10_000)])) == [("EFFICIENCY_UNLIKELY", "L1")]


def test_a_capability_without_price_and_one_for_nothing() -> None:
    assert found(book_with(prices=[])) == [("PRICE_MISSING", "L1")]
    assert found(book_with(prices=[Price("FILL_CAN", 0, 0, 0)])) == [("PRICE_ZERO", "L1")]


def test_a_line_without_hours_and_one_whose_hours_have_passed() -> None:
    assert found(book_with(calendar=None)) == [("CALENDAR_MISSING", "L1")]
    over = calendar(
        valid_from=datetime(2026, 1, 1, tzinfo=UTC).date(), valid_until=datetime(2026, 12, 1, tzinfo=UTC).date()
    )
    assert found(book_with(calendar=over)) == [("CALENDAR_ENDED", "L1")]


def test_papers_that_a_capability_needs_and_the_plant_has_not() -> None:
    body = {"capabilities": [capability(code="CAN_BODY", rate_per_hour=96_000)], "prices": [Price("CAN_BODY", 1, 1, 1)]}
    assert found(replace(book_with(**body), proofs=[])) == [("CONTACT_PROOF_MISSING", None)]
    assert found(replace(book_with(**body), proofs=[proof()])) == []
    assert found(replace(book_with(), licences=[])) == [("LICENCE_ABSENT", None)]


def test_what_a_workbook_does_not_list_still_counts() -> None:
    assert found(joined(a_book(lines=[]), replace(book_with(), licences=[], proofs=[]))) == []
    assert found(joined(book_with(), replace(book_with(calendar=None)))) == []


def test_no_plant_of_the_seed_world_is_warned_of() -> None:
    warned = {code: found(plant.book) for code, plant in seed_plants().items()}
    assert {code: warnings for code, warnings in warned.items() if warnings} == {}


def test_every_warning_speaks_both_languages() -> None:
    for why in UnlikelyWhy:
        assert all([why.words.title_zh, why.words.title_en, why.words.detail_zh, why.words.detail_en])
    [told] = [one.told("en") for one in unlikely_in(book_with(prices=[]), AT)]
    assert told["sheet"] == "Prices"
    assert told["detail"] == "FILL_CAN on line L1 has no price, so it will not be quoted and gets no work."
