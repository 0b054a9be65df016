import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.clock import StoryClock
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused
from shared.web.refusals import WebWhy
from shared.web.tokens import LEEWAY_S, LIFETIME_MAX, TokenVerifier
from tests.support.web_client import AUDIENCE, ISSUER, Issuer, a_principal

START = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(START)


@pytest.fixture
def issuer(clock: StoryClock) -> Issuer:
    return Issuer(clock)


@pytest.fixture
def verify(issuer: Issuer) -> TokenVerifier:
    return issuer.verifier()


def _why(verify: Callable[[str], Principal], token: str) -> object:
    with pytest.raises(Refused) as caught:
        verify(token)
    return caught.value.why


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _claims(**changes: Any) -> dict[str, Any]:
    begun = int(START.timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "usr_1",
        "org": "org_1",
        "role": "buyer",
        "permissions": ["order:read"],
        "iat": begun,
        "nbf": begun,
        "exp": begun + 600,
        "jti": "tok_1",
    }
    claims.update(changes)
    return {name: value for name, value in claims.items() if value is not None}


def _signed(issuer: Issuer, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    key = issuer.key
    head = _segment(header or {"alg": "EdDSA", "kid": key.kid})
    signing_input = f"{head}.{_segment(claims)}"
    private: Any = key.get_op_key("sign")
    signature = base64.urlsafe_b64encode(private.sign(signing_input.encode())).rstrip(b"=").decode()
    return f"{signing_input}.{signature}"


def test_a_token_speaks_for_the_principal_it_was_issued_to(issuer: Issuer, verify: TokenVerifier) -> None:
    for role in (Role.BUYER, Role.FACTORY, Role.OFFICE):
        principal = a_principal(role)
        assert verify(issuer.token(principal)) == principal


def test_a_token_lives_as_long_as_it_says(issuer: Issuer, verify: TokenVerifier, clock: StoryClock) -> None:
    token = issuer.token(a_principal(Role.BUYER))
    clock.advance(LIFETIME_MAX)
    verify(token)
    clock.advance(timedelta(seconds=LEEWAY_S + 1))
    assert _why(verify, token) is WebWhy.TOKEN_EXPIRED


def test_a_token_from_the_future_is_not_valid_yet(issuer: Issuer, verify: TokenVerifier) -> None:
    token = issuer.token(a_principal(Role.BUYER), at=START + timedelta(minutes=1))
    assert _why(verify, token) is WebWhy.TOKEN_INVALID


def test_no_token_is_issued_for_longer_than_a_quarter_of_an_hour(issuer: Issuer) -> None:
    with pytest.raises(ValueError, match="lifetime"):
        issuer.token(a_principal(Role.BUYER), lifetime=timedelta(minutes=16))


def test_foreign_issuers_and_audiences_are_refused(issuer: Issuer, verify: TokenVerifier) -> None:
    for token in (
        issuer.token(a_principal(Role.BUYER), issuer="https://elsewhere.test"),
        issuer.token(a_principal(Role.BUYER), audience="another platform"),
    ):
        assert _why(verify, token) is WebWhy.TOKEN_INVALID


def test_a_key_of_the_same_name_but_another_owner_does_not_sign_for_us(
    clock: StoryClock, verify: TokenVerifier
) -> None:
    forger = Issuer(clock, kid="test-1")
    assert _why(verify, forger.token(a_principal(Role.OFFICE))) is WebWhy.TOKEN_INVALID


def test_an_unknown_kid_and_a_missing_one_are_refused(issuer: Issuer, verify: TokenVerifier) -> None:
    for header in ({"alg": "EdDSA", "kid": "other"}, {"alg": "EdDSA"}, {"alg": "EdDSA", "kid": ["test-1"]}):
        assert _why(verify, _signed(issuer, _claims(), header)) is WebWhy.TOKEN_INVALID


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256", "ES256", "Ed448", ""])
def test_another_algorithm_in_the_header_is_refused_even_with_a_good_signature(
    issuer: Issuer, verify: TokenVerifier, algorithm: str
) -> None:
    token = _signed(issuer, _claims(), {"alg": algorithm, "kid": issuer.key.kid})
    assert _why(verify, token) is WebWhy.TOKEN_INVALID


def test_alg_none_without_signature_is_refused(issuer: Issuer, verify: TokenVerifier) -> None:
    token = f"{_segment({'alg': 'none', 'kid': issuer.key.kid})}.{_segment(_claims())}."
    assert _why(verify, token) is WebWhy.TOKEN_INVALID


def test_the_public_key_is_no_shared_secret(issuer: Issuer, verify: TokenVerifier) -> None:
    public = base64.urlsafe_b64decode(str(issuer.keys[0]["x"]) + "==")
    token = jwt.encode({"alg": "HS256", "kid": issuer.key.kid}, _claims(), OctKey.import_key(public), ["HS256"])
    assert _why(verify, token) is WebWhy.TOKEN_INVALID


def test_a_key_that_left_the_key_set_is_revoked_at_once(issuer: Issuer, verify: TokenVerifier) -> None:
    token = issuer.token(a_principal(Role.BUYER))
    verify(token)
    issuer.keys.clear()
    assert _why(verify, token) is WebWhy.TOKEN_INVALID


def test_keys_overlap_while_they_rotate(issuer: Issuer, verify: TokenVerifier) -> None:
    old = issuer.token(a_principal(Role.BUYER))
    issuer.key = OKPKey.generate_key("Ed25519", parameters={"kid": "test-2"})
    issuer.keys.append(dict(issuer.key.as_dict(private=False)))
    new = issuer.token(a_principal(Role.BUYER))
    assert verify(old) == verify(new)


def test_a_key_replaced_under_its_old_name_no_longer_verifies_what_the_old_one_signed(
    issuer: Issuer, verify: TokenVerifier
) -> None:
    token = issuer.token(a_principal(Role.BUYER))
    verify(token)
    fresh = OKPKey.generate_key("Ed25519", parameters={"kid": "test-1"})
    issuer.keys[:] = [dict(fresh.as_dict(private=False))]
    assert _why(verify, token) is WebWhy.TOKEN_INVALID


@pytest.mark.parametrize(
    "changes",
    [{name: None} for name in ("iss", "aud", "sub", "org", "role", "permissions", "iat", "nbf", "exp")]
    + [
        {"role": "system"},
        {"role": "emperor"},
        {"org": ""},
        {"org": 5},
        {"permissions": "order:read"},
        {"permissions": [1]},
        {"permissions": ["a:b"] * 201},
        {"exp": "tomorrow"},
        {"exp": True},
        {"aud": ["another platform"]},
    ],
)
def test_claims_that_are_missing_or_odd_are_refused(
    issuer: Issuer, verify: TokenVerifier, changes: dict[str, Any]
) -> None:
    assert _why(verify, _signed(issuer, _claims(**changes))) is WebWhy.TOKEN_INVALID


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "....", "é.é.é", "x" * 5_000, "\x00.\x00.\x00"])
def test_what_is_no_token_at_all_is_refused(verify: TokenVerifier, token: str) -> None:
    assert _why(verify, token) is WebWhy.TOKEN_INVALID


def test_a_changed_character_anywhere_breaks_the_signature(issuer: Issuer, verify: TokenVerifier) -> None:
    token = issuer.token(a_principal(Role.BUYER))
    for place in range(0, len(token) - 2, 7):
        if token[place] == ".":
            continue
        other = "A" if token[place] != "A" else "B"
        assert _why(verify, token[:place] + other + token[place + 1 :]) is WebWhy.TOKEN_INVALID
