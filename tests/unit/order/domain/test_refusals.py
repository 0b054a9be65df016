"""Every reason has words in both languages, and every figure they name is a fact somebody gives."""

import pytest

from services.order.domain.refusals import Why
from services.order.domain.words import WORDS


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_speaks_both_languages(why: Why) -> None:
    words = why.words
    assert all([words.title_zh, words.title_en, words.detail_zh, words.detail_en])
    assert any("\u4e00" <= one <= "\u9fff" for one in words.title_zh + words.detail_zh)
    assert not any("\u4e00" <= one <= "\u9fff" for one in words.title_en + words.detail_en)


def test_there_are_no_words_without_a_reason() -> None:
    assert set(WORDS) == {one.value for one in Why}
