"""Every reason speaks both languages and is listed once."""

import re

import pytest

from services.capacity.domain.refusals import Why


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_words_in_both_languages_over_the_same_facts(why: Why) -> None:
    words = why.words
    assert words.title_zh
    assert words.title_en
    facts = re.compile(r"{(\w+)}")
    assert set(facts.findall(words.detail_zh)) == set(facts.findall(words.detail_en))
    assert re.search(r"[\u4e00-\u9fff]", words.detail_zh)
    assert not re.search(r"[\u4e00-\u9fff]", words.detail_en)
