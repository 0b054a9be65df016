"""Passwords: which are good enough, and their Argon2id hashes, of which only a few are computed at a time."""

import secrets
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from services.portal.domain.refusals import Why
from shared.kernel.refusal import Refused

LENGTH_MIN = 10
LENGTH_MAX = 128
HASHES_AT_ONCE = 2
WAITING_MAX = 4  # a hash that waits holds one of the server's threads; the others are for those who are signed in
WAIT_S_MAX = 5.0
_COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split())


class Passwords:
    """Hashes and verifies. A hash takes a tenth of a second and 64 MiB, so at most HASHES_AT_ONCE run; WAITING_MAX
    queue for WAIT_S_MAX; who finds the queue full, or has waited that long, is asked to come again.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(HASHES_AT_ONCE)
        self._places = threading.BoundedSemaphore(HASHES_AT_ONCE + WAITING_MAX)
        self._newcomer = threading.Lock()
        self._nobody = _hash_of_nothing(self._hasher)

    @property
    def at_work(self) -> int:
        """Passwords that are hashed now or wait for it."""
        return HASHES_AT_ONCE + WAITING_MAX - self._places._value  # noqa: SLF001 - a semaphore tells nobody its count

    def hash(self, password: str) -> str:
        with self._slot():
            return self._hasher.hash(password)

    def hash_of_newcomer(self, password: str) -> str:
        """As `hash`, one at a time: however many people are registered, the other places are for signing in."""
        if not self._newcomer.acquire(blocking=False):
            raise Refused(Why.SIGN_IN_BUSY, seconds=5)
        try:
            return self.hash(password)
        finally:
            self._newcomer.release()

    def verify(self, hashed: str | None, password: str) -> bool:
        """Whether *password* fits. None stands for an account that does not exist, and takes the same time."""
        with self._slot():
            try:
                self._hasher.verify(hashed or self._nobody, password)
            except (Argon2Error, InvalidHashError):
                return False
        return hashed is not None

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Refused(Why.SIGN_IN_BUSY, seconds=5)
        try:
            if not self._slots.acquire(timeout=WAIT_S_MAX):
                raise Refused(Why.SIGN_IN_BUSY, seconds=5)
            try:
                yield
            finally:
                self._slots.release()
        finally:
            self._places.release()


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """A hash that no password fits and that takes as long to verify as any; made up, because a start has no time."""
    salt, digest = (
        b64encode(secrets.token_bytes(length)).rstrip(b"=").decode() for length in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2{hasher.type.name.lower()}$v=19${costs}${salt}${digest}"


def check_strength(password: str, login: str, pointer: str) -> None:
    """Raises Refused PASSWORD_WEAK: too short, the login with a tail, hardly varied, or a common one."""
    folded = password.casefold()
    weak = len(password) < LENGTH_MIN or len(set(password)) < 4 or folded in _COMMON
    named = folded.startswith(login.casefold()) and len(password) - len(login) < LENGTH_MIN // 2
    if weak or named:
        raise Refused(Why.PASSWORD_WEAK, pointer=pointer, low=LENGTH_MIN)
