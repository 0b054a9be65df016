"""Orders that cannot be: what people write by mistake, each of which the platform must refuse."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from services.order.handlers.snapshot import Asked, AskedLine, AskedSupply
from shared.contracts.planning import Limits, Place

_SLEEVING = AskedLine("sleeving-330", {"artwork": "own"}, "20000", "can")
_DRINK_WITH_A_CLAIM = AskedLine("functional-can-330", {"artwork": "claim", "health_claim": "yes"}, "20000", "can")


def _own_cans(arrives_at: datetime, value: str) -> AskedSupply:
    return AskedSupply("can-330-blank-own", value, "can", arrives_at)


def _with_line(asked: Asked, line: AskedLine) -> Asked:
    return replace(asked, lines=[line, *asked.lines[1:]])


def _with_supply(asked: Asked, item: str, value: str, unit: str, arrives_at: datetime) -> Asked:
    return replace(asked, supplies=[*asked.supplies, AskedSupply(item, value, unit, arrives_at)])


Slip = Callable[[Asked, datetime], Asked]
_SLIPS: Sequence[tuple[str, Slip]] = (
    ("no lines", lambda asked, _: replace(asked, lines=[])),
    ("too many lines", lambda asked, _: replace(asked, lines=[asked.lines[0]] * 21)),
    ("nothing of it", lambda asked, _: _with_line(asked, replace(asked.lines[0], value="0"))),
    ("far too much", lambda asked, _: _with_line(asked, replace(asked.lines[0], value="9" * 17))),
    ("more than may be", lambda asked, _: _with_line(asked, replace(asked.lines[0], value="1" + "0" * 12))),
    ("another unit", lambda asked, _: _with_line(asked, replace(asked.lines[0], unit="kg"))),
    ("half a piece", lambda asked, _: _with_line(asked, replace(asked.lines[0], value="0.5"))),
    ("no such product", lambda asked, _: _with_line(asked, replace(asked.lines[0], product_id="beer-keg"))),
    ("no such option", lambda asked, _: _with_line(asked, replace(asked.lines[0], options={"taste": "sour"}))),
    ("an option left out", lambda asked, _: _with_line(asked, AskedLine("can-500", {}, "20000", "can"))),
    ("no such choice", lambda asked, _: _with_line(asked, AskedLine("lab-test", {"test": "XRAY"}, "3", "sample"))),
    (
        "a text that is none",
        lambda asked, _: _with_line(asked, AskedLine("can-500", {"artwork": "a b/c"}, "20000", "can")),
    ),
    ("a health claim", lambda asked, _: _with_line(asked, _DRINK_WITH_A_CLAIM)),
    (
        "options that no routing makes",
        lambda asked, _: _with_line(
            asked,
            AskedLine(
                "can-330-with-ends", {"artwork": "a", "decoration": "sleeve", "end_colour": "dark"}, "20000", "can"
            ),
        ),
    ),
    ("no material of its own", lambda asked, _: replace(asked, lines=[_SLEEVING], supplies=[])),
    ("yesterday", lambda asked, now: replace(asked, requested_by=now - timedelta(days=1), requested_from=None)),
    ("in three years", lambda asked, now: replace(asked, requested_by=now + timedelta(days=1000))),
    ("a window that ends first", lambda asked, _: replace(asked, requested_from=asked.requested_by)),
    ("nowhere", lambda asked, _: replace(asked, deliver_to=Place("999999"))),
    ("material nobody knows", lambda asked, now: _with_supply(asked, "moon-dust", "5", "g", now)),
    ("material in another unit", lambda asked, now: _with_supply(asked, "can-330-own", "5", "pallet", now)),
    ("material for nothing", lambda asked, now: _with_supply(asked, "chilled-goods", "5", "pallet", now)),
    (
        "material twice",
        lambda asked, now: replace(asked, lines=[_SLEEVING], supplies=[_own_cans(now, "90000")] * 2),
    ),
    (
        "too little material",
        lambda asked, now: replace(
            asked,
            lines=[_SLEEVING],
            supplies=[_own_cans(now, "90")],
            limits=Limits(),
        ),
    ),
    (
        "material after the goods",
        lambda asked, _: replace(
            asked, lines=[_SLEEVING], supplies=[_own_cans(asked.requested_by + timedelta(days=1), "90000")]
        ),
    ),
)


def spoiled(asked: Asked, now: datetime, chance: Random) -> tuple[str, Asked]:
    """*asked* with one mistake in it, and what the mistake is."""
    what, slip = chance.choice(_SLIPS)
    return what, slip(asked, now)
