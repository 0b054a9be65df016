"""Values that plants publish about their lines and licences, as they stand in events and in the planning board."""

from datetime import date, datetime
from typing import Literal

import msgspec


class Capability(msgspec.Struct, frozen=True, gc=False):
    """What a line can do. *rate_per_hour* is the rated (design) speed in *unit*; planning uses rate x efficiency.

    *formats*: container or size codes it can run. Batches bound one run's gross quantity; *batch_max* 0: no limit.
    """

    code: str
    unit: str
    formats: list[str]
    rate_per_hour: int
    efficiency_ppm: int
    batch_min: int
    batch_max: int
    multiple: int


class ChangeoverRule(msgspec.Struct, frozen=True, gc=False):
    """Minutes to change *feature* from one value to another (`*`: any); *minutes* None: forbidden.

    *same_day_only*: the prohibition holds only when both runs touch one local day. A changed feature without a
    matching rule is forbidden; the most specific rule wins (both named, then from named, then to named, then any).
    Minutes of all changed features add up. The feature `base` (from `*` to `*`) costs once when anything changes at
    all; `format` and `capability` count only where a line has rules for them. Same everything: 0.
    """

    feature: str
    from_value: str
    to_value: str
    minutes: int | None
    same_day_only: bool = False


class Price(msgspec.Struct, frozen=True, gc=False):
    """Price of one capability before VAT: set-up per run plus fen per 1,000 units, at least *minimum_fen*."""

    capability: str
    setup_fen: int
    fen_per_thousand: int
    minimum_fen: int


class Shift(msgspec.Struct, frozen=True, gc=False):
    """A weekly shift in local time: ISO weekday 1-7, start minute of the day, length; may pass midnight, and then
    belongs to its start day.
    """

    weekday: int
    start_minute: int
    minutes: int


class ClosedDay(msgspec.Struct, frozen=True, gc=False):
    """A local date without work, e.g. 春节."""

    on: date
    reason: str


class Maintenance(msgspec.Struct, frozen=True, gc=False):
    """Planned downtime declared with the calendar."""

    starts_at: datetime
    ends_at: datetime
    reason: str


class Calendar(msgspec.Struct, frozen=True, gc=False):
    """When a line is planned to operate, from *valid_from* to *valid_until* (local dates, the last one excluded).

    *offered* `all`: every operating hour outside maintenance is offered to the programme; `shifts`: only
    *offered_shifts*.
    """

    valid_from: date
    valid_until: date
    shifts: list[Shift]
    closed_days: list[ClosedDay]
    maintenance: list[Maintenance]
    offered: Literal["all", "shifts"]
    offered_shifts: list[Shift]


class Licence(msgspec.Struct, frozen=True, gc=False):
    """Food production licence: `SC` + 14 digits; *categories* are category details such as 0603. Dates local,
    *valid_until* is the first day on which it no longer holds.
    """

    number: str
    categories: list[str]
    valid_from: date
    valid_until: date


class FoodContactProof(msgspec.Struct, frozen=True, gc=False):
    """Proof that a plant's output may touch food (e.g. GB 4806.9), with its validity as for licences."""

    standard: str
    certificate: str
    valid_from: date
    valid_until: date


class AutoAcceptRule(msgspec.Struct, frozen=True, gc=False):
    """Offers a line's owner accepts without being asked: all conditions hold together.

    *capabilities* empty: any. *quantity_max* gross units and *price_fen_min* of the step, 0: no bound.
    *lead_hours_min*: hours between the offer and the start of the slot.
    """

    capabilities: list[str]
    quantity_max: int
    price_fen_min: int
    lead_hours_min: int
