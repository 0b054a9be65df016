"""All planted bugs, area by area."""

from collections.abc import Mapping, Sequence

from tests.planted.bug import Bug
from tests.planted.bugs import bus, capacity, eventstore, ledger, making, order, web

AREAS: Mapping[str, Sequence[Bug]] = {
    "Event log": eventstore.BUGS,
    "Bus": bus.BUGS,
    "The door: web and portal": web.BUGS,
    "Ordering": order.BUGS,
    "Planning": capacity.BUGS,
    "Making": making.BUGS,
    "Ledger": ledger.BUGS,
}
BUGS: Mapping[str, Bug] = {bug.name: bug for area in AREAS.values() for bug in area}
