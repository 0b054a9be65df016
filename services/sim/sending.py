"""How people's commands reach the platform: with a key of their own, sent again until answered; all of it is kept."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Protocol, TypeVar

import msgspec

from services.sim.disk import Crash
from services.sim.seams import Platform
from shared.eventstore.handling import Done, Prepared, transact
from shared.eventstore.port import AlreadyClaimed, Claim, LogUnavailable, StreamAppend
from shared.kernel.event import Cause
from shared.kernel.ids import derived_id
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused

R = TypeVar("R")

KEY_KEPT_FOR = timedelta(hours=24)  # as shared.web.idempotency keeps it
SENDS_TWICE = 0.03  # of all commands that were answered
OVERTAKEN = 0.1  # of all tries: others act between what is decided and its append
TRIES_MAX = 300


class Sent(msgspec.Struct):
    """One command and what its sender knows of it. *meant* is what it was to write: stream -> event types.

    *ended*: "done" was acknowledged and stands in the log once; "refused" never does; "open" is not answered yet.
    """

    service: str
    route: str
    correlation_id: str
    ended: str = "open"
    tries: int = 0
    meant: dict[str, list[str]] = {}


class Waiting(Platform, Protocol):
    """A platform under which time goes on while somebody waits. *deaths*: how often its process has ended."""

    deaths: int

    def come_back(self) -> None: ...

    def step(self, *, actors: bool = True) -> None: ...


class Sender:
    """Sends for everybody, as `shared.web.idempotency` takes it: the claim is looked for, then written with the effect."""

    def __init__(self, platform: Waiting, chance: Random, sent: list[Sent]) -> None:
        self._platform, self._chance, self._sent = platform, chance, sent

    def send(
        self, service: str, principal: Principal, route: str, prepare: Callable[[], Prepared[R]]
    ) -> Done[R] | None:
        sent = Sent(service, route, derived_id("req", "simulation", len(self._sent)))
        self._sent.append(sent)
        while True:
            sent.tries += 1
            try:
                done = self._try(sent, principal, prepare)
            except Refused:
                sent.ended, sent.meant = "refused", {}
                return None
            except Crash:
                self._platform.come_back()
                self._wait(sent)
            except LogUnavailable:
                self._wait(sent)
            else:
                sent.ended = "done"
                if done is not None and self._chance.random() < SENDS_TWICE:
                    self._send_again(sent, principal, prepare)
                return done

    def _try(self, sent: Sent, principal: Principal, prepare: Callable[[], Prepared[R]]) -> Done[R] | None:
        """None when an earlier try had its effect. Raises what the log raises, and Refused."""
        log, at = self._platform.house.services[sent.service].log, self._platform.now(sent.service)
        cause = Cause(
            correlation_id=sent.correlation_id,
            causation_id=None,
            org_id=principal.org_id,
            subject=principal.subject,
            at=at,
        )
        claim = Claim(
            scope=f"{principal.org_id}/{principal.subject} {sent.route}",
            key=sent.correlation_id,
            fingerprint="the same",
            answer=b"{}",
            expires_at=at + KEY_KEPT_FOR,
        )
        if log.claim(claim.scope, claim.key, at) is not None:
            return None

        first = [self._overtaken(prepare)] if self._chance.random() < OVERTAKEN else []

        def noted() -> Prepared[R]:
            prepared = first.pop() if first else prepare()
            sent.meant = meant_by(prepared.appends)
            return prepared

        try:
            return transact(log, noted, cause, [claim])
        except AlreadyClaimed:
            return None

    def _overtaken(self, prepare: Callable[[], Prepared[R]]) -> Prepared[R]:
        """What was decided before a few other things happened. Raises LogUnavailable when it died with its process."""
        prepared, deaths = prepare(), self._platform.deaths
        for _ in range(self._chance.randint(1, 3)):
            self._platform.step(actors=False)
        if self._platform.deaths != deaths:
            raise LogUnavailable("the process ended between a decision and its append")
        return prepared

    def _send_again(self, sent: Sent, principal: Principal, prepare: Callable[[], Prepared[R]]) -> None:
        """The impatient press the button twice; nothing more may come of it."""
        meant, sent.tries = sent.meant, sent.tries + 1
        try:
            if self._try(sent, principal, prepare) is not None:
                raise AssertionError(f"{sent.route} took effect twice under one key")
        except LogUnavailable:
            return
        except Crash:
            self._platform.come_back()
        finally:
            sent.meant = meant

    def _wait(self, sent: Sent) -> None:
        """A few things happen meanwhile, to others."""
        if sent.tries > TRIES_MAX:
            raise AssertionError(f"{sent.route} was not answered in {TRIES_MAX} tries")
        for _ in range(self._chance.randint(1, 6)):
            self._platform.step(actors=False)


def meant_by(appends: Sequence[StreamAppend]) -> dict[str, list[str]]:
    return {one.stream: [type(event).__name__ for event in one.events] for one in appends if one.events}
