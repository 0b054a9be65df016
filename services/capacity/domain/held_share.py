"""How much of a line one buyer may hold by quotes, and for how long: nobody keeps a region from others for nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from services.capacity.domain.board import Board
from services.capacity.domain.hours import DAY, microseconds_of, seconds_of
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.matching.problem import Matched, Unmatched
from services.capacity.domain.matching.rules import PlanningRules
from services.capacity.domain.slots import Slot
from shared.contracts.reasons import PlanReason, ReasonCode
from shared.kernel.rounding import PPM

HELD_ENOUGH = Unmatched([PlanReason(ReasonCode.HELD_ENOUGH)], None)
_QUOTE = "quo_"


def hold_for(attempt: int, first: timedelta, rules: PlanningRules) -> timedelta:
    """How long the quote for *attempt* (from 1) is held: the first in full, each later one a smaller part of it."""
    return max(min(first, timedelta(minutes=rules.hold_minutes_min)), first / attempt)


def within_share(
    answer: Matched,
    board: Board,
    buyer_org_id: str,
    at: datetime,
    rules: PlanningRules,
    *,
    ignored: frozenset[str] = frozenset(),
) -> Matched | Unmatched:
    """*answer* without the options that would let the buyer hold more of a line than its share; HELD_ENOUGH without any.

    An order is never too large for a buyer that holds nothing else of the line. *ignored*: quotes that end now.
    """
    held = {line_id: held_seconds(board.line(line_id), buyer_org_id, at, ignored) for line_id in answer.slots}
    most = {line_id: share_seconds(board.line(line_id), at, rules) for line_id in answer.slots if held[line_id]}
    kept: list[str] = []
    for option in answer.options:
        wanted = {*kept, option.option_id}
        if all(
            held[name] + _seconds(answer.slots[name], wanted) <= most[name] for name in _lines_of(answer, wanted, most)
        ):
            kept.append(option.option_id)
    if not kept:
        return HELD_ENOUGH
    if len(kept) == len(answer.options):
        return answer
    options = [one for one in answer.options if one.option_id in kept]
    return Matched(options, answer.refusals, _slots(answer.slots, set(kept)))


def held_seconds(line: LineOnBoard, buyer_org_id: str, at: datetime, ignored: frozenset[str] = frozenset()) -> int:
    """Open seconds of the line that quotes hold for the buyer at *at*."""
    at_us = microseconds_of(at)
    return sum(
        one.busy
        for one in line.bookings
        if one.buyer_org_id == buyer_org_id
        and one.expires_us
        and one.stands(at_us)
        and one.quote_id.startswith(_QUOTE)
        and one.quote_id not in ignored
    )


def share_seconds(line: LineOnBoard, at: datetime, rules: PlanningRules) -> int:
    """What one buyer may hold of the line by several quotes: a share of what it offers from now on."""
    begins = seconds_of(at)
    return line.hours.between(begins, begins + rules.held_window_days * DAY) * rules.held_share_ppm // PPM


def _lines_of(answer: Matched, options: set[str], lines: Mapping[str, int]) -> list[str]:
    return [one for one in lines if any(options & set(slot.option_ids) for slot in answer.slots[one])]


def _seconds(slots: Sequence[Slot], options: set[str]) -> int:
    return sum(one.setup_seconds + one.run_seconds for one in slots if options & set(one.option_ids))


def _slots(slots: Mapping[str, list[Slot]], options: set[str]) -> dict[str, list[Slot]]:
    """Those of *options*, for them alone."""
    left = {
        line_id: [
            msgspec.structs.replace(one, option_ids=[name for name in one.option_ids if name in options])
            for one in found
            if options & set(one.option_ids)
        ]
        for line_id, found in slots.items()
    }
    return {line_id: found for line_id, found in left.items() if found}
