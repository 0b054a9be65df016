"""Everything that apps answer while a test listens, as it leaves them."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask, Response, request


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer: *path* as the document writes it, *sent* the request's JSON body, *said* the answer's."""

    method: str
    path: str
    url: str
    status: int
    media_type: str
    headers: Mapping[str, str]
    sent: Any
    said: Any


def listen(app: Flask, heard: list[Heard]) -> None:
    """Note every answer of *app* that goes to a route of its own, after all else has been done to it."""

    def note(response: Response) -> Response:
        if request.url_rule is not None and not response.is_streamed and not response.direct_passthrough:
            heard.append(
                Heard(
                    method=request.method,
                    path=request.url_rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}"),
                    url=request.full_path.rstrip("?"),
                    status=response.status_code,
                    media_type=response.mimetype or "",
                    headers=dict(response.headers),
                    sent=_json(request.mimetype, request.get_data(cache=True)),
                    said=_json(response.mimetype or "", _plain(response)),
                )
            )
        return response

    app.after_request_funcs.setdefault(None, []).insert(0, note)  # functions run from the last to the first


def _plain(response: Response) -> bytes:
    raw = response.get_data()
    return gzip.decompress(raw) if response.content_encoding == "gzip" else raw


def _json(media_type: str, raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw and media_type.endswith("json") else None
    except orjson.JSONDecodeError:
        return None
