"""Signs access tokens and publishes the keys to verify them; the private halves lie sealed beside the log."""

import hashlib
import threading
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import nacl.bindings
import nacl.exceptions
import nacl.secret
import orjson
import sqlalchemy as sa
from joserfc.jwk import OKPKey
from nacl.signing import SigningKey
from nacl.utils import random

from services.portal.domain.refusals import Why
from services.portal.domain.signing_keys import KEYS, IntroduceKey, Key, Keys, RevokeKey
from services.portal.tables import PRIVATE_KEY
from shared.eventstore.handling import Prepared, decide, load, transact
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock
from shared.kernel.event import Cause
from shared.kernel.ids import Chance, IdSource
from shared.kernel.principal import Principal, system
from shared.kernel.refusal import Refused
from shared.web.tokens import Issued, issue

STREAM = "keys"
LOOK_AGAIN = timedelta(seconds=1)


class KeysSealedOtherwise(Exception):
    """The key that signs now cannot be opened: its private half is gone, or the portal's secret is another one."""

    def __init__(self, kid: str, why: str) -> None:
        super().__init__(f"signing key {kid} {why}")


class Signing:
    """The portal's signing keys. *secret* (from the settings) seals the private halves, which come from *chance*."""

    def __init__(
        self,
        log: LogWithViews,
        clock: Clock,
        ids: IdSource,
        *,
        secret: bytes,
        issuer: str,
        audience: str,
        chance: Chance = random,
    ) -> None:
        self._log, self._clock, self._ids, self._chance = log, clock, ids, chance
        self._issuer, self._audience = issuer, audience
        self._box = nacl.secret.SecretBox(hashlib.sha256(b"portal signing keys\0" + secret).digest())
        self._opened: dict[str, OKPKey] = {}
        self._folded = Keys()
        self._looked_at: datetime | None = None
        self._lock = threading.Lock()

    def issue(self, principal: Principal) -> Issued:
        """A token for *principal*; a key is introduced first where none is in force."""
        now = self._clock.now()
        key = self._keys().signing(now)
        if key is None:
            self.rotate()
            now = self._clock.now()  # the new key signs from a moment after the first look
            key = self._keys().signing(now)
        if key is None:
            raise Refused(Why.KEY_MISSING)
        return issue(
            principal,
            self._private(key),
            issuer=self._issuer,
            audience=self._audience,
            at=now,
            token_id=self._ids.new("tok"),
        )

    def jwks(self) -> Sequence[Mapping[str, object]]:
        """Public keys that verify tokens now (RFC 7517): what verifiers in the same process ask directly."""
        return [
            {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.kid, "x": key.x}
            for key in self.published()
        ]

    def published(self) -> Sequence[Key]:
        """The keys of the JWKS with the times they sign."""
        return self._keys().published(self._clock.now())

    def rotate(self) -> None:
        """Introduce the next key if it is time. Safe to call at any moment, from any process."""
        now = self._clock.now()
        if not self._keys().needs_successor(now):
            return
        private = _ed25519(SigningKey(self._chance(nacl.bindings.crypto_sign_SEEDBYTES)), self._ids.new("key"))
        sealed = self._box.encrypt(orjson.dumps(private.as_dict(private=True)), self._chance(self._box.NONCE_SIZE))
        with self._log.writing() as connection:
            connection.execute(PRIVATE_KEY.insert().values(kid=private.kid, sealed=bytes(sealed)))
        command = IntroduceKey(str(private.kid), str(private.as_dict(private=False)["x"]), now)
        self._append(command, now)

    def revoke(self, kid: str) -> None:
        """Take the key *kid* out of the JWKS now, and introduce another. Raises Refused KEY_UNKNOWN, KEY_REVOKED."""
        now = self._clock.now()
        self._append(RevokeKey(kid, now), now)
        self.rotate()

    def check(self) -> None:
        """Raises KeysSealedOtherwise unless the key that signs now can be opened. None in force is well: one is made."""
        key = self._keys().signing(self._clock.now())
        if key is None:
            return
        try:
            opened = self._unsealed(key)
        except sa.exc.NoResultFound:
            raise KeysSealedOtherwise(key.kid, "has no private half any more") from None
        except (nacl.exceptions.CryptoError, ValueError):
            raise KeysSealedOtherwise(key.kid, "is not sealed with this portal's secret") from None
        if opened.as_dict(private=False).get("x") != key.x:
            raise KeysSealedOtherwise(key.kid, "has another private half than was published")

    def _append(self, command: IntroduceKey | RevokeKey, now: datetime) -> None:
        by = system("portal")
        cause = Cause(correlation_id=self._ids.new("req"), org_id=by.org_id, subject=by.subject, at=now)
        transact(
            self._log, lambda: Prepared([decide(KEYS, load(self._log, KEYS, STREAM), STREAM, command)], None), cause
        )
        self._looked_at = None

    def _keys(self) -> Keys:
        """The keys as they stand: own changes at once, those of another process within LOOK_AGAIN."""
        now = self._clock.now()
        with self._lock:
            if self._looked_at is None or abs(now - self._looked_at) > LOOK_AGAIN:  # a clock may be set back
                self._looked_at = now
                self._folded = load(self._log, KEYS, STREAM).state
            return self._folded

    def _private(self, key: Key) -> OKPKey:
        found = self._opened.get(key.kid)
        if found is None:
            found = self._unsealed(key)
            self._opened = {**self._opened, key.kid: found}
        return found

    def _unsealed(self, key: Key) -> OKPKey:
        with self._log.views.connect() as connection:
            query = sa.select(PRIVATE_KEY.c.sealed).where(PRIVATE_KEY.c.kid == key.kid)
            sealed = connection.execute(query).scalar_one()
        return OKPKey.import_key(orjson.loads(self._box.decrypt(sealed)))


def _ed25519(key: SigningKey, kid: str) -> OKPKey:
    """*key* as a JSON Web Key (RFC 8037)."""
    halves = {"d": bytes(key), "x": bytes(key.verify_key)}
    encoded = {name: urlsafe_b64encode(half).rstrip(b"=").decode() for name, half in halves.items()}
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "kid": kid, **encoded})
