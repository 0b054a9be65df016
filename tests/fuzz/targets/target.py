"""What a fuzz target is: a parser that reads from outside, and the only errors it may answer bytes with."""

from collections.abc import Callable
from dataclasses import dataclass

Feed = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Target:
    """*make* builds what is fed (an app, a key): once a process. The feed raises nothing that is not a bug.

    *cost* says what one run costs beside the cheapest: the short replay gives dear targets fewer inputs.
    """

    name: str
    make: Callable[[], Feed]
    cost: int = 1


class NotAsDocumented(AssertionError):
    """The parser returned something that it never should."""


def expect(*, holds: bool, what: str) -> None:
    """Like assert, in every run mode."""
    if not holds:
        raise NotAsDocumented(what)


def text_of(raw: bytes) -> str:
    """*raw* as text: UTF-8 where it is, else a character a byte, so that every input says something."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def first_line(raw: bytes) -> tuple[str, bytes]:
    """What stands before the first line break, and what stands behind it."""
    head, _, rest = raw.partition(b"\n")
    return text_of(head), rest
