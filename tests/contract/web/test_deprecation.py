from datetime import UTC, datetime

import pytest

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.kernel.principal import Role
from shared.web.access import permits
from shared.web.deprecation import deprecated
from shared.web.routes import Routes
from tests.support.pinboard import NOTE_EVENTS, pinboard_app
from tests.support.web_client import Caller, Issuer, a_principal

SINCE, SUNSET = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)


def test_a_deprecated_route_says_since_when_until_when_and_what_instead(clock: StoryClock, issuer: Issuer) -> None:
    old = Routes("old")

    @old.get("/old-notes")
    @deprecated(since=SINCE, sunset=SUNSET, instead="/v1/notes")
    @permits("order:read")
    def old_notes() -> dict[str, str]:
        """What `/v1/notes` was before."""
        return {}

    app = pinboard_app(MemoryLog("pinboard", NOTE_EVENTS, clock), clock, issuer, routes=[old])
    for caller in (Caller(app, issuer, a_principal(Role.BUYER)), Caller(app, issuer, None)):
        headers = caller.get("/v1/old-notes").headers
        assert headers["Deprecation"] == "@1796083200"
        assert headers["Sunset"] == "Tue, 01 Jun 2027 00:00:00 GMT"
        assert headers["Link"] == '</v1/notes>; rel="successor-version"'
        assert "Deprecation" not in caller.get("/v1/notes").headers
    document = Caller(app, issuer, None).get("/openapi.json").get_json()
    assert document["paths"]["/v1/old-notes"]["get"]["deprecated"] is True


def test_nothing_ends_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="sunset"):
        deprecated(since=SUNSET, sunset=SINCE, instead="/")
