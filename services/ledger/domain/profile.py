"""The strict JSON profile of entries, and their canonical bytes: what may stand in the ledger, and in which bytes.

Keys `[a-z0-9_]`, strings in NFC, integers within ±(2^53-1), no floats, no nulls, at most 8 levels and 32 KiB. On this
profile sorted orjson output is RFC 8785 (keys are ASCII, so code-point and UTF-16 order agree).
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import orjson

INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 8
ENTRY_BYTES_MAX = 32 * 1024
_STRANGERS = {type(None): "null", float: "float"}
_KEY = re.compile(r"[a-z0-9_]{1,64}")
_known_keys: set[str] = set()  # keys that passed; bounded, because field names are few and data is never a key
_KNOWN_KEYS_MAX = 10_000


class OutsideProfile(Exception):
    """A value the ledger does not take. *pointer* is the JSON Pointer of the first fault, *why* a stable code."""

    def __init__(self, pointer: str, why: str, found: object) -> None:
        super().__init__(f"{pointer or '/'}: {why}, found {str(found)[:60]!r}")
        self.pointer, self.why = pointer, why


def canonical(value: Any) -> bytes:
    """The canonical bytes of *value*, which must be in the profile (`check`); nothing is checked here."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def check(value: Any, levels: int = DEPTH_MAX) -> None:
    """Raises OutsideProfile unless *value* is in the profile, nested at most *levels* deep. Size is not looked at."""
    fault = next(_faults(value, "", levels), None)
    if fault is not None:
        raise OutsideProfile(*fault)


def _faults(value: Any, pointer: str, levels: int) -> Iterator[tuple[str, str, object]]:
    kind = type(value)
    if kind is str:
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            yield pointer, "not_nfc", value
    elif kind is int:
        if not -INTEGER_MAX <= value <= INTEGER_MAX:
            yield pointer, "integer_range", value
    elif kind is dict or kind is list:
        if levels == 0:
            yield pointer, "too_deep", kind.__name__
        else:
            yield from _faults_inside(value, pointer, levels - 1)
    elif kind is not bool:
        yield pointer, _STRANGERS.get(kind, "type"), value


def _faults_inside(container: Any, pointer: str, levels: int) -> Iterator[tuple[str, str, object]]:
    if isinstance(container, list):
        for index, inner in enumerate(container):
            yield from _faults(inner, f"{pointer}/{index}", levels)
        return
    for key, inner in container.items():
        if key not in _known_keys and not _is_key(key):
            yield f"{pointer}/{key}", "key", key
        yield from _faults(inner, f"{pointer}/{key}", levels)


def _is_key(key: str) -> bool:
    if not _KEY.fullmatch(key):
        return False
    if len(_known_keys) < _KNOWN_KEYS_MAX:
        _known_keys.add(key)
    return True


def read(raw: bytes) -> Any:
    """The JSON value in *raw*, with duplicate keys refused; not checked against the rest of the profile.

    Output as long as the input proves that no key stood twice, since nothing in the profile has a shorter
    spelling than orjson's; anything else is read again by the standard parser, which sees pairs.
    Raises OutsideProfile for what is no JSON, or has a key twice.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise OutsideProfile("", "unreadable", str(error)) from None
    if len(orjson.dumps(value)) == len(raw):
        return value
    try:
        return json.loads(raw, object_pairs_hook=_object)
    except ValueError as error:  # an integer of thousands of digits
        raise OutsideProfile("", "unreadable", str(error)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise OutsideProfile(f"/{twice}", "duplicate_key", twice)
    return made


def admit(raw: bytes) -> bytes:
    """*raw* itself when it is canonical bytes of a value in the profile. Raises OutsideProfile for everything else."""
    if len(raw) > ENTRY_BYTES_MAX:
        raise OutsideProfile("", "too_large", len(raw))
    value = read(raw)
    check(value)
    if canonical(value) != raw:
        raise OutsideProfile("", "not_canonical", raw[:60])
    return raw
