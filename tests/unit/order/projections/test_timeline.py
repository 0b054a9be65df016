"""Every event of an order has words in both languages, and who it came from."""

from typing import Any, get_args

import pytest

from services.order.domain.events import EVENT_TYPES, AnyOrderEvent
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
    entry = entry_of(recorded(sample(kind, "", 0)))
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
    assert [one.position for one in list_entries(story)] == list(range(1, len(story) + 1))
