"""What every answer of the API has in common on its way out: a tag that follows the body, 304, and compression."""

import gzip

from flask import Response, g, request

from shared.web.etags import GZIPPED, shown_tag

COMPRESSED_FROM_BYTES = 1_024
_LEVEL = 1  # most of the gain, at a fifth of the time
_COMPRESSED = frozenset({"application/json", "text/csv", "text/css", "text/html"})
_PUBLIC_PAGES = "documentation"


def finish(response: Response) -> None:
    """Tag what was read, answer 304 to who has it, compress what is large."""
    if not _was_read(response):
        return
    given, _ = response.get_etag()
    tag = shown_tag(given, response.get_data())
    response.set_etag(tag)
    known = request.if_none_match
    if known.contains_weak(tag) or known.contains_weak(tag + GZIPPED):
        response.status_code = 304
        response.set_data(b"")
        return
    _compress(response, tag)


def _was_read(response: Response) -> bool:
    """Whether it is a whole answer of the API, or of its documentation, to a reading request.

    Other pages hold what belongs to a session: they are neither tagged nor compressed.
    """
    is_ours = g.get("principal") is not None or request.blueprint == _PUBLIC_PAGES
    return (
        is_ours
        and request.method in {"GET", "HEAD"}
        and response.status_code == 200
        and not response.is_streamed
        and not response.direct_passthrough
    )


def _compress(response: Response, tag: str) -> None:
    """What a reader alone can make differ by guessing, and what holds a secret, never comes here: only reads with a
    token, which no foreign page can send, and public pages.
    """
    if response.mimetype not in _COMPRESSED:
        return
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < COMPRESSED_FROM_BYTES or request.accept_encodings["gzip"] <= 0:
        return
    response.set_data(gzip.compress(body, _LEVEL, mtime=0))
    response.content_encoding = "gzip"
    response.set_etag(tag + GZIPPED)
