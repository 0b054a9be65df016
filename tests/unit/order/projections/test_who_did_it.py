"""What a clock, a rule or a default did is never told as a buyer's or a plant's act; what they did themselves always is."""

import pytest

from services.order.domain import events
from services.order.domain.events import EVENT_TYPES
from services.order.projections.story_names import Names
from services.order.projections.timeline import list_entries
from tests.support.made import log_of, made

NOBODYS = ("by_default", "automatic")
KINDS = [
    (EVENT_TYPES.class_of(name), field)
    for name in EVENT_TYPES.names
    for field in NOBODYS
    if field in EVENT_TYPES.class_of(name).__struct_fields__
]
"""Every event that a job, a rule or a default can bring, with the field that says so."""
MORE: dict[type, dict[str, str]] = {
    events.ReplanAnswered: {"choice": "cancel"},
    events.ShortfallAnswered: {"choice": "cancel"},
    events.PlantAnswered: {"answer": "accepted"},
    events.WorkMoved: {"state": "released"},
}


def told_by(kind: type, **fields: object) -> str:
    recorded = log_of(made(kind, order_id="ord_1", **{**MORE.get(kind, {}), **fields}))
    (entry,) = list_entries(recorded, Names())
    return entry.by


@pytest.mark.parametrize(("kind", "field"), KINDS, ids=lambda one: getattr(one, "__name__", one))
def test_what_nobody_said_is_told_as_the_platforms_doing(kind: type, field: str) -> None:
    assert told_by(kind, **{field: True}) == "platform"
    assert told_by(kind, **{field: False}) in {"buyer", "plant"}


def test_every_event_of_the_jobs_says_who_did_it() -> None:
    brought = {
        events.ReplanAnswered,
        events.ShortfallAnswered,
        events.PartsCancelled,
        events.OrderCancelled,
        events.DeliveryConfirmed,
        events.PlantAnswered,
        events.WorkMoved,
        events.OrderChanged,
    }
    assert {kind for kind, _ in KINDS} == brought


def test_a_plant_that_stayed_silent_has_not_declined() -> None:
    lapsed = log_of(made(events.PlantAnswered, plant_name="P1", answer="declined", automatic=True))
    (entry,) = list_entries(lapsed, Names())
    assert (entry.by, entry.en) == ("platform", "P1 did not answer in time")
    assert told_by(events.PlantAnswered, answer="declined", automatic=False) == "plant"


def test_work_that_was_taken_away_is_nobodys_cancellation_but_the_platforms() -> None:
    assert told_by(events.WorkMoved, state="cancelled", automatic=False) == "platform", "as older logs have it"
    assert told_by(events.WorkMoved, state="in_progress", automatic=False) == "plant"
