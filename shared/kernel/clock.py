"""The clock protocol, instants and their RFC 3339 text. Every instant is UTC and aware."""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time; the only way any part of the platform may ask for it."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


def instant_text(at: datetime) -> str:
    """RFC 3339 UTC with a `Z`, microseconds only when they are not zero. Raises ValueError when *at* is naive."""
    if at.tzinfo is None:
        raise ValueError(f"expected an aware instant, found {at!r} without a zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """Aware UTC instant from RFC 3339 text.

    Raises ValueError for text without a zone, or that is no instant of the years 1 to 9999 in UTC.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"expected an instant with a zone such as 2026-12-01T08:00:00Z, found {text!r}")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"expected an instant of the years 1 to 9999 in UTC, found {text!r}") from None
