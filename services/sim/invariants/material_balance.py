"""Material balance: quantities explode exactly, nothing is eaten that did not come or was found bad, nothing leaves that is
not good, and nothing changes its place without a lorry.
"""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from services.capacity.domain import plan_events as plans
from services.capacity.domain import work_events as works
from services.capacity.domain.inspection import LABORATORY
from services.sim.invariants.book import Book, Past
from shared.contracts.planning import DemandLine, PlannedStep, RecipeStep, Variant
from shared.eventstore.port import Recorded

_PPM = 1_000_000

Place = tuple[str, str, str]
"""Work order that made it, lot, plant where it is."""


class ExactExplosion(Book):
    """What each plan starts and wants of every step, recomputed from the recipe that was asked for."""

    name = "explosion exact"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._asked: dict[str, plans.PlanAsked] = {}
        self.entries = {
            plans.PlanAsked: self._keep,
            plans.QuoteOffered: self._offered,
            plans.PlanConfirmed: self._confirmed,
        }

    def _keep(self, event: plans.PlanAsked, _: Recorded) -> Iterator[str]:
        self._asked[event.order_id] = event
        yield from ()

    def _offered(self, event: plans.QuoteOffered, recorded: Recorded) -> Iterator[str]:
        for option in event.options:
            yield from self._exploded(event.order_id, option.steps, recorded)

    def _confirmed(self, event: plans.PlanConfirmed, recorded: Recorded) -> Iterator[str]:
        yield from self._exploded(event.order_id, event.option.steps, recorded)

    def _exploded(self, order_id: str, steps: list[PlannedStep], recorded: Recorded) -> Iterator[str]:
        asked = self._asked[order_id]
        for line in asked.lines:
            parts: dict[int, list[PlannedStep]] = defaultdict(list)
            for step in steps:
                if step.order_line_id == line.order_line_id:
                    parts[step.part].append(step)
            wanted = 0
            for number, part in parts.items():
                faults, delivered = _part(line, part)
                wanted += delivered
                yield from (f"capacity/{recorded.position}: {order_id} part {number}: {one}" for one in faults)
            if wanted != line.quantity_net:
                yield (f"capacity/{recorded.position}: {order_id} plans {wanted} of {line.quantity_net} {line.unit}")


def _part(line: DemandLine, part: list[PlannedStep]) -> tuple[list[str], int]:
    """What is wrong in one chain, and how much it delivers."""
    variant = next(one for one in line.variants if one.code == part[0].variant)
    recipe = {one.step: one for one in variant.steps}
    planned = {one.step: one for one in part}
    faults = []
    if set(planned) != set(recipe):
        faults.append(f"steps {sorted(planned)} of {sorted(recipe)}")
        return faults, 0
    for name, step in planned.items():
        gross = _gross(step.quantity_net, recipe[name])
        if step.quantity_gross != gross:
            faults.append(f"{name} starts {step.quantity_gross}, {gross} by the recipe")
        eaten = _eaten(name, variant, planned)
        if eaten is not None and step.quantity_net != eaten:
            faults.append(f"{name} wants {step.quantity_net}, {eaten} are eaten of it")
    return faults, planned[variant.steps[-1].step].quantity_net


def _gross(net: int, recipe: RecipeStep) -> int:
    """The least multiple m with floor arithmetic alone: m * yield >= (net + loss)."""
    needed = (net + recipe.fixed_loss) * _PPM
    started = needed // recipe.yield_ppm + (needed % recipe.yield_ppm > 0)
    over = started % recipe.multiple
    return started if not over else started + recipe.multiple - over


def _eaten(name: str, variant: Variant, planned: dict[str, PlannedStep]) -> int | None:
    """What the other steps eat of *name*; None when its output is delivered."""
    found: int | None = None
    for eater in variant.steps:
        for one in eater.inputs:
            if one.step == name:
                whole = planned[eater.step].quantity_gross * one.ratio_num
                found = (found or 0) + whole // one.ratio_den + (whole % one.ratio_den > 0)
    return found


