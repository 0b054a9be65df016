"""A dismissed administrator of the office at every route of every service: refused, and nothing is written."""

from services.embedded.assembly import build_in_memory
from services.portal.domain.user import Duty, UserDismissed
from shared.eventstore.port import StreamAppend
from shared.kernel.event import Cause
from shared.web.access import declared
from tests.support.open_house import PEOPLE, running, story_clock

WRITING = {"POST", "PUT", "PATCH", "DELETE"}


def test_a_dismissed_administrator_gets_through_no_route_of_any_service() -> None:
    with running(build_in_memory(story_clock())) as house:
        held = {who: house.token(who) for who in ("brand", "plant", "office")}
        portal, at = house.house.portal, house.clock.now()
        cause = Cause(correlation_id="test", org_id="system", subject="system:test", at=at)
        for who in held:
            user_id = PEOPLE[who].subject
            state = portal.handlers.user(user_id)
            assert state.state.duty is Duty.ADMINISTRATOR  # type: ignore[union-attr] # active
            gone = UserDismissed(user_id=user_id, dismissed_by="usr_chief", dismissed_at=at)
            portal.log.append([StreamAppend(f"user-{user_id}", state.version, [gone])], cause)
        house.house.settle()
        before, tried, writing = house.heads(), 0, 0
        for service in house.house.services.values():
            for rule in service.app.url_map.iter_rules():
                if not declared(service.app.view_functions[rule.endpoint]):
                    continue
                path = rule.build(dict.fromkeys(rule.arguments, "x"), append_unknown=False)
                assert path is not None
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    for who, token in held.items():
                        answer = house.client.open(path[1], method=method, headers={"Authorization": f"Bearer {token}"})
                        assert (answer.status_code, answer.get_json()["code"]) == (401, "TOKEN_INVALID"), (who, path)
                        tried += 1
                        writing += method in WRITING
        assert house.heads() == before
    print(f"{tried} requests, {writing} of them writing, on every route that needs a token: 0 got through")
    assert writing >= 150
