import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from shared.web.languages import language
from shared.web.prefer import WAIT_S_MAX, wait_seconds

APP = Flask("negotiation")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("", "zh"),
        ("zh-CN", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh;q=0.5,en;q=0.9", "en"),
        ("fr", "zh"),
        ("fr,en;q=0.1", "en"),
        ("en;q=0", "zh"),
        ("*", "zh"),
    ],
)
def test_the_language_is_the_best_known_one_and_chinese_otherwise(asked: str, answered: str) -> None:
    with APP.test_request_context(headers={"Accept-Language": asked}):
        assert language() == answered


def test_outside_a_request_it_is_chinese() -> None:
    assert language() == "zh"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=5", 5),
        ("respond-async, wait=10", 10),
        ('Wait = "7"', 7),
        ("wait=31", WAIT_S_MAX),
        ("wait=999999", WAIT_S_MAX),
        ("wait=-1", 0),
        ("wait=5.5", 0),
        ("await=5", 0),
        ("", 0),
    ],
)
def test_how_long_to_wait_is_bounded(header: str, seconds: int) -> None:
    with APP.test_request_context(headers={"Prefer": header}):
        assert wait_seconds() == seconds


@given(header=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_no_preference_breaks_anything(header: str) -> None:
    with APP.test_request_context(headers={"Prefer": header, "Accept-Language": header}):
        assert 0 <= wait_seconds() <= WAIT_S_MAX
        assert language() in {"zh", "en"}
