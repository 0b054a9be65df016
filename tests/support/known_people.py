"""Makes the principals that tests speak for known to a portal: it looks at whoever a token speaks for."""

from collections.abc import Iterable

from services.portal.domain.user import Duty, UserRegistered
from services.portal.portal import Portal
from shared.eventstore.port import StreamAppend
from shared.kernel.event import Cause
from shared.kernel.principal import Principal


def make_known(portal: Portal, principals: Iterable[Principal]) -> None:
    """Register whoever of *principals* is not there yet as an administrator, with nothing to sign in by."""
    log, clock, seal = portal.log, portal.clock, portal.handlers._seals.seal
    cause = Cause(correlation_id="test", org_id="system", subject="system:test", at=clock.now())
    for principal in principals:
        stream = f"user-{principal.subject}"
        if log.stream_version(stream):
            continue
        registered = UserRegistered(
            user_id=principal.subject,
            org_id=principal.org_id,
            duty=Duty.ADMINISTRATOR,
            login=principal.subject.casefold(),
            name_sealed=seal(principal.subject, f"人 {principal.subject}"),
            phone_sealed=seal(principal.subject, ""),
            password_sealed=seal(principal.subject, "no hash"),
            registered_by="test",
            registered_at=clock.now(),
        )
        log.append([StreamAppend(stream, 0, [registered])], cause)
