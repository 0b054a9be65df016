"""No illegal work: nobody starts what was not accepted or is cancelled, two runs never share a line, no step is made
twice, what is over stays as it is, and what is booked is within the line's abilities and the plant's papers over the whole window.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone

from services.capacity.domain import master_events as masters
from services.capacity.domain import plan_events as plans
from services.capacity.domain import work_events as works
from services.capacity.domain.slots import Slot, SlotsConfirmed, SlotsHeld
from services.capacity.domain.values import Capability, FoodContactProof, Licence
from services.sim.invariants.book import Book, Past
from shared.contracts.planning import PlannedStep, RecipeStep
from shared.eventstore.port import Recorded

_LOCAL = timezone(timedelta(hours=8))
_ANY = frozenset({"offered", "countered", "renewed", "accepted", "setting up", "running", "finished"})
_WAITS = frozenset({"offered", "countered", "renewed", "accepted"})
LADDER: Mapping[type, tuple[frozenset[str], str]] = {
    works.WorkOffered: (frozenset({""}), "offered"),
    works.OfferAccepted: (frozenset({"offered", "countered", "renewed"}), "accepted"),
    works.OfferDeclined: (frozenset({"offered", "renewed"}), "closed"),
    works.OfferCountered: (frozenset({"offered"}), "countered"),
    works.OfferRenewed: (frozenset({"countered"}), "renewed"),
    works.SlotMissed: (frozenset({"accepted"}), "closed"),
    works.WorkMoved: (_ANY, ""),
    works.WorkWithdrawn: (_WAITS, "closed"),
    works.MaterialReceived: (_ANY, ""),
    works.MaterialBlocked: (_ANY, ""),
    works.MaterialCleared: (_ANY, ""),
    works.SetupStarted: (frozenset({"accepted"}), "setting up"),
    works.SetupFinished: (frozenset({"setting up"}), ""),
    works.RunStarted: (frozenset({"accepted", "setting up"}), "running"),
    works.ProductionReported: (frozenset({"running"}), ""),
    works.ReportCorrected: (frozenset({"running", "finished"}), ""),
    works.StoppageOpened: (frozenset({"running"}), ""),
    works.StoppageClosed: (frozenset({"running"}), ""),
    works.RunFinished: (frozenset({"running"}), "finished"),
    works.InspectionOpened: (frozenset({"finished"}), ""),
    works.InspectionDispositioned: (frozenset({"finished"}), ""),
    works.GoodsShipped: (frozenset({"finished"}), ""),
    works.GoodsDelivered: (frozenset({"finished"}), ""),
    works.GoodsForwarded: (frozenset({"finished"}), ""),
    works.GoodsConfirmed: (frozenset({"finished"}), ""),
    works.ShipmentCorrected: (frozenset({"finished"}), ""),
}
"""event -> (situations it may happen in, the situation after it; "": as before)."""


class WorkAllowed(Book):
    """Every work order by its situation, every line by what runs on it."""

    name = "no illegal work"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._works: dict[str, str] = {}
        self._on_line: dict[str, str] = {}
        self._stopped: dict[str, str] = {}
        self._makers: dict[tuple[str, str], str] = {}
        self._ended_orders: set[str] = set()
        self.entries = dict.fromkeys(LADDER, self._happened)
        self.entries[plans.PlanCancelled] = self._cancelled

    def _cancelled(self, event: plans.PlanCancelled, _: Recorded) -> Iterator[str]:
        self._ended_orders.add(event.order_id)
        yield from ()

    def _happened(self, event: works.WorkEvent, recorded: Recorded) -> Iterator[str]:
        work_id, kind = event.work_id, type(event)
        before, (allowed, after) = self._works.get(work_id, ""), LADDER[kind]
        if before not in allowed:
            yield f"capacity/{recorded.position}: {kind.__name__} of {work_id}, which is {before or 'unknown'}"
        if after:
            self._works[work_id] = after
        if after in {"setting up", "running"} and before == "accepted":
            yield from self._started(event, recorded)
        elif isinstance(event, works.RunFinished):
            if self._on_line.pop(event.line_id, work_id) != work_id:
                yield f"capacity/{recorded.position}: {work_id} ends while another runs on {event.line_id}"
        elif isinstance(event, works.StoppageOpened | works.StoppageClosed):
            yield from self._halted(event, recorded)
        if isinstance(event, works.RunFinished) and work_id in self._stopped:
            yield f"capacity/{recorded.position}: {work_id} ends while it is stopped"

    def _halted(self, event: works.StoppageOpened | works.StoppageClosed, recorded: Recorded) -> Iterator[str]:
        stopped = self._stopped.pop(event.work_id, "")
        if isinstance(event, works.StoppageOpened):
            if stopped:
                yield f"capacity/{recorded.position}: {event.work_id} stops twice at once"
            self._stopped[event.work_id] = event.stoppage_id
        elif stopped != event.stoppage_id:
            yield f"capacity/{recorded.position}: {event.work_id} goes on from a stop it was not in"

    def _started(self, event: works.WorkEvent, recorded: Recorded) -> Iterator[str]:
        running = self._on_line.get(event.line_id)
        if running is not None:
            yield f"capacity/{recorded.position}: {event.work_id} starts on {event.line_id} while {running} runs"
        if event.order_id in self._ended_orders:
            yield f"capacity/{recorded.position}: {event.work_id} starts although {event.order_id} was cancelled"
        maker = self._makers.setdefault((event.order_id, event.process_id), event.work_id)
        if maker != event.work_id:
            yield f"capacity/{recorded.position}: {event.work_id} starts what {maker} has made or makes"
        self._on_line[event.line_id] = event.work_id


class PapersHold(Book):
    """Abilities of lines and papers of plants as they stand, and what is booked on them."""

    name = "abilities and papers hold"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._abilities: dict[str, dict[str, Capability]] = {}
        self._licences: dict[str, dict[str, Licence]] = {}
        self._proofs: dict[str, dict[str, FoodContactProof]] = {}
        self._recipes: dict[str, dict[tuple[str, str, str], RecipeStep]] = {}
        self.entries = {
            masters.LineRegistered: self._able,
            masters.CapabilitiesSet: self._able,
            masters.LicenceRecorded: self._licensed,
            masters.LicenceEnded: self._licence_ended,
            masters.FoodContactProofRecorded: self._proven,
            masters.FoodContactProofEnded: self._proof_ended,
            plans.PlanAsked: self._asked,
            plans.QuoteOffered: self._offered,
            plans.PlanConfirmed: self._confirmed,
            plans.PlanChanged: self._changed,
            plans.PlanChangeAnswered: self._changed,
            SlotsHeld: self._fits,
            SlotsConfirmed: self._fits,
        }

    def _able(self, event: masters.LineRegistered | masters.CapabilitiesSet, _: Recorded) -> Iterator[str]:
        self._abilities[event.line_id] = {one.code: one for one in event.capabilities}
        yield from ()

    def _licensed(self, event: masters.LicenceRecorded, _: Recorded) -> Iterator[str]:
        self._licences.setdefault(event.plant_id, {})[event.licence.number] = event.licence
        yield from ()

    def _licence_ended(self, event: masters.LicenceEnded, _: Recorded) -> Iterator[str]:
        stands = self._licences[event.plant_id][event.number]
        self._licences[event.plant_id][event.number] = Licence(
            stands.number, stands.categories, stands.valid_from, event.ends_on
        )
        yield from ()

    def _proven(self, event: masters.FoodContactProofRecorded, _: Recorded) -> Iterator[str]:
        self._proofs.setdefault(event.plant_id, {})[event.proof.certificate] = event.proof
        yield from ()

    def _proof_ended(self, event: masters.FoodContactProofEnded, _: Recorded) -> Iterator[str]:
        stands = self._proofs[event.plant_id][event.certificate]
        self._proofs[event.plant_id][event.certificate] = FoodContactProof(
            stands.standard, stands.certificate, stands.valid_from, event.ends_on
        )
        yield from ()

    def _asked(self, event: plans.PlanAsked, _: Recorded) -> Iterator[str]:
        self._recipes[event.order_id] = {
            (line.order_line_id, variant.code, step.step): step
            for line in event.lines
            for variant in line.variants
            for step in variant.steps
        }
        yield from ()

    def _fits(self, event: SlotsHeld | SlotsConfirmed, recorded: Recorded) -> Iterator[str]:
        """What is taken on a line is of its abilities, in a format it has, in a batch it makes."""
        for slot in event.slots:
            yield from self._slot_fits(event.line_id, slot, recorded)

    def _slot_fits(self, line_id: str, slot: Slot, recorded: Recorded) -> Iterator[str]:
        able = self._abilities.get(line_id, {}).get(slot.capability)
        if isinstance(recorded.event, SlotsConfirmed):
            return  # held before by the abilities of then; a line may be described anew meanwhile
        if able is None or slot.format not in able.formats or able.unit not in {slot.unit, "any"}:
            yield f"capacity/{recorded.position}: {line_id} cannot make {slot.capability} {slot.format}"
        elif slot.quantity_gross < able.batch_min or 0 < able.batch_max < slot.quantity_gross:
            yield f"capacity/{recorded.position}: {line_id} makes no batch of {slot.quantity_gross} {slot.unit}"

    def _offered(self, event: plans.QuoteOffered, recorded: Recorded) -> Iterator[str]:
        for option in event.options:
            for step in option.steps:
                yield from self._papers(event.order_id, step, recorded)

    def _confirmed(self, event: plans.PlanConfirmed, recorded: Recorded) -> Iterator[str]:
        for step in event.option.steps:
            yield from self._papers(event.order_id, step, recorded)

    def _changed(self, event: plans.PlanChanged | plans.PlanChangeAnswered, recorded: Recorded) -> Iterator[str]:
        change = event.change
        for step in [] if change is None else change.steps:
            if change is not None and step.process_id in change.moved:
                yield from self._papers(event.order_id, step, recorded)

    def _papers(self, order_id: str, step: PlannedStep, recorded: Recorded) -> Iterator[str]:
        recipe = self._recipes[order_id][step.order_line_id, step.variant, step.step]
        first, last = _day(step.starts_at), _day(step.ends_at - timedelta(microseconds=1))
        if recipe.licence_category and not any(
            recipe.licence_category in one.categories and one.valid_from <= first and last < one.valid_until
            for one in self._licences.get(step.plant_id, {}).values()
        ):
            yield (
                f"capacity/{recorded.position}: {step.plant_id} has no licence for {recipe.licence_category} "
                f"over {first}..{last} ({type(recorded.event).__name__} of {order_id})"
            )
        if recipe.food_contact and not any(
            one.valid_from <= first and last < one.valid_until for one in self._proofs.get(step.plant_id, {}).values()
        ):
            yield f"capacity/{recorded.position}: {step.plant_id} has no food-contact proof over {first}..{last}"


def _day(at: datetime) -> date:
    return at.astimezone(_LOCAL).date()
