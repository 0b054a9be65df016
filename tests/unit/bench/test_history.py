"""A copied past keeps the pattern's shape: fresh ids for what belongs to the order, masters shared, instants earlier."""

from datetime import UTC, datetime, timedelta

from services.bench.history import Copy, pattern_of, write
from services.order.domain.events import EVENT_TYPES, OrderClosed
from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import StreamAppend
from shared.kernel.event import Cause
from shared.kernel.ids import derived_id

NOW = datetime(2026, 12, 1, 8, 30, 0, 250_000, tzinfo=UTC)
ORDER, BUYER = derived_id("ord", "pattern"), derived_id("org", "buyer")
CAUSE = Cause(correlation_id="c", org_id=BUYER, subject="s", at=NOW)


def closed(order_id: str, at: datetime) -> OrderClosed:
    return OrderClosed(order_id=order_id, buyer_org_id=BUYER, closed_at=at)


def test_each_copy_is_an_order_of_its_own_in_an_earlier_time_of_its_own() -> None:
    log = MemoryLog("order", EVENT_TYPES, StoryClock(NOW))
    log.append([StreamAppend(f"order-{ORDER}", 0, [closed(ORDER, NOW)])], CAUSE)
    log.append([StreamAppend("order-of-somebody-later", 0, [closed(ORDER, NOW)])], CAUSE)
    pattern = pattern_of(log, 0, 1)
    write(pattern, [Copy(number, timedelta(hours=number + 1)) for number in range(3)])
    assert log.head().position == 5
    copies = log.read_all(2)
    for number, recorded in enumerate(copies):
        event = recorded.event
        assert isinstance(event, OrderClosed)
        assert recorded.stream == f"order-{event.order_id}"
        assert event.buyer_org_id == BUYER
        assert event.closed_at == NOW - timedelta(hours=number + 1)
    assert len({one.stream for one in copies} | {f"order-{ORDER}"}) == 4
