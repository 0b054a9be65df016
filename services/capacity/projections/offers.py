"""Which offers of work wait for an answer, and which were answered how? A question to the view of work orders."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.capacity.projections.work import WorkRow, list_work
from shared.kernel.principal import Principal

ANSWERS: Mapping[str, Sequence[str]] = {
    "waiting": ("offered",),
    "countered": ("countered",),
    "declined": ("declined",),
    "lapsed": ("lapsed",),
    "withdrawn": ("withdrawn",),
    "accepted": (
        "accepted",
        "setting_up",
        "running",
        "stopped",
        "finished",
        "released",
        "blocked",
        "shipped",
        "delivered",
        "missed",
    ),
}
"""How an offer stands -> the states of its work order."""


def standing_of(state: str) -> str:
    """How the offer stands whose work order is in *state*."""
    return next(standing for standing, states in ANSWERS.items() if state in states)


def list_offers(
    views: sa.Engine,
    principal: Principal,
    *,
    limit: int,
    after: Sequence[Any] | None = None,
    standing: str | None = None,
) -> list[WorkRow]:
    """Offers by the start of their work, of one *standing* where given."""
    states = () if standing is None else ANSWERS[standing]
    return list_work(views, principal, limit=limit, after=after, states=states)
