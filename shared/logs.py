"""How the platform writes its logs: one JSON object a line on stderr, a thread id through a story, never a secret."""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import TextIO, cast

import orjson
import structlog

_SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "private_key", "api_key", "assertion")
HIDDEN = "[hidden]"

Entry = MutableMapping[str, object]


def hide_secrets(_logger: object, _method: str, entry: Entry) -> Entry:
    """Blank every value, at any depth of plain containers, whose key speaks of a secret."""
    for key, value in entry.items():
        entry[key] = _hidden(key, value)
    return entry


def _hidden(key: str, value: object) -> object:
    if any(word in key.lower() for word in _SECRET_WORDS):
        return HIDDEN
    if isinstance(value, dict):
        return {str(inner): _hidden(str(inner), one) for inner, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden("", one) for one in value]
    return value


class _Forgiving:
    """A stream whose lines are lost where they cannot be written: a full disk must not end the thread that speaks of it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Set structlog up for the whole process; call it once, before the first line. *stream* None means stderr."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Forgiving(stream or sys.stderr))),
        cache_logger_on_first_use=False,
    )


def _line(entry: Entry, **_: object) -> str:
    return orjson.dumps(dict(entry), default=str, option=orjson.OPT_NON_STR_KEYS).decode()


@contextmanager
def correlated(correlation_id: str, **context: str) -> Iterator[None]:
    """Bind *correlation_id* (and more) to every line written inside, in this thread."""
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id, **context):
        yield
