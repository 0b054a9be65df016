"""Whether whoever a token speaks for still may, at this moment: what was taken away is gone, whatever the token says.

A token is signed for a quarter of an hour. In the portal's own process its subject is looked up at every request; other
processes learn from the key set whom to refuse (`revoked`). Whatever the portal writes names the subject's stream in its
append, so that a dismissal which comes between the look and the writing wins.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from services.portal.domain.client import CLIENT
from services.portal.domain.client import Active as ActiveClient
from services.portal.domain.duties import narrowed
from services.portal.domain.user import USER
from services.portal.domain.user import Active as ActiveUser
from services.portal.projections.clients import list_revoked
from services.portal.projections.users import list_dismissed
from shared.eventstore.handling import Prepared, load
from shared.eventstore.port import StreamAppend
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.permissions import permissions_of
from shared.web.refusals import WebWhy
from shared.web.tokens import LEEWAY_S, LIFETIME_MAX, Verifier

R = TypeVar("R")
TOLD_FOR = LIFETIME_MAX + 2 * timedelta(seconds=LEEWAY_S)  # as long as any token may still be shown


class Standing:
    """Looks at the subjects of *log*."""

    def __init__(self, log: LogWithViews, clock: Clock) -> None:
        self._log, self._clock = log, clock

    def now(self, principal: Principal) -> Principal:
        """*principal* with what of its permissions is left. Raises Refused TOKEN_INVALID when it may nothing any more."""
        return self._looked_up(principal)[0]

    def written(self, principal: Principal, needed: str, prepare: Callable[[], Prepared[R]]) -> Prepared[R]:
        """What *prepare* decides, to be appended only while *principal* stands as now. Raises Refused."""
        present, seen = self._looked_up(principal)
        if needed not in present.permissions:
            raise Refused(WebWhy.PERMISSION_MISSING, needed=needed)
        prepared = prepare()
        if any(one.stream == seen.stream for one in prepared.appends):
            return prepared  # its own version is checked already
        return Prepared([*prepared.appends, seen], prepared.result)

    def _looked_up(self, principal: Principal) -> tuple[Principal, StreamAppend]:
        """The present principal, and its stream at the version that was looked at."""
        if principal.subject.startswith("usr_"):
            stream = f"user-{principal.subject}"
            user = load(self._log, USER, stream)
            if isinstance(user.state, ActiveUser) and user.state.org_id == principal.org_id:
                permitted = narrowed(permissions_of(principal.role), user.state.duty)
                return _within(principal, permitted), StreamAppend(stream, user.version, [])
        else:
            stream = f"client-{principal.subject}"
            client = load(self._log, CLIENT, stream)
            if isinstance(client.state, ActiveClient) and client.state.org_id == principal.org_id:
                return _within(principal, client.state.scopes), StreamAppend(stream, client.version, [])
        raise Refused(WebWhy.TOKEN_INVALID)

    def revoked(self) -> list[str]:
        """Subjects that lost everything so lately that tokens of theirs may still be about."""
        since = self._clock.now() - TOLD_FOR
        return sorted({*list_dismissed(self._log.views, since), *list_revoked(self._log.views, since)})

    def verifier(self, verify: Verifier) -> Verifier:
        """*verify*, and then a look at whom the token speaks for."""
        return lambda token: self.now(verify(token))


def _within(principal: Principal, permitted: frozenset[str]) -> Principal:
    return Principal(principal.org_id, principal.role, principal.subject, principal.permissions & permitted)
