"""Personal fields under seal: a key for each person beside the log; erase the key and every copy is unreadable.

Events and facts carry the token, never the name. Digests run over tokens, so they verify after an erasure as before.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

import sqlalchemy as sa
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from shared.eventstore.projecting import LogWithViews
from shared.eventstore.tables import PROGRESS, SEAL
from shared.kernel.ids import Chance

_MARK = "sealed.v1"
ERASED = "erased"  # as a consumer's name beside the marks: its sources are the subjects whose key was destroyed
TEXT_CHARACTERS_MAX = 1_000


def is_sealed(text: str) -> bool:
    """Whether *text* is a token, and not from a time before it was sealed."""
    return text.startswith(f"{_MARK}:")


class Seals:
    """Seals and opens texts of a *subject* (a person's id such as `usr_…`) with keys kept in the database of *log*.

    XSalsa20-Poly1305 with a random 24-byte nonce (PyNaCl's SecretBox). A token is ASCII and names its subject. Keys and
    nonces come from *chance*.
    """

    def __init__(self, log: LogWithViews, chance: Chance = random) -> None:
        self._log = log
        self._chance = chance

    def seal(self, subject: str, text: str) -> str:
        """The token for *text*. Raises ValueError when *text* is too long or *subject* holds a colon."""
        if not subject or ":" in subject or len(text) > TEXT_CHARACTERS_MAX:
            raise ValueError(f"expected a subject without colon and at most {TEXT_CHARACTERS_MAX} characters")
        box = SecretBox(self._key(subject) or self._new_key(subject))
        sealed = box.encrypt(text.encode(), self._chance(SecretBox.NONCE_SIZE))
        return f"{_MARK}:{subject}:{base64.urlsafe_b64encode(bytes(sealed)).decode()}"

    def open(self, token: str) -> str | None:
        """The text, or None when its key was erased. Raises ValueError for what is no token."""
        mark, _, rest = token.partition(":")
        subject, _, body = rest.partition(":")
        try:
            sealed = base64.b64decode(body, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as wrong:
            raise ValueError("expected a sealed token") from wrong
        if mark != _MARK or not subject or len(sealed) <= SecretBox.NONCE_SIZE:
            raise ValueError("expected a sealed token")
        key = self._key(subject)
        if key is None:
            return None
        try:
            return SecretBox(key).decrypt(sealed).decode()
        except CryptoError:
            return None  # sealed under a key that was erased before this one was made

    def digest(self, subject: str, text: str) -> str:
        """A name for *text* that only who has *subject*'s key can make again: HMAC-SHA-256, 40 hexadecimal digits."""
        key = self._key(subject) or self._new_key(subject)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:40]

    @staticmethod
    def subject_of(token: str) -> str:
        """Whose key opens *token*."""
        return token.partition(":")[2].partition(":")[0]

    def erase(self, subject: str) -> bool:
        """Destroy the key of *subject*, also on disk; whether there was one. What was sealed stays sealed for ever.

        That it was erased is noted, so that a key which is only gone can be told from one that was meant to go.
        """
        with self._log.writing() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
            erased = connection.execute(SEAL.delete().where(SEAL.c.subject == subject)).rowcount
            noted = sa.and_(PROGRESS.c.consumer == ERASED, PROGRESS.c.source == subject)
            connection.execute(PROGRESS.delete().where(noted))
            connection.execute(PROGRESS.insert().values(consumer=ERASED, source=subject, mark=1))
        self._log.scrub()
        return bool(erased)

    def missing(self, subjects: Iterable[str]) -> list[str]:
        """Those of *subjects* whose key is gone though nobody erased it."""
        with self._log.views.connect() as connection:
            kept = set(connection.scalars(sa.select(SEAL.c.subject)))
            erased = set(connection.scalars(sa.select(PROGRESS.c.source).where(PROGRESS.c.consumer == ERASED)))
        return sorted(set(subjects) - kept - erased)

    def _key(self, subject: str) -> bytes | None:
        with self._log.views.connect() as connection:
            found: bytes | None = connection.scalar(sa.select(SEAL.c.key).where(SEAL.c.subject == subject))
        return found

    def _new_key(self, subject: str) -> bytes:
        with self._log.writing() as connection:
            found = connection.scalar(sa.select(SEAL.c.key).where(SEAL.c.subject == subject))
            if found is not None:
                return bytes(found)
            key = self._chance(SecretBox.KEY_SIZE)
            connection.execute(SEAL.insert().values(subject=subject, key=key))
        return key
