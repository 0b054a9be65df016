"""Pages of lists: a cursor says where the next one begins, signed, and good for the same caller and filters only."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson
from flask import current_app, request

from shared.kernel.refusal import Refused
from shared.web.access import current_principal
from shared.web.fields import BaseSchema, Text, Whole
from shared.web.refusals import WebWhy

LIMIT_MAX = 200
LIMIT_USUAL = 50
_MAC_BYTES = 16
_CURSOR_CHARACTERS_MAX = 1_000
T = TypeVar("T")


class PageQuery(BaseSchema):
    """Base of every list's query: `limit` and `cursor`; filters are added by subclasses."""

    limit = Whole(low=1, high=LIMIT_MAX, from_text=True, load_default=LIMIT_USUAL)
    cursor = Text(high=_CURSOR_CHARACTERS_MAX, load_default=None)


class Cursors:
    """Signs and opens cursors with *key* (at least 16 bytes, from the settings)."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError(f"expected a cursor key of at least 16 bytes, found {len(key)}")
        self._key = key

    def seal(self, after: Sequence[Any], scope: str) -> str:
        """A cursor that continues behind the row whose sort key is *after* (JSON values)."""
        payload = orjson.dumps(list(after))
        return base64.urlsafe_b64encode(self._mac(payload, scope) + payload).rstrip(b"=").decode()

    def open(self, cursor: str, scope: str) -> list[Any]:
        """The sort key in *cursor*. Raises Refused CURSOR_INVALID when it was made up, altered or for something else."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise Refused(WebWhy.CURSOR_INVALID) from None
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        if canonical != cursor or not hmac.compare_digest(mac, self._mac(payload, scope)):
            raise Refused(WebWhy.CURSOR_INVALID)
        opened = orjson.loads(payload)
        assert isinstance(opened, list)  # noqa: S101 - we signed it
        return opened

    def _mac(self, payload: bytes, scope: str) -> bytes:
        return hmac.new(self._key, scope.encode() + b"\0" + payload, hashlib.sha256).digest()[:_MAC_BYTES]


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
