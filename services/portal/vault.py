"""Where personal text is kept: sealed under a key of the person it is about, gone when that key is erased.

The keys lie in the log's own table of seals, themselves sealed by the portal's secret; the log holds sealed text only.
"""

import base64
import hashlib

import nacl.exceptions
import nacl.secret
import nacl.utils
import sqlalchemy as sa

from shared.eventstore.projecting import LogWithViews
from shared.eventstore.tables import SEAL


class Vault:
    """Seals and opens text under the key of a subject (a user id)."""

    def __init__(self, log: LogWithViews, secret: bytes) -> None:
        self._log = log
        self._box = nacl.secret.SecretBox(hashlib.sha256(b"portal personal keys\0" + secret).digest())

    def seal(self, subject: str, text: str) -> str:
        """*text* sealed for *subject*, whose key is made at the first seal."""
        sealed = nacl.secret.SecretBox(self._key(subject) or self._new_key(subject)).encrypt(text.encode())
        return base64.urlsafe_b64encode(bytes(sealed)).decode()

    def open(self, subject: str, sealed: str) -> str | None:
        """None when the person has been erased."""
        key = self._key(subject)
        if key is None:
            return None
        try:
            return nacl.secret.SecretBox(key).decrypt(base64.urlsafe_b64decode(sealed)).decode()
        except nacl.exceptions.CryptoError:
            return None

    def erase(self, subject: str) -> None:
        """Forget the person: what was sealed for *subject* can never be opened again."""
        with self._log.writing() as connection:
            connection.execute(SEAL.delete().where(SEAL.c.subject == subject))

    def _key(self, subject: str) -> bytes | None:
        with self._log.views.connect() as connection:
            kept = connection.execute(sa.select(SEAL.c.key).where(SEAL.c.subject == subject)).scalar_one_or_none()
        return None if kept is None else self._box.decrypt(kept)

    def _new_key(self, subject: str) -> bytes:
        key = nacl.utils.random(nacl.secret.SecretBox.KEY_SIZE)
        with self._log.writing() as connection:
            kept = connection.execute(sa.select(SEAL.c.key).where(SEAL.c.subject == subject)).scalar_one_or_none()
            if kept is not None:  # another thread was first
                return self._box.decrypt(kept)
            connection.execute(SEAL.insert().values(subject=subject, key=bytes(self._box.encrypt(key))))
        return key