class MaterialBalance(Book):
    """Lots by work order: what came in, what was eaten, made, judged, shipped and delivered."""

    name = "material balance"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._received: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._reports: dict[str, dict[str, works.ProductionReported | works.ReportCorrected]] = defaultdict(dict)
        self._released: dict[str, dict[str, int]] = defaultdict(dict)
        self._shipped: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._plants: dict[str, str] = {}
        self._on_the_way: dict[str, works.GoodsShipped] = {}
        self._lies: dict[str, tuple[str, works.GoodsShipped]] = {}
        self._in_hands: dict[Place, int] = defaultdict(int)
        self._touched: dict[Place, Recorded] = {}
        self._brought: dict[str, list[tuple[Place, int]]] = defaultdict(list)
        self.entries = {
            works.WorkOffered: self._offered,
            works.MaterialReceived: self._came,
            works.WorkWithdrawn: self._passed_on,
            works.OfferDeclined: self._passed_on,
            works.SlotMissed: self._passed_on,
            works.ProductionReported: self._reported,
            works.ReportCorrected: self._reported,
            works.InspectionDispositioned: self._judged,
            works.GoodsShipped: self._left,
            works.GoodsDelivered: self._delivered,
            works.GoodsForwarded: self._forwarded,
            works.ShipmentCorrected: self._counted_anew,
        }
        self._tested_first: dict[str, set[str]] = {}
        self._verdicts: dict[str, str] = {}

    def _offered(self, event: works.WorkOffered, _: Recorded) -> Iterator[str]:
        self._plants[event.work_id] = event.plant_id
        self._tested_first[event.work_id] = {one.to_process_id for one in event.destinations if one.before_release}
        yield from ()

    def _came(self, event: works.MaterialReceived, recorded: Recorded) -> Iterator[str]:
        for lot in event.lots:
            self._received[event.work_id][lot.lot_id] += lot.quantity
            if event.from_work_id:
                place = event.from_work_id, lot.lot_id, event.plant_id
                self._in_hands[place] += lot.quantity
                self._brought[event.work_id].append((place, lot.quantity))
                self._touched[place] = recorded
        yield from ()

    def settled(self) -> Iterator[str]:
        """Nobody has more in hands than lies at the plant; an append's streams come in any order."""
        touched, self._touched = self._touched, {}
        for place, recorded in touched.items():
            held, there = self._in_hands[place], self._there(place)
            if held > there:
                yield f"capacity/{recorded.position}: {held} of {place[1]} are in hands at {place[2]}, where {there} lie"

    def _there(self, place: Place) -> int:
        """How much of a lot was taken to a plant and not fetched again."""
        from_work_id, lot_id, plant_id = place
        here = [one for at, one in self._lies.values() if at == plant_id and one.work_id == from_work_id]
        return sum(lot.quantity for one in here for lot in one.lots if lot.lot_id == lot_id)

    def _passed_on(
        self, event: works.WorkWithdrawn | works.OfferDeclined | works.SlotMissed, _: Recorded
    ) -> Iterator[str]:
        """What came for work that is not made here is there for whoever makes it at this plant."""
        for place, quantity in self._brought.pop(event.work_id, ()):
            self._in_hands[place] -= quantity
        yield from ()

    def _reported(self, event: works.ProductionReported | works.ReportCorrected, recorded: Recorded) -> Iterator[str]:
        reports = self._reports[event.work_id]
        reports[event.report_id] = event
        eaten: dict[str, int] = defaultdict(int)
        for one in reports.values():
            for lot in one.lots_in:
                eaten[lot.lot_id] += lot.quantity
        received = self._received[event.work_id]
        for lot_id, quantity in eaten.items():
            if lot_id in received and quantity > received[lot_id]:
                yield f"capacity/{recorded.position}: {quantity} of {lot_id} eaten, {received[lot_id]} came"
        if isinstance(event, works.ProductionReported) and event.capability != LABORATORY:
            for lot in event.lots_in:
                if self._verdicts.get(lot.lot_id) == "blocked":
                    yield f"capacity/{recorded.position}: {lot.quantity} of {lot.lot_id} eaten, which is blocked"
        totals = tuple(sum(getattr(one, name) for one in reports.values()) for name in ("good", "scrap", "rework"))
        if totals != (event.totals.good, event.totals.scrap, event.totals.rework):
            yield f"capacity/{recorded.position}: totals of {event.work_id} are {totals}, not {event.totals}"
        if sum(lot.quantity for lot in event.lots_out) != event.good:
            yield f"capacity/{recorded.position}: {event.good} good of {event.work_id} are not in its lots"

    def _made(self, work_id: str) -> dict[str, int]:
        made: dict[str, int] = defaultdict(int)
        for one in self._reports[work_id].values():
            for lot in one.lots_out:
                made[lot.lot_id] += lot.quantity
        return made

    def _judged(self, event: works.InspectionDispositioned, recorded: Recorded) -> Iterator[str]:
        made = self._made(event.work_id)[event.lot_id]
        if event.quantity != made:
            yield f"capacity/{recorded.position}: lot {event.lot_id} is judged with {event.quantity} of {made} pieces"
        if event.before != self._verdicts.get(event.lot_id, ""):
            yield f"capacity/{recorded.position}: lot {event.lot_id} is judged anew, not as it stood"
        elif event.before == event.disposition and not event.automatic:
            yield f"capacity/{recorded.position}: lot {event.lot_id} is judged {event.disposition} twice"
        self._verdicts[event.lot_id] = event.disposition
        self._released[event.work_id][event.lot_id] = event.quantity if event.disposition == "released" else 0

    def _left(self, event: works.GoodsShipped, recorded: Recorded) -> Iterator[str]:
        made, released = self._made(event.work_id), self._released[event.work_id]
        to_test = event.to_process_id in self._tested_first.get(event.work_id, ())
        for lot in event.lots:
            self._shipped[event.work_id][lot.lot_id] += lot.quantity
            good = released.get(lot.lot_id, made[lot.lot_id] if to_test else 0)
            if self._shipped[event.work_id][lot.lot_id] > good:
                yield f"capacity/{recorded.position}: more of {lot.lot_id} leaves than the {good} that are good"
        if sum(lot.quantity for lot in event.lots) != event.quantity:
            yield f"capacity/{recorded.position}: {event.delivery_id} is not the sum of its lots"
        self._on_the_way[event.delivery_id] = event

    def _delivered(self, event: works.GoodsDelivered, recorded: Recorded) -> Iterator[str]:
        left = self._on_the_way.pop(event.delivery_id, None)
        if left is None:
            yield f"capacity/{recorded.position}: {event.delivery_id} arrives that is not on its way"
        elif left.lots != event.lots or left.to_process_id != event.to_process_id:
            yield f"capacity/{recorded.position}: {event.delivery_id} arrives as it did not leave"
        else:
            self._lies[event.delivery_id] = self._plants.get(event.to_work_id, ""), left

    def _counted_anew(self, event: works.ShipmentCorrected, recorded: Recorded) -> Iterator[str]:
        """What left is what is said now, wherever it is; its lots hold no less than that."""
        under_way = self._on_the_way.get(event.delivery_id)
        plant_id, lay = self._lies.get(event.delivery_id, ("", None))
        left = under_way or lay
        if left is None:
            yield f"capacity/{recorded.position}: {event.delivery_id} is counted anew that never left"
            return
        made = self._made(event.work_id)
        for old, new in zip(left.lots, event.lots, strict=True):
            self._shipped[event.work_id][new.lot_id] += new.quantity - old.quantity
            if self._shipped[event.work_id][new.lot_id] > made[new.lot_id]:
                yield f"capacity/{recorded.position}: more of {new.lot_id} left than the {made[new.lot_id]} made"
        said = msgspec.structs.replace(left, lots=event.lots, quantity=event.quantity)
        if under_way is not None:
            self._on_the_way[event.delivery_id] = said
        else:
            self._lies[event.delivery_id] = plant_id, said

    def _forwarded(self, event: works.GoodsForwarded, recorded: Recorded) -> Iterator[str]:
        """Fetched where they lie; whoever had them in hands there has let go of them."""
        lay = self._lies.pop(event.delivery_id, None)
        if lay is None:
            yield f"capacity/{recorded.position}: {event.delivery_id} goes on that lies nowhere"
            return
        plant_id, shipped = lay
        self._on_the_way[event.delivery_id] = shipped
        for lot in shipped.lots:
            self._touched[event.work_id, lot.lot_id, plant_id] = recorded
