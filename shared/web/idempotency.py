"""Commands over HTTP, each effect exactly once however often the request is sent.

`Idempotency-Key` is claimed in the very transaction that writes the effect (`port.Claim`), so there is never an effect
without its claim nor a claim without its effect. The claim keeps what is known before the append: the status and the
resource the command is about (its id is made before). A repeat does not act again: it answers with that status and
shows that resource, whether the first answer reached the caller or the process died right after the append. What is
not an effect is not kept: a refusal (4xx) or a failure (5xx) wrote nothing and is simply decided afresh.

If-Match is held to here for every command alike: a route says what it is about (`about`, the stream whose version the
resource shows), and the version sent must be that stream's in the transaction that writes. Who makes something new has
nothing that an If-Match could match.

Same key, other request: 422 KEY_REUSED. Same key while the first is being handled: 409 KEY_IN_FLIGHT. Scope of a key:
organisation, subject, method and path. Without the header a command runs once a request, as sent.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, request

from shared.eventstore.handling import Expected
from shared.eventstore.port import AlreadyClaimed, Claim, EventLog, Mark
from shared.kernel.clock import Clock
from shared.kernel.event import Cause
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web import etags
from shared.web.access import current_principal
from shared.web.refusals import WebWhy

KEY_CHARACTERS_MAX = 128
KEPT_FOR = timedelta(hours=24)
NOTHING_YET = ""
"""What a command is about that makes something new."""
CHECKED_BY_ACT = "*"
"""What a command is about whose act finds the stream itself and compares its version with If-Match."""
REPLAYED_HEADER = "Idempotency-Replayed"
_KEY = re.compile(rf"[!-~]{{1,{KEY_CHARACTERS_MAX}}}")


@dataclass(frozen=True, slots=True)
class Command:
    """What a route hands to its handler: who and when (`cause`), what to append with it (`marks`), and what about."""

    principal: Principal
    cause: Cause
    marks: tuple[Mark | Expected, ...]
    resource: str

    @property
    def expected_version(self) -> int:
        """The version in If-Match. Raises Refused: VERSION_NEEDED, VERSION_STALE. Read it while acting only."""
        return etags.expected_version()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to show after a command: *position* is what a view must have reached to include the effect."""

    resource: str
    position: int
    replayed: bool


class Commands:
    """The idempotency of one app over one log."""

    def __init__(self, log: EventLog, clock: Clock) -> None:
        self._log, self._clock = log, clock
        self._in_flight: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def perform(
        self, act: Callable[[Command], object], show: Callable[[Outcome], Any], resource: str, status: int, about: str
    ) -> Any:
        principal = current_principal()
        cause = Cause(
            correlation_id=g.correlation_id,
            causation_id=None,
            org_id=principal.org_id,
            subject=principal.subject,
            at=self._clock.now(),
        )
        key = request.headers.get("Idempotency-Key")
        if key is None:
            act(Command(principal, cause, _held_to(about), resource))
            return self._answer(show, resource, status, replayed=False)
        claim = Claim(
            scope=f"{principal.org_id}/{principal.subject} {request.method} {request.path}",
            key=key,
            fingerprint=_fingerprint(),
            answer=orjson.dumps({"status": status, "resource": resource}),
            expires_at=cause.at + KEPT_FOR,
        )
        with self._alone(claim):
            earlier = self._log.claim(claim.scope, key, cause.at)
            if earlier is None:
                try:
                    act(Command(principal, cause, (claim, *_held_to(about)), resource))
                except AlreadyClaimed as claimed:  # another process was first
                    earlier = claimed.claim
            if earlier is None:
                return self._answer(show, resource, status, replayed=False)
        if earlier.fingerprint != claim.fingerprint:
            raise Refused(WebWhy.KEY_REUSED)
        kept = orjson.loads(earlier.answer)
        return self._answer(show, kept["resource"], kept["status"], replayed=True)

    @contextmanager
    def _alone(self, claim: Claim) -> Iterator[None]:
        mine = (claim.scope, claim.key)
        with self._lock:
            if mine in self._in_flight:
                raise Refused(WebWhy.KEY_IN_FLIGHT, seconds=1)
            self._in_flight.add(mine)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(mine)

    def _answer(self, show: Callable[[Outcome], Any], resource: str, status: int, *, replayed: bool) -> Any:
        shown = show(Outcome(resource, self._log.head().position, replayed))
        extra = {REPLAYED_HEADER: "true"} if replayed else {}
        if isinstance(shown, Response):
            shown.headers.update(extra)
            return shown
        if not isinstance(shown, tuple):
            return shown, status, extra
        headers = dict(shown[2]) if len(shown) > 2 else {}
        return shown[0], shown[1] or status, headers | extra


def install(app: Flask) -> None:
    """Refuse a malformed key of any call that has one, also where it changes nothing (a preview). After the guard."""

    def check() -> None:
        key = request.headers.get("Idempotency-Key")
        if key is not None and g.get("principal") is not None and not _KEY.fullmatch(key):
            raise Refused(WebWhy.KEY_MALFORMED, limit=KEY_CHARACTERS_MAX, found=len(key))

    app.before_request(check)


def _held_to(about: str) -> tuple[Expected, ...]:
    """What If-Match holds the command to. Raises Refused where there is nothing that could match."""
    if about == CHECKED_BY_ACT:
        return ()
    if request.headers.get("If-Match", "").strip() and about == NOTHING_YET:
        raise Refused(WebWhy.NOTHING_TO_MATCH)
    return (Expected(about, etags.expected_version()),) if etags.is_held_to_version() else ()


def _fingerprint() -> str:
    """A digest of what the request asks for: its query and body bytes, and the version it is based on."""
    digest = hashlib.sha256()
    for part in (request.query_string, request.headers.get("If-Match", "").encode(), request.get_data(cache=True)):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def perform(
    act: Callable[[Command], object],
    show: Callable[[Outcome], Any],
    *,
    resource: str,
    status: int = 200,
    about: str = NOTHING_YET,
) -> Any:
    """Run a command once and show its resource.

    *act* does it: it hands `command.cause` and `command.marks` to `transact`. *resource* is the id the command is about,
    made before it runs; use `command.resource`. *show* reads the resource after it, by `outcome.resource`: what it
    returns (an object, or (object, None or status, headers)) is the answer; *status* where it names none. *about* is the
    stream of which the caller's ETag shows the version; left out, the command makes something new.
    """
    commands = current_app.extensions["gongfang-commands"]
    assert isinstance(commands, Commands)  # noqa: S101 - build_app put it there
    return commands.perform(act, show, resource, status, about)
