"""Passwords: which are good enough, and their Argon2id hashes, of which only a few are computed at a time."""

import secrets
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from services.portal.domain.refusals import Why
from shared.kernel.refusal import Refused

LENGTH_MIN = 10
LENGTH_MAX = 128
HASHES_AT_ONCE = 2
WAITING_MAX = 4  # a hash that waits holds one of the server's threads; the others are for those who are signed in
STRANGERS_MAX = HASHES_AT_ONCE + WAITING_MAX // 2  # places for those who were never signed in where they are
WAIT_S_MAX = 5.0
WEAK_BELOW = 9.0  # guesses, as a power of ten, that zxcvbn counts before it has a password; 8: "somewhat guessable"
LOOKED_AT_MAX = 72  # characters: what follows makes no password weaker, and zxcvbn's work grows with the square
PLATFORM = ("gongfang", "gong fang", "共坊", "工坊", "xianning", "咸宁", "shared factory", "demo", "example")
_COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split())


class Passwords:
    """Hashes and verifies. A hash takes a tenth of a second and 64 MiB, so at most HASHES_AT_ONCE run; WAITING_MAX
    queue for WAIT_S_MAX; who finds the queue full, or has waited that long, is asked to come again.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(HASHES_AT_ONCE)
        self._places = threading.BoundedSemaphore(HASHES_AT_ONCE + WAITING_MAX)
        self._strangers = threading.BoundedSemaphore(STRANGERS_MAX)
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

    def verify(self, hashed: str | None, password: str, *, is_stranger: bool = False) -> bool:
        """Whether *password* fits. None stands for an account that does not exist, and takes the same time.

        Strangers, however many come, leave places to those who were signed in where they are.
        """
        with self._stranger() if is_stranger else nullcontext(), self._slot():
            try:
                self._hasher.verify(hashed or self._nobody, password)
            except (Argon2Error, InvalidHashError):
                return False
        return hashed is not None

    @contextmanager
    def _stranger(self) -> Iterator[None]:
        if not self._strangers.acquire(blocking=False):
            raise Refused(Why.SIGN_IN_BUSY, seconds=5)
        try:
            yield
        finally:
            self._strangers.release()

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
    """Raises Refused PASSWORD_WEAK: too short, the login with a tail, hardly varied, or one that is soon guessed from the
    public lists, keyboard rows, dates, the login and the platform's own name.
    """
    folded = password.casefold()
    weak = len(password) < LENGTH_MIN or len(set(password)) < 4 or folded in _COMMON
    named = folded.startswith(login.casefold()) and len(password) - len(login) < LENGTH_MIN // 2
    if weak or named or _guesses(password, login) < WEAK_BELOW:
        raise Refused(Why.PASSWORD_WEAK, pointer=pointer, low=LENGTH_MIN)


def _guesses(password: str, login: str) -> float:
    """How many guesses a good guesser needs, as a power of ten."""
    from zxcvbn import zxcvbn  # late: its lists take a tenth of a second, and few requests set a password

    text = unicodedata.normalize("NFKC", password)[:LOOKED_AT_MAX]
    return float(zxcvbn(text, user_inputs=[*PLATFORM, login, login.partition("@")[0]])["guesses_log10"])
