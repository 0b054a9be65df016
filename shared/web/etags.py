"""ETag is the version of a stream: strong, and asked for in If-Match before anything changes."""

import re

from flask import request

from shared.kernel.refusal import Refused
from shared.web.refusals import WebWhy

_TAG = re.compile(r'"v([1-9][0-9]{0,15})"')


def etag(version: int) -> dict[str, str]:
    """Headers that go with a resource at *version*."""
    return {"ETag": f'"v{version}"'}


def expected_version() -> int:
    """The version in If-Match. Raises Refused: VERSION_NEEDED when there is none, HEADER_INVALID when it is not ours.

    `*` would let a change through unseen, so it is treated as missing; weak tags never match a change (RFC 9110).
    """
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        raise Refused(WebWhy.VERSION_NEEDED)
    found = _TAG.fullmatch(header)
    if found is None:
        raise Refused(WebWhy.HEADER_INVALID, header="If-Match", expected='"v2"', found=header[:40])
    return int(found[1])


def check_version(expected: int, found: int) -> None:
    """Raises Refused VERSION_STALE unless the caller based the change on the version *found* now."""
    if expected != found:
        raise Refused(WebWhy.VERSION_STALE, expected=expected, found=found)
