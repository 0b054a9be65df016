"""Leaks put in on purpose, one of each kind, to see that the property notices them."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import msgspec

from services.capacity.domain.matching import indication
from services.order.api import inquiries_shown, plans_shown, reasons_shown
from services.order.projections import timeline
from shared.contracts.reasons import PlanReason


def put(room: ModuleType, name: str, value: object) -> None:
    """In place of what a module calls *name*."""
    setattr(room, name, value)


def _hours() -> None:
    """A promise by the second."""
    shown = plans_shown.option_shown

    def fine(option: Any, wanted: Any) -> dict[str, Any]:
        return {**shown(option, wanted), "promise_at": option.promise_at}

    put(plans_shown, "option_shown", fine)


def _real_lines() -> None:
    """An inquiry answered from lines as they are taken: another plant, another price."""
    put(indication, "FreeBoard", lambda board: board)


def _full_lines() -> None:
    """A refusal for each line that is full, by name."""

    def one_by_one(reasons: Any) -> list[PlanReason]:
        return list(reasons)

    put(reasons_shown, "over_all_plants", one_by_one)
    shown = reasons_shown._shown

    def named(reason: PlanReason) -> dict[str, Any]:
        return {**shown(reason), "plant": reason.plant_name}

    put(reasons_shown, "_shown", named)


def _positions() -> None:
    """The place of an event in everybody's log."""
    told = timeline.entry_of

    def counted(recorded: Any, names: Any) -> timeline.Entry | None:
        entry = told(recorded, names)
        return None if entry is None else timeline.Entry(recorded.position, *_rest(entry))

    put(timeline, "entry_of", counted)


def _rest(entry: timeline.Entry) -> tuple[Any, ...]:
    return entry.at, entry.what, entry.by, entry.zh, entry.en


def _busy_price() -> None:
    """A price that rises with every minute of waiting."""
    shown = plans_shown.option_shown

    def priced(option: Any, wanted: Any) -> dict[str, Any]:
        dearer = option.price_fen + option.promise_at.day
        return shown(msgspec.structs.replace(option, price_fen=dearer), wanted)

    put(inquiries_shown, "option_shown", priced)


LEAKS: Mapping[str, Callable[[], None]] = {
    "hours": _hours,
    "real-lines": _real_lines,
    "named-plants": _full_lines,
    "positions": _positions,
    "price-of-waiting": _busy_price,
}
