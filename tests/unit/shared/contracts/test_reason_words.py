"""Every reason and every relaxation has words in both languages."""

import pytest

from shared.contracts.reason_words import reason_detail, reason_title, relaxation_text
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.refusal import Language

LANGUAGES: tuple[Language, Language] = ("zh", "en")


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_has_a_title_in_both_languages(code: ReasonCode) -> None:
    zh, en = (reason_title(code, language) for language in LANGUAGES)
    assert zh != en
    assert en.isascii()
    assert not zh.isascii()


def test_a_detail_names_the_figures() -> None:
    reason = PlanReason(ReasonCode.MOQ_NOT_MET, facts={"quantity": "12000", "batch_min": "204225"})
    assert reason_detail(reason, "en") == "This step would start 12000; its smallest batch is 204225."
    assert "204225" in reason_detail(reason, "zh")


def test_a_wait_tells_where_and_how_long() -> None:
    reason = PlanReason(ReasonCode.CAPACITY_FULL, step="fill", facts={"wait_hours": "7"})
    assert reason_detail(reason, "en") == "It waits 7 hours at fill."


def test_a_reason_without_figures_has_no_detail() -> None:
    assert reason_detail(PlanReason(ReasonCode.COLOUR_RULE), "en") == ""


@pytest.mark.parametrize(
    "kind", ["quantity", "batch", "date", "start", "price", "plants", "plants_excluded", "split", "colour", "supply"]
)
def test_every_relaxation_has_words_in_both_languages(kind: str) -> None:
    zh, en = (relaxation_text(Relaxation(kind, "5", "can"), language) for language in LANGUAGES)
    assert en.startswith("possible")
    assert not zh.isascii()


def test_an_unknown_relaxation_shows_its_value() -> None:
    assert relaxation_text(Relaxation("new", "5"), "en") == "new: 5"
