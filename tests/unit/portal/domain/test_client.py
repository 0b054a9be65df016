from datetime import UTC, datetime

import pytest

from services.portal.domain.client import CLIENT, Absent, Active, RegisterClient, RevokeClient, Revoked
from services.portal.domain.refusals import Why
from shared.kernel.refusal import Refused

AT = datetime(2026, 12, 1, tzinfo=UTC)


def _register(*scopes: str) -> RegisterClient:
    held = frozenset({"order:read", "order:place"})
    return RegisterClient("cli_1", "org_1", "ERP", frozenset(scopes), held, "digest", "usr_1", AT)


def test_a_client_keeps_the_scopes_it_was_registered_with() -> None:
    client = CLIENT.fold(CLIENT.decide(_register("order:read"), Absent()))
    assert isinstance(client, Active)
    assert client.scopes == {"order:read"}


def test_nobody_gives_on_what_they_do_not_hold() -> None:
    with pytest.raises(Refused) as caught:
        CLIENT.decide(_register("order:read", "ledger:export", "a:b"), Absent())
    assert caught.value.why is Why.SCOPE_NOT_HELD
    assert caught.value.facts == {"missing": "a:b, ledger:export"}


def test_a_client_is_revoked_once() -> None:
    active = CLIENT.fold(CLIENT.decide(_register(), Absent()))
    revoked = CLIENT.fold(CLIENT.decide(RevokeClient("usr_1", AT), active), active)
    assert isinstance(revoked, Revoked)
    for state in (revoked, Absent()):
        with pytest.raises(Refused) as caught:
            CLIENT.decide(RevokeClient("usr_1", AT), state)
        assert caught.value.why is Why.CLIENT_REVOKED
