"""Every event of an order has words in both languages, and who it came from."""

from typing import Any, get_args

import msgspec
import pytest

from services.order.domain.events import EVENT_TYPES, AnyOrderEvent, OrderConfirmed, OrderPlaced, WorkMoved
from services.order.packs.loader import catalogue
from services.order.projections.story_names import Names
from services.order.projections.timeline import entry_of, list_entries
from shared.eventstore.port import Recorded
from shared.kernel.event import Cause
from tests.support.golden_facts import sample
from tests.support.order_world import NOW, ORDER_ID


def recorded(event: Any, position: int = 1) -> Recorded:
    cause = Cause(correlation_id="cor", org_id="org", subject="usr", at=NOW)
    stream = f"order-{ORDER_ID}"
    return Recorded(position, stream, position, "evt", EVENT_TYPES.name_of(event), event, cause, NOW)


@pytest.mark.parametrize("kind", get_args(AnyOrderEvent))
def test_every_event_of_an_order_is_told_in_both_languages(kind: type[Any]) -> None:
    entry = entry_of(recorded(sample(kind, "", 0)), Names())
    assert entry is not None
    assert any("\u4e00" <= one <= "\u9fff" for one in entry.zh)
    assert entry.en
    assert entry.by in {"buyer", "plant", "platform"}
    assert entry.what in {name.rpartition(".")[0] for name in EVENT_TYPES.names}


@pytest.mark.parametrize("kind", get_args(AnyOrderEvent))
def test_every_event_is_stored_and_read_back_alike(kind: type[Any]) -> None:
    event = sample(kind, "", 0)
    name = EVENT_TYPES.name_of(event)
    assert EVENT_TYPES.decode(name, EVENT_TYPES.encode(event)) == event


def test_entries_stand_in_the_order_of_the_story() -> None:
    story = [recorded(sample(kind, "", 0), position) for position, kind in enumerate(get_args(AnyOrderEvent), 1)]
    assert [one.position for one in list_entries(story, Names())] == list(range(1, len(story) + 1))


def test_work_is_told_with_plant_step_and_the_units_of_the_language() -> None:
    placed, confirmed, moved = (sample(kind, "", 0) for kind in (OrderPlaced, OrderConfirmed, WorkMoved))
    recipe = placed.lines[0].demand.variants[0]
    planned = msgspec.structs.replace(confirmed.option.steps[0], variant=recipe.code, step=recipe.steps[0].step)
    confirmed = msgspec.structs.replace(confirmed, option=msgspec.structs.replace(confirmed.option, steps=[planned]))
    moved = msgspec.structs.replace(moved, state="completed", good=13_047, scrap=408, unit="can")
    story = [recorded(one, position) for position, one in enumerate((placed, confirmed, moved), 1)]
    last = list_entries(story, Names(catalogue()))[-1]
    assert last.zh == "plant_name name_zh：已完工，合格 13,047，报废 408 罐"
    assert last.en == "plant_name, name_en: completed, 13,047 good, 408 scrap can"
