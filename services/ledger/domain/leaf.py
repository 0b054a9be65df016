"""What of an entry is public: the leaf that the tree hashes, and the commitments that hide its payload until opened.

`dh` and `subjecthash` are SHA-256(domain tag || salt || bytes): with the salt and the payload anybody can check them,
without the salt nobody can guess the payload. Each source's leaves are chained by `sourceseq` and `prevhash`.

Rule 1 (`v`) counts a source's entries in `sourceseq`. Rule 2 takes the source's own number of the fact: a fact that was
never recorded shows as a number that is not there. Facts that are cut into several entries then share their number, and
`piece` of `pieces` tells them apart; `epoch` stands there once a source has gone back.
"""

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from services.ledger.domain.profile import canonical

LEAF_VERSION = 2
LEAF_VERSION_UNNUMBERED = 1  # for facts whose publisher did not number them
SALT_BYTES = 32
BODY_TAG = b"gongfang/ledger/body/v1\x00"
SUBJECT_TAG = b"gongfang/ledger/subject/v1\x00"
FIRST_PREVHASH = bytes(32).hex()


class Leaf(msgspec.Struct, frozen=True, gc=False):
    """The public leaf. Hashes in hex; instants RFC 3339 UTC; *sourceseq* counts from 1, by the rule *v*."""

    v: int
    type: str
    source: str
    sourceseq: int
    prevhash: str
    time: str
    recordedtime: str
    subjecthash: str
    dh: str
    epoch: int = 1
    piece: int = 0
    pieces: int = 0


_USUAL: Mapping[str, object] = {"epoch": 1, "piece": 0, "pieces": 0}
_NEVER = object()

decode_leaf = msgspec.json.Decoder(Leaf).decode


def body_commitment(salt: bytes, body: bytes) -> str:
    """SHA-256(tag || salt || canonical body), in hex. Raises ValueError for a salt of another length."""
    return _commitment(BODY_TAG, salt, body)


def subject_commitment(salt: bytes, subject: str) -> str:
    return _commitment(SUBJECT_TAG, salt, subject.encode())


def _commitment(tag: bytes, salt: bytes, content: bytes) -> str:
    if len(salt) != SALT_BYTES:
        raise ValueError(f"expected a salt of {SALT_BYTES} bytes, found {len(salt)}")
    return sha256(tag + salt + content).hexdigest()


def leaf_bytes(leaf: Leaf) -> bytes:
    """The canonical bytes that the tree hashes; what is usual is left out."""
    said = msgspec.structs.asdict(leaf)
    return canonical({name: value for name, value in said.items() if _USUAL.get(name, _NEVER) != value})
