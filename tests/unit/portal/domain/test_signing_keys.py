from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.domain.refusals import Why
from services.portal.domain.signing_keys import (
    KEYS,
    PUBLISHED_AFTER,
    PUBLISHED_BEFORE,
    SIGNS_FOR,
    IntroduceKey,
    Keys,
    RevokeKey,
)
from shared.kernel.refusal import Refused
from shared.web.tokens import LIFETIME_MAX

START = datetime(2026, 12, 1, tzinfo=UTC)


def _introduce(keys: Keys, kid: str, at: datetime) -> Keys:
    return KEYS.fold(KEYS.decide(IntroduceKey(kid, f"x of {kid}", at), keys), keys)


def test_the_first_key_signs_at_once_and_a_second_is_not_taken_while_it_does() -> None:
    keys = _introduce(Keys(), "one", START)
    signing = keys.signing(START)
    assert signing is not None
    assert signing.kid == "one"
    assert _introduce(keys, "two", START + timedelta(days=1)) == keys


def test_a_successor_is_published_before_it_signs_and_the_old_one_after_it_stopped() -> None:
    keys = _introduce(Keys(), "one", START)
    ends = START + SIGNS_FOR
    soon = ends - PUBLISHED_BEFORE
    assert keys.needs_successor(soon)
    keys = _introduce(keys, "two", soon)
    kids = {at: getattr(keys.signing(at), "kid", None) for at in (soon, ends - timedelta(seconds=1), ends)}
    assert list(kids.values()) == ["one", "one", "two"]
    assert [key.kid for key in keys.published(soon)] == ["one", "two"]
    assert [key.kid for key in keys.published(ends + LIFETIME_MAX)] == ["one", "two"]
    assert [key.kid for key in keys.published(ends + PUBLISHED_AFTER)] == ["two"]


def test_a_token_never_outlives_the_publication_of_its_key() -> None:
    assert LIFETIME_MAX < PUBLISHED_AFTER


def test_a_revoked_key_neither_signs_nor_verifies_from_that_moment() -> None:
    keys = _introduce(Keys(), "one", START)
    keys = KEYS.fold(KEYS.decide(RevokeKey("one", START), keys), keys)
    assert keys.signing(START) is None
    assert keys.published(START) == []
    assert keys.needs_successor(START)
    keys = _introduce(keys, "two", START)
    assert [key.kid for key in keys.published(START)] == ["two"]


@pytest.mark.parametrize(("kid", "why"), [("none", Why.KEY_UNKNOWN), ("one", Why.KEY_REVOKED)])
def test_only_a_living_key_can_be_revoked(kid: str, why: Why) -> None:
    keys = _introduce(Keys(), "one", START)
    keys = KEYS.fold(KEYS.decide(RevokeKey("one", START), keys), keys)
    with pytest.raises(Refused) as caught:
        KEYS.decide(RevokeKey(kid, START), keys)
    assert caught.value.why is why


@given(steps=st.lists(st.integers(0, 40 * 24 * 60), min_size=1, max_size=30))
def test_whenever_the_job_comes_there_is_one_signing_key_that_verifiers_know(steps: list[int]) -> None:
    """Minutes between runs of the rotation, up to 40 days: longer than a key signs."""
    keys, now = Keys(), START
    for number, minutes in enumerate(steps):
        now += timedelta(minutes=minutes)
        keys = _introduce(keys, f"key {number}", now)
        signing = keys.signing(now)
        assert signing is not None
        assert signing in keys.published(now)
        assert signing in keys.published(now + LIFETIME_MAX)
