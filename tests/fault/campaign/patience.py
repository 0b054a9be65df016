"""A client that does not give up: it sends the same command with the same key until it is answered, and notes that.

It trusts a key for as long as the platform promises to remember it, and no longer: sent later, the command would be a
new one. Who still has no answer then would have to look first; here the command is left alone, answer unknown.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import httpx

from services.demo.party import Credentials, Json, Party, Turned
from shared.web.idempotency import KEPT_FOR
from tests.fault.campaign.record import Deed, Outcome, Record

ANSWER_WITHIN_S = 2.0  # shorter than a server is frozen, so that clients give up in the middle
AGAIN_AFTER_S = 0.05
KEY_TRUSTED_FOR = KEPT_FOR - timedelta(hours=1)  # a service may have begun to count before the client did
_UNDECIDED = frozenset({"KEY_IN_FLIGHT"})
_HEARD = frozenset({"QUOTE_LOST", "QUOTE_EXPIRED"})  # the acceptance stands in the order's story, and came too late


class Over(Exception):
    """The campaign ended while nobody answered."""


class KeyOutlived(Exception):
    """The platform may have forgotten the key by now, and nobody knows whether it was used."""


class PatientParty(Party):
    """A party that remembers whether the last answer was an earlier one, shown again."""

    was_repeated = False

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = super()._send(method, path, **more)
        self.was_repeated = "Idempotency-Replayed" in answer.headers
        return answer


class Patient:
    """One organisation's client. *over* ends its patience; *clock* tells how far time has gone on."""

    def __init__(
        self,
        address: str,
        code: str,
        credentials: Credentials,
        record: Record,
        over: Event,
        *,
        clock: Callable[[], timedelta],
    ) -> None:
        self.code = code
        self._record, self._over, self._clock = record, over, clock
        self._party = PatientParty(address, code, credentials, timeout_s=ANSWER_WITHIN_S)

    def read(self, path: str, **query: str) -> Json:
        """GET until it is answered. Raises Turned when the answer is no, Over at the end."""
        answer: Json = self._until_answered(lambda: self._party.get(path, **query))
        return answer

    def items(self, path: str, **query: str) -> list[Json]:
        answer: list[Json] = self._until_answered(lambda: self._party.items(path, **query))
        return answer

    def preview(self, path: str) -> Json:
        """What a change would cost: a POST that writes nothing."""
        answer: Json = self._until_answered(lambda: self._party.post(path, {}, query={"preview": "true"}))
        return answer

    def do(self, kind: str, about: str, path: str, body: Json | None = None, *, version: object = None) -> Json | None:
        """POST until it is answered; what was shown, None after a refusal or when the key is too old to be sent again.

        Raises Over at the end.
        """
        key = secrets.token_hex(12)
        return self.do_as(key, kind, about, path, body, version=version)

    def do_as(
        self, key: str, kind: str, about: str, path: str, body: Json | None = None, *, version: object = None
    ) -> Json | None:
        """The same under a given key."""
        tries, begun = 0, self._clock()

        def note(outcome: Outcome, said: str) -> None:
            repeated = self._party.was_repeated and outcome == "acknowledged"
            self._record.note(Deed(kind, about, self.code, key, outcome, tries, repeated, said))

        def send() -> Json:
            nonlocal tries
            if tries and self._clock() - begun >= KEY_TRUSTED_FOR:
                raise KeyOutlived
            tries += 1
            return self._party.post(path, body, version=version, key=key)

        try:
            shown: Json = self._until_answered(send)
        except Turned as no:
            was_done = kind == "accept quote" and no.code in _HEARD
            note("acknowledged" if was_done else "refused", no.code)
            return None
        except KeyOutlived:
            note("unanswered", "the key's time ran out")
            return None
        except Over:
            note("unanswered", "the campaign ended")
            raise
        note("acknowledged", str(shown.get("version", "")))
        return shown

    def _until_answered(self, ask: Callable[[], Any]) -> Any:
        while True:
            try:
                return ask()
            except httpx.TransportError:
                pass  # nobody knows whether it was done
            except Turned as no:
                if no.status < 500 and no.code not in _UNDECIDED:
                    raise
            if self._over.wait(AGAIN_AFTER_S):
                raise Over

    def close(self) -> None:
        self._party.close()
