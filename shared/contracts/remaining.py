"""What is left of a booked plan when parts of it end: both services come to the same steps, price and promise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.planning import PlannedStep, PlannedTrip

Part = tuple[str, int]
"""Order line id and number of the part: a chain of steps of its own."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A plan as it stands. Price in fen before VAT."""

    steps: Sequence[PlannedStep]
    trips: Sequence[PlannedTrip]
    price_fen: int
    promise_at: datetime


def part_of(step: PlannedStep) -> Part:
    return step.order_line_id, step.part


def parts_with(steps: Sequence[PlannedStep], process_ids: Collection[str]) -> set[Part]:
    """The parts that any of *process_ids* belongs to."""
    return {part_of(one) for one in steps if one.process_id in process_ids}


def last_steps(steps: Sequence[PlannedStep]) -> list[PlannedStep]:
    """Steps whose output no other step eats: what they yield goes to the buyer."""
    eaten = {process_id for one in steps for process_id in one.feeds_from}
    return [one for one in steps if one.process_id not in eaten]


def without(agreed: Agreed, process_ids: Collection[str]) -> Agreed:
    """*agreed* without the steps *process_ids* and their trips. It costs what is left of it, and never more than it did;
    the promise is that of what is left, never a later one.
    """
    steps = [one for one in agreed.steps if one.process_id not in process_ids]
    trips = [one for one in agreed.trips if one.process_id not in process_ids]
    if len(steps) == len(agreed.steps):
        return agreed
    price_fen = sum(one.price_fen for one in steps) + sum(one.price_fen for one in trips)
    at_door = [one.arrives_at for one in trips if not one.to_process_id]
    return Agreed(
        steps, trips, min(agreed.price_fen, price_fen), min(agreed.promise_at, max(at_door, default=agreed.promise_at))
    )
