"""Pages of lists: a cursor says where the next one begins, sealed, and good for the same caller and filters only.

Sealed, not only signed: a sort key may be a place in a list of everybody's things, which its holder is not to read.
"""

import base64
import hmac
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson
from flask import current_app, request
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from shared.eventstore.port import EventLog
from shared.kernel.refusal import Refused
from shared.web.access import current_principal
from shared.web.fields import BaseSchema, Text, Whole
from shared.web.refusals import WebWhy

LIMIT_MAX = 200
LIMIT_USUAL = 50
_CURSOR_CHARACTERS_MAX = 1_000
T = TypeVar("T")


class PageQuery(BaseSchema):
    """Base of every list's query: `limit` and `cursor`; filters are added by subclasses."""

    limit = Whole(low=1, high=LIMIT_MAX, from_text=True, load_default=LIMIT_USUAL)
    cursor = Text(high=_CURSOR_CHARACTERS_MAX, load_default=None)


class Cursors:
    """Seals and opens cursors with *key* (at least 16 bytes, from the settings).

    The nonce is a digest of content and scope under the key, so equal places have equal cursors and nothing about two
    different ones can be compared; opening recomputes it, which binds the cursor to its scope. With *log* it is bound to
    that log and its epoch as well: after a recovery nobody goes on in a list of the history that was given up.
    """

    def __init__(self, key: bytes, log: EventLog | None = None) -> None:
        if len(key) < 16:
            raise ValueError(f"expected a cursor key of at least 16 bytes, found {len(key)}")
        self._key = key
        self._log = log
        self._box = SecretBox(hmac.digest(key, b"sealed cursors", "sha256"))

    def seal(self, after: Sequence[Any], scope: str) -> str:
        """A cursor that continues behind the row whose sort key is *after* (JSON values)."""
        payload = orjson.dumps(list(after))
        sealed = self._box.encrypt(payload, self._nonce(payload, scope))
        return base64.urlsafe_b64encode(bytes(sealed)).rstrip(b"=").decode()

    def open(self, cursor: str, scope: str) -> list[Any]:
        """The sort key in *cursor*. Raises Refused CURSOR_INVALID when it was made up, altered or for something else."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            payload = self._box.decrypt(raw)
        except (ValueError, CryptoError):
            raise Refused(WebWhy.CURSOR_INVALID) from None
        canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        nonce = self._nonce(payload, scope)
        if canonical != cursor or not hmac.compare_digest(raw[: len(nonce)], nonce):
            raise Refused(WebWhy.CURSOR_INVALID)
        opened = orjson.loads(payload)
        assert isinstance(opened, list)  # noqa: S101 - we sealed it
        return opened

    def _nonce(self, payload: bytes, scope: str) -> bytes:
        history = "" if self._log is None else f"{self._log.identity.log_id}/{self._log.identity.epoch}"
        digest = hmac.digest(self._key, f"{history}\0{scope}\0".encode() + payload, "sha256")
        return digest[: SecretBox.NONCE_SIZE]


def _scope() -> str:
    filters = sorted((name, value) for name, value in request.args.items(multi=True) if name not in {"limit", "cursor"})
    return orjson.dumps([current_principal().org_id, request.path, filters]).decode()


def _cursors() -> Cursors:
    cursors = current_app.extensions["gongfang-cursors"]
    assert isinstance(cursors, Cursors)  # noqa: S101 - build_app put it there
    return cursors


def after(query: dict[str, Any]) -> list[Any] | None:
    """The sort key to continue behind, None for the first page. *query* is a loaded `PageQuery`."""
    cursor = query["cursor"]
    return None if cursor is None else _cursors().open(cursor, _scope())


def page(query: dict[str, Any], rows: Sequence[T], key: Callable[[T], Sequence[Any]]) -> dict[str, Any]:
    """`{"items": …, "next_cursor": …}` from *rows*, of which the view was asked for `limit + 1`."""
    limit = query["limit"]
    items = list(rows[:limit])
    following = _cursors().seal(key(items[-1]), _scope()) if len(rows) > limit else None
    return {"items": items, "next_cursor": following}
