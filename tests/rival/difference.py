"""What may differ between two worlds, and what else does: a finding is a place in an answer and both of its values."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from shared.kernel.clock import LOCAL_ZONE, parse_instant
from tests.rival.worlds import Answer

COARSE = frozenset({"promise_at", "promise_on", "earliest_promise_at", "earliest_promise_on", "slack_minutes"})
COARSE |= {"late", "late_by", "late_by_days", "late_by_minutes", "before_window", "before_window_by_days"}
"""The day, and what follows from it and from what was asked."""
SOLD = frozenset({"option_id", "labels", "price", "vat", "plants", "districts", "named_plants", "variants"})
"""A quote is an offer to sell what is free now: its whole price and where it is made go with the plan it stands for."""
INSTANTS = ("promise_at", "earliest_promise_at")
_QUOTED = frozenset({"order/quotes", "quote", "/v1/quotes"})
_OF_THE_BODY = frozenset({"Content-Length", "ETag"})
_TELLS_A_PRICE = "quote-received"


def leaks(without: Sequence[Answer], with_rival: Sequence[Answer]) -> Iterator[str]:
    """Every difference that B1 may not see, and every promise that is finer than a day."""
    if [one.about for one in without] != [one.about for one in with_rival]:
        yield f"what can be read: {[one.about for one in without]} / {[one.about for one in with_rival]}"
        return
    for number, (one, other) in enumerate(zip(without, with_rival, strict=True)):
        place = f"{number} {one.about}"
        if one.status != other.status:
            yield f"{place}: status {one.status} / {other.status}"
        yield from _headers(place, one, other)
        yield from _values(place, one.body, other.body, is_quote=one.about in _QUOTED)
        yield from _finer_than_a_day(place, one.body)
        yield from _finer_than_a_day(place, other.body)


def _headers(place: str, one: Answer, other: Answer) -> Iterator[str]:
    """Length and tag go with the body, so they differ where a body may, and nowhere else."""
    may = _OF_THE_BODY if one.body != other.body else frozenset[str]()
    for name in sorted((one.headers.keys() | other.headers.keys()) - may):
        if one.headers.get(name) != other.headers.get(name):
            yield f"{place}: header {name} {one.headers.get(name)!r} / {other.headers.get(name)!r}"


def _values(place: str, one: Any, other: Any, *, is_quote: bool) -> Iterator[str]:
    match one, other:
        case dict(), dict():
            yield from _mappings(place, one, other, is_quote=is_quote)
        case list(), list():
            if is_quote and place.endswith("/options"):
                if {tuple(sorted(each)) for each in [*one, *other]} != {tuple(sorted(one[0] if one else other[0]))}:
                    yield f"{place}: other fields"
                other = other[: len(one)]  # how many options there are goes with what is sold
                one = one[: len(other)]
            if len(one) != len(other):
                yield f"{place}: {len(one)} / {len(other)} rows"
            for index, (left, right) in enumerate(zip(one, other, strict=False)):
                yield from _values(f"{place}/{index}", left, right, is_quote=is_quote)
        case _ if one != other:
            yield f"{place}: {one!r} / {other!r}"


def _mappings(place: str, one: dict[str, Any], other: dict[str, Any], *, is_quote: bool) -> Iterator[str]:
    may = set(COARSE)
    if "option_id" in one:
        may |= SOLD if is_quote else set()
        if is_late(one) or is_late(other):
            may |= {"binding", "better_if"}  # then they say the day that would do
        elif is_quote:
            may |= {"better_if"}  # a quantity that would cost less apiece than this price
    if one.get("what") == other.get("what") == _TELLS_A_PRICE:
        may |= {"text", "zh", "en"}
    for name in sorted(one.keys() | other.keys()):
        if (name in one) != (name in other):
            yield f"{place}: {name} in one world only"
        elif name not in may:
            yield from _values(f"{place}/{name}", one[name], other[name], is_quote=is_quote)


def is_late(option: dict[str, Any]) -> bool:
    return bool(option["slack_minutes"] < 0)


def _finer_than_a_day(place: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _finer_than_a_day(place, each)
    if isinstance(value, dict):
        for name, each in value.items():
            if name in INSTANTS and each is not None and not _is_midnight(each):
                yield f"{place}: {name} {each} is finer than a day"
            if name == "slack_minutes" and each % (24 * 60):
                yield f"{place}: a slack of {each} minutes is finer than a day"
            if name in {"steps", "trips"} and each:
                yield f"{place}: {name} before anything is booked"
            if name == "plant" and each:
                yield f"{place}: a plant is named: {each}"
            yield from _finer_than_a_day(place, each)


def _is_midnight(text: str) -> bool:
    local = parse_instant(text).astimezone(LOCAL_ZONE)
    return (
        timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        == timedelta()
    )


def days_told(without: Sequence[Answer], with_rival: Sequence[Answer]) -> int:
    """How many inquiries told B1, by their day, that something stands in its way."""
    pairs = zip(without, with_rival, strict=True)
    return sum(one.about == "inquiry" and one.body != other.body for one, other in pairs)


def quotes_moved(without: Sequence[Answer], with_rival: Sequence[Answer]) -> int:
    """How many quotes were for another plan."""
    pairs = zip(without, with_rival, strict=True)
    return sum(one.about == "quote" and one.body["options"] != other.body["options"] for one, other in pairs)
