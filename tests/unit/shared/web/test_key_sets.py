from datetime import UTC, datetime

import httpx
import pytest

from shared.clock import StoryClock
from shared.kernel.principal import Role
from shared.kernel.refusal import Refused
from shared.web import key_sets
from shared.web.key_sets import FetchedKeys
from tests.support.web_client import Issuer, a_principal

URL = "https://portal.test/.well-known/jwks.json"


class Portal:
    """An HTTP transport that answers as the portal would, counts, and can be away."""

    def __init__(self) -> None:
        self.asked, self.kids, self.away = 0, ["one"], False
        self.revoked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("away", request=request)
        return httpx.Response(200, json={"keys": [{"kid": kid} for kid in self.kids], "revoked_subjects": self.revoked})


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def keys(portal: Portal) -> FetchedKeys:
    return FetchedKeys(URL, httpx.Client(transport=httpx.MockTransport(portal)))


def test_keys_are_fetched_once_and_kept_for_a_while(portal: Portal, keys: FetchedKeys) -> None:
    assert keys() == keys() == [{"kid": "one"}]
    assert portal.asked == 1


def test_a_revoked_key_is_gone_after_that_while(
    portal: Portal, keys: FetchedKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_sets, "KEPT_FOR_S", 0.0)
    keys()
    portal.kids = ["two"]
    assert keys() == [{"kid": "two"}]


def test_the_last_set_serves_on_while_the_portal_is_away(
    portal: Portal, keys: FetchedKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_sets, "KEPT_FOR_S", 0.0)
    keys()
    portal.away = True
    assert keys() == keys() == [{"kid": "one"}]
    assert portal.asked == 2, "it is not asked again at once"


def test_without_any_set_nobody_is_let_in(portal: Portal, keys: FetchedKeys) -> None:
    portal.away = True
    with pytest.raises(Refused, match="NOT_READY"):
        keys()


def test_a_revoked_subject_is_refused_although_its_token_verifies(
    portal: Portal, keys: FetchedKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoryClock(datetime(2026, 12, 1, tzinfo=UTC))
    issuer = Issuer(clock)
    principal = a_principal(Role.BUYER)
    verifier = issuer.verifier(revoked=keys.revoked)
    token = issuer.token(principal)
    assert verifier(token) == principal
    portal.revoked = [principal.subject]
    assert verifier(token) == principal, "the set is kept for a while"
    monkeypatch.setattr(key_sets, "KEPT_FOR_S", 0.0)
    keys._fetch_at = 0.0  # the while has passed
    with pytest.raises(Refused, match="TOKEN_INVALID"):
        verifier(token)


def test_whoever_is_revoked_is_refused_elsewhere_within_a_minute() -> None:
    assert key_sets.KEPT_FOR_S + key_sets.TIMEOUT_S + key_sets.TRY_AGAIN_S <= 60
