"""ETag is the version of a stream and, of what is read, a digest of what is shown: strong, and asked for in If-Match
before anything changes.

`"v12-5f2e9a01b3c4"`: version 12, shown like this. The digest changes with whatever changes the body: the clock, a view
that has caught up, what was expanded. A change rests on the version: If-Match compares that part, and takes `"v12"` too.
"""

import hashlib
import re

from flask import request

from shared.kernel.refusal import Refused
from shared.web.refusals import WebWhy

GZIPPED = "-gz"
_DIGEST_CHARACTERS = 12
_TAG = re.compile(rf'"v([1-9][0-9]{{0,15}})(?:-[0-9a-f]{{{_DIGEST_CHARACTERS}}}(?:{GZIPPED})?)?"')


def etag(version: int) -> dict[str, str]:
    """Headers that go with a resource at *version*."""
    return {"ETag": f'"v{version}"'}


def shown_tag(version_tag: str | None, body: bytes) -> str:
    """The tag of *body*, read at *version_tag* (`v12`) where the thing has versions."""
    digest = hashlib.sha256(body).hexdigest()[:_DIGEST_CHARACTERS]
    return f"{version_tag or 'd'}-{digest}"


def is_held_to_version() -> bool:
    """Whether the caller sent an If-Match that names something; `*` names nothing."""
    return request.headers.get("If-Match", "").strip() not in {"", "*"}


def check_preview(found: int) -> None:
    """A preview is held to If-Match like the change it previews, where one is sent. Raises Refused."""
    if is_held_to_version():
        check_version(expected_version(), found)


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
