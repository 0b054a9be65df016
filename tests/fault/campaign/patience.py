"""A client that does not give up: it sends the same command with the same key until it is answered, and notes that."""

import secrets
from collections.abc import Callable
from threading import Event
from typing import Any

import httpx

from services.demo.party import Credentials, Json, Party, Turned
from tests.fault.campaign.record import Deed, Outcome, Record

ANSWER_WITHIN_S = 2.0  # shorter than a server is frozen, so that clients give up in the middle
AGAIN_AFTER_S = 0.05
_UNDECIDED = frozenset({"KEY_IN_FLIGHT"})
_HEARD = frozenset({"QUOTE_LOST", "QUOTE_EXPIRED"})  # the acceptance stands in the order's story, and came too late


class Over(Exception):
    """The campaign ended while nobody answered."""


class PatientParty(Party):
    """A party that remembers whether the last answer was an earlier one, shown again."""

    was_repeated = False

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = super()._send(method, path, **more)
        self.was_repeated = "Idempotency-Replayed" in answer.headers
        return answer


class Patient:
    """One organisation's client. *over* ends its patience."""

    def __init__(self, address: str, code: str, credentials: Credentials, record: Record, over: Event) -> None:
        self.code = code
        self._record, self._over = record, over
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
        """POST until it is answered; what was shown, None after a refusal. Raises Over at the end."""
        key = secrets.token_hex(12)
        return self.do_as(key, kind, about, path, body, version=version)

    def do_as(
        self, key: str, kind: str, about: str, path: str, body: Json | None = None, *, version: object = None
    ) -> Json | None:
        """The same under a given key."""
        tries = 0

        def note(outcome: Outcome, said: str) -> None:
            repeated = self._party.was_repeated and outcome == "acknowledged"
            self._record.note(Deed(kind, about, self.code, key, outcome, tries, repeated, said))

        def send() -> Json:
            nonlocal tries
            tries += 1
            return self._party.post(path, body, version=version, key=key)

        try:
            shown: Json = self._until_answered(send)
        except Turned as no:
            was_done = kind == "accept quote" and no.code in _HEARD
            note("acknowledged" if was_done else "refused", no.code)
            return None
        except Over:
            note("unanswered", "")
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
