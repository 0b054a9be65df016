"""What the holds and bookings of one line may do, as its clients see it: the model their histories are held against.

A line offers one span; whoever asks gets the first hour free in it and holds it for a while. Seconds since 1970.
"""

from dataclasses import dataclass
from typing import NamedTuple

from tests.support.linearizable import Call

HOUR = 3_600


class Taken(NamedTuple):
    """Time of the line. *expires* 0: booked for good."""

    starts: int
    ends: int
    order: str
    expires: int


class LineState(NamedTuple):
    """*now* as the platform's clock says; *taken* ascending, what has expired included until it is overwritten."""

    now: int
    taken: tuple[Taken, ...]

    def standing(self) -> tuple[Taken, ...]:
        return tuple(one for one in self.taken if not one.expires or one.expires > self.now)

    def of(self, order: str) -> Taken | None:
        return next((one for one in self.standing() if one.order == order), None)

    def without(self, order: str) -> "LineState":
        return LineState(self.now, tuple(one for one in self.standing() if one.order != order))

    def taking(self, one: Taken) -> "LineState":
        return LineState(self.now, tuple(sorted((*self.without(one.order).taken, one))))


@dataclass(frozen=True, slots=True)
class Ask:
    """*answer*: the hour held and when the hold expires; "full"; None when nobody answered."""

    order: str
    answer: tuple[int, int, int] | str | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """*answer*: "booked", "lost", or None when nobody answered."""

    order: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Drop the quote or cancel the booking; it has no answer but that it was heard."""

    order: str


@dataclass(frozen=True, slots=True)
class Move:
    """The platform's clock is moved on."""

    to: int


What = Ask | Accept | GiveUp | Move
History = list[Call[What]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that offers [opens, closes); a hold lasts for *hold_for*, and nothing held begins within it."""

    opens: int
    closes: int
    hold_for: int

    def apply(self, state: LineState, what: What) -> list[LineState]:
        match what:
            case Move():
                return [LineState(max(state.now, what.to), state.taken)]
            case GiveUp():
                return [state.without(what.order)]
            case Accept():
                return self._accept(state, what)
            case Ask():
                return self._ask(state, what)

    def _ask(self, state: LineState, what: Ask) -> list[LineState]:
        first = self._first_free(state)
        match what.answer:
            case (starts, ends, expires):
                fits = (
                    expires == state.now + self.hold_for
                    and self._opens(state) <= starts <= ends - HOUR
                    and ends <= self.closes
                    and all(one.ends <= starts or ends <= one.starts for one in state.standing())
                )
                return [state.taking(Taken(starts, ends, what.order, expires))] if fits else []
            case None if first is not None:
                return [state.taking(Taken(first, first + HOUR, what.order, state.now + self.hold_for)), state]
            case None:
                return [state]
            case _:
                return [state] if first is None else []

    def _accept(self, state: LineState, what: Accept) -> list[LineState]:
        held = state.of(what.order)
        booked = [] if held is None else [state.taking(held._replace(expires=0))]
        match what.answer:
            case "booked":
                return booked
            case "lost":
                return [state] if held is None else []
            case _:
                return booked or [state]

    def _opens(self, state: LineState) -> int:
        return max(self.opens, state.now + self.hold_for)

    def _first_free(self, state: LineState) -> int | None:
        """Where the first free hour begins."""
        free = self._opens(state)
        for one in sorted(state.standing()):
            if one.starts - free >= HOUR:
                break
            free = max(free, one.ends)
        return free if self.closes - free >= HOUR else None
