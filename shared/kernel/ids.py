"""Ids: a prefix that names the kind of thing, and 26 characters of ULID that sort by time."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID = re.compile(r"[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}")


Chance = Callable[[int], bytes]
"""So many bytes that nobody can guess ahead: the operating system's, or seeded in simulation."""


class IdSource(Protocol):
    """Makes ids. Seeded in simulation, so that any run can be replayed."""

    def new(self, prefix: str) -> str:
        """A fresh id such as `ord_01J…`; *prefix* is three lower-case letters."""
        ...


def ulid(at: datetime, randomness: int) -> str:
    """26 Crockford base-32 characters: 48 bits of milliseconds since 1970, then 80 bits of *randomness*."""
    return _base32((int(at.timestamp() * 1000) << 80) | (randomness & ((1 << 80) - 1)))


def _base32(value: int) -> str:
    characters = []
    for _ in range(26):
        characters.append(_CROCKFORD[value & 31])
        value >>= 5
    return "".join(reversed(characters))


def is_id(text: str, prefix: str) -> bool:
    """Whether *text* has the form of an id with *prefix*."""
    return _ID.fullmatch(text) is not None and text.startswith(f"{prefix}_")


def derived_id(prefix: str, *parts: str | int) -> str:
    """An id that is the same for the same *parts* (SHA-256 of them), for things named by others' ids."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    value = int.from_bytes(digest[:16], "big")
    return f"{prefix}_{_base32(value)}"
