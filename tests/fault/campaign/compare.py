"""The clients' record against what the platform stored: every acknowledged command had its effect, once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.capacity.domain import floor, work_events
from services.embedded import checks
from services.embedded.house import House
from services.embedded.running import opened
from services.order.domain import events
from services.terminal import Check
from shared.eventstore.port import PAGE_MAX
from shared.kernel.event import Event
from tests.fault.campaign.record import Deed

Effect = tuple[str, str]  # kind of deed, what it is about
NO_EFFECT: Effect = ("", "")  # an event that is a part of what another one stands for


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of the record. *lost* and *doubled* are effects by name; *checks* are the platform's own."""

    lost: Sequence[str]
    doubled: Sequence[str]
    effects: int
    checks: Sequence[Check]

    @property
    def is_sound(self) -> bool:
        return not self.lost and not self.doubled and all(one.passed for one in self.checks)


_EFFECTS: Mapping[type[Event], Callable[..., Effect]] = {
    events.OrderPlaced: lambda event: ("place order", event.reference),
    events.QuoteAccepted: lambda event: ("accept quote", event.quote_id),
    events.QuoteSetAside: lambda event: ("accept quote", event.quote_id) if event.why == "expired" else NO_EFFECT,
    events.OrderChanged: lambda event: ("change order", event.order_id),
    events.OrderCancelled: lambda event: ("cancel order", event.order_id),
    events.ReplanAnswered: lambda event: ("answer replan", event.replan_id),
    events.DeliveryConfirmed: lambda event: ("confirm delivery", event.delivery_id),
    work_events.OfferAccepted: lambda event: ("accept offer", event.work_id),
    work_events.OfferDeclined: lambda event: ("decline offer", event.work_id),
    floor.FloorTaken: lambda event: ("start work", event.running),
    work_events.SetupFinished: lambda event: ("finish set-up", event.work_id),
    work_events.ProductionReported: lambda event: ("report output", f"{event.work_id} {event.good}"),
    work_events.ReportCorrected: lambda event: ("correct report", f"{event.report_id} {event.good}"),
    work_events.RunFinished: lambda event: ("finish run", event.work_id),
    work_events.InspectionDispositioned: lambda event: ("release lot", event.inspection_lot_id),
    work_events.GoodsShipped: lambda event: ("ship goods", f"{event.work_id} {event.to_process_id}"),
    work_events.GoodsDelivered: lambda event: ("deliver goods", event.delivery_id),
}
"""What a deed leaves in a log, and the words that the clients have for it. Who accepts too late is heard, too: the
quote is set aside as expired, and a fresh one is asked for.
"""


def heads_of(data: Path) -> dict[str, int]:
    """Where the logs stand before the campaign."""
    with opened(data) as house:
        return {name: service.log.head().position for name, service in house.services.items()}


def compared(data: Path, record: Iterable[Deed], after: Mapping[str, int]) -> Finding:
    """Open the directory that the last server left, let all facts arrive, and hold it against *record*."""
    with opened(data) as house:
        house.step_to_rest()
        found = Counter(effect for effect in _effects(house, after))
        own_checks = list(checks.stored(house))
    lost, doubled = differences(record, found)
    return Finding(lost, doubled, found.total(), own_checks)


def differences(record: Iterable[Deed], found: Counter[Effect]) -> tuple[list[str], list[str]]:
    """Effects that should be there and are not, and effects that are there more often than they were asked for.

    A command that was never answered may have had its effect, or not.
    """
    asked: Counter[Effect] = Counter()
    owed: Counter[Effect] = Counter()
    for deed in record:
        effect = (deed.kind, deed.about)
        owed[effect] += deed.outcome == "acknowledged"
        asked[effect] += deed.outcome != "refused"
    lost = [f"{kind} {about}" for (kind, about), times in owed.items() if found[kind, about] < times]
    doubled = [f"{kind} {about}" for (kind, about), times in asked.items() if found[kind, about] > times]
    return lost, doubled


def _effects(house: House, after: Mapping[str, int]) -> Iterator[Effect]:
    """What organisations did; what services did by themselves is no deed of theirs."""
    for name in ("order", "capacity"):
        log, position = house.services[name].log, after[name]
        while page := log.read_all(position, PAGE_MAX):
            position = page[-1].position
            for one in page:
                if type(one.event) in _EFFECTS and not one.cause.subject.startswith("system:"):
                    effect = _EFFECTS[type(one.event)](one.event)
                    if effect != NO_EFFECT:
                        yield effect
