"""How a published fact becomes the body of an entry: put into the profile, with digests for what does not fit.

Differences to the published bytes, all of them: nulls are left out; text is NFC; maps whose keys are data become lists
of {key, value} in key order; a top-level member of the fact that is too deep, outside the profile, or the largest while
the body is above 32 KiB, becomes {sha256, bytes, items}: the digest of its canonical JSON as published. Long declarations of line time are not
digested but cut (`pieces.py`).
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
import orjson

from services.ledger.domain.commands import ArrivedFact
from services.ledger.domain.pieces import pieces_of
from services.ledger.domain.profile import DEPTH_MAX, ENTRY_BYTES_MAX, OutsideProfile, canonical, check, read
from shared.contracts.registry import FACTS

_FACT_LEVELS = DEPTH_MAX - 1  # the fact stands one level down, as `data` of the body


def bodies_of(fact: ArrivedFact) -> list[bytes]:
    """Canonical bytes of the private bodies of *fact*'s entries, at most 32 KiB each: one, or one a piece.

    Raises OutsideProfile for data that is no JSON object or has a key twice; nothing a publisher of ours can send.
    """
    published = read(fact.data)
    if not isinstance(published, dict):
        raise OutsideProfile("", "type", published)
    pieces = pieces_of(fact.type, published)
    around = {
        "actor": _normal(fact.actor),
        "correlation": _normal(fact.correlation),
        "fact": fact.fact_id,
        "subject": _normal(fact.subject),
    }
    if len(pieces) == 1:
        return [_body(around, published)]
    numbered = enumerate(pieces, start=1)
    return [_body({**around, "piece": number, "pieces": len(pieces)}, piece) for number, piece in numbered]


def _body(around: dict[str, Any], published: dict[str, Any]) -> bytes:
    fact = {name: _fitted(name, value) for name, value in published.items() if value is not None}
    body = {**around, "data": fact}
    raw = canonical(body)
    if len(raw) <= ENTRY_BYTES_MAX:
        return raw
    for name in sorted(fact, key=lambda one: -len(canonical(fact[one]))):
        fact[name] = digest_of(published[name])
        raw = canonical(body)
        if len(raw) <= ENTRY_BYTES_MAX:
            return raw
    raise OutsideProfile("", "too_large", len(raw))


def digest_of(value: Any) -> dict[str, Any]:
    """What stands for a published member that does not fit: SHA-256 and length of its canonical JSON, and its items."""
    raw = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    digest: dict[str, Any] = {"sha256": sha256(raw).hexdigest(), "bytes": len(raw)}
    if isinstance(value, list):
        digest["items"] = len(value)
    return digest


def _fitted(name: str, value: Any) -> Any:
    kept = _kept(name, value)
    try:
        check(kept, _FACT_LEVELS - 1)
    except OutsideProfile:
        return digest_of(value)
    return kept


def _kept(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return _normal(value)
    if isinstance(value, list):
        return [_kept("", one) for one in value]
    if isinstance(value, dict):
        if name in _maps():
            return [{"key": _normal(key), "value": _kept("", value[key])} for key in sorted(value)]
        return {key: _kept(key, one) for key, one in value.items() if one is not None}
    return value


def _normal(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@cache
def _maps() -> frozenset[str]:
    """Names of the published facts' members that are maps with data for keys, such as work_ids."""
    return frozenset(_map_names())


def _map_names() -> Iterator[str]:
    _, components = msgspec.json.schema_components(FACTS.classes.values())
    for schema in components.values():
        for name, member in schema.get("properties", {}).items():
            if "additionalProperties" in member:
                yield name
