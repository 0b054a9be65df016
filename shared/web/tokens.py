"""Access tokens: what stands in them, how the portal signs them and how services verify them without asking anyone.

EdDSA over Ed25519 (RFC 8037), header `{"alg": "EdDSA", "kid": …}`. A key that left the JWKS is revoked at once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from shared.kernel.clock import Clock
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused
from shared.web.refusals import WebWhy

LIFETIME_MAX = timedelta(minutes=15)
LEEWAY_S = 5
TOKEN_CHARACTERS_MAX = 4_096
_ALGORITHM = "EdDSA"
_PERMISSIONS_MAX = 200


class _OnlyEdDsa(JWSRegistry):
    """Knows one algorithm. RFC 9864 renames it; every OAuth library of today knows the older name."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[_ALGORITHM] if name == _ALGORITHM else super().get_alg(name)


_REGISTRY = _OnlyEdDsa(algorithms=[_ALGORITHM])


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed token and the seconds it lives."""

    text: str
    expires_in_s: int


class Verifier(Protocol):
    """Who a bearer token speaks for. Raises Refused: TOKEN_INVALID, TOKEN_EXPIRED."""

    def __call__(self, token: str) -> Principal: ...


def issue(
    principal: Principal,
    key: OKPKey,
    *,
    issuer: str,
    audience: str,
    at: datetime,
    token_id: str,
    lifetime: timedelta = LIFETIME_MAX,
) -> Issued:
    """A token for *principal*, valid from *at* for *lifetime* (at most 15 minutes), signed by *key* (with a kid)."""
    if not timedelta(0) < lifetime <= LIFETIME_MAX:
        raise ValueError(f"expected a lifetime up to {LIFETIME_MAX}, found {lifetime}")
    begins = int(at.timestamp())
    seconds = int(lifetime.total_seconds())
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": principal.subject,
        "org": principal.org_id,
        "role": principal.role.value,
        "permissions": sorted(principal.permissions),
        "iat": begins,
        "nbf": begins,
        "exp": begins + seconds,
        "jti": token_id,
    }
    return Issued(jwt.encode({"alg": _ALGORITHM, "kid": key.kid}, claims, key, registry=_REGISTRY), seconds)


class TokenVerifier:
    """Verifies tokens of one issuer for one audience, by the keys that *keys* (the JWKS) holds at this moment.

    *revoked*: subjects that are refused although their tokens verify; nobody when None.
    """

    def __init__(
        self,
        keys: Callable[[], Sequence[Mapping[str, object]]],
        *,
        issuer: str,
        audience: str,
        clock: Clock,
        revoked: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self._keys, self._clock, self._revoked = keys, clock, revoked
        self._claims = JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            nbf={"essential": True},
            iat={"essential": True},
        )
        self._imported: dict[str, tuple[object, OKPKey]] = {}

    def __call__(self, token: str) -> Principal:
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise Refused(WebWhy.TOKEN_INVALID)
        try:
            decoded = jwt.decode(token, self._key_of, registry=_REGISTRY)
            self._claims.validate(decoded.claims)
            principal = _principal(decoded.claims)
        except ExpiredTokenError:
            raise Refused(WebWhy.TOKEN_EXPIRED) from None
        except (JoseError, ValueError, TypeError, LookupError):
            raise Refused(WebWhy.TOKEN_INVALID) from None
        if self._revoked is not None and principal.subject in self._revoked():
            raise Refused(WebWhy.TOKEN_INVALID)
        return principal

    def _key_of(self, signed: object) -> OKPKey:
        headers = signed.headers()  # type: ignore[attr-defined] # joserfc's protocol class is not exported
        kid = headers.get("kid")
        found = next((one for one in self._keys() if one.get("kid") == kid), None) if isinstance(kid, str) else None
        if found is None or found.get("crv") != "Ed25519":
            raise LookupError(f"no key {kid!r} in the key set")
        x = found.get("x")
        known = self._imported.get(str(kid))
        if known is None or known[0] != x:
            known = (x, OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": str(x), "kid": str(kid)}))
            self._imported = {**self._imported, str(kid): known} if len(self._imported) < 32 else {str(kid): known}
        return known[1]


def _principal(claims: Mapping[str, object]) -> Principal:
    org, role, subject, permissions = (claims.get(name) for name in ("org", "role", "sub", "permissions"))
    if not isinstance(org, str) or not isinstance(subject, str) or not org or not subject:
        raise ValueError("expected org and sub to be text")
    if role not in {Role.BUYER.value, Role.FACTORY.value, Role.OFFICE.value}:
        raise ValueError(f"expected a role of people or clients, found {role!r}")
    if not isinstance(permissions, list) or len(permissions) > _PERMISSIONS_MAX:
        raise ValueError("expected a list of permissions")
    if not all(isinstance(one, str) for one in permissions):
        raise ValueError("expected permissions to be text")
    return Principal(org, Role(str(role)), subject, frozenset(permissions))
