"""A paper ends earlier than it said although work is booked on it: that work is given up, and its orders are planned anew."""

from services.capacity.domain.needs import Need, without_papers
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.plant import PLANT, EndLicence, EndProof, Plant, PlantState, plant_stream
from services.capacity.handlers.booking import is_started, release
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.masters import Masters
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.trigger import Trigger
from shared.eventstore.handling import Loaded, Prepared, decide
from shared.kernel.ids import derived_id
from shared.kernel.principal import Principal


class PapersEnding:
    """The end of the paper and the new plans are one append."""

    def __init__(self, desk: Desk, masters: Masters, replanner: Replanner) -> None:
        self._desk = desk
        self._masters = masters
        self._replanner = replanner

    def end(self, plant_id: str, command: EndLicence | EndProof, principal: Principal) -> Prepared[str]:
        """What has begun is made to its end; what waits goes to another plant, where its buyer is not asked first."""
        loaded = self._masters.own_plant(plant_id, principal)
        stands: Loaded[PlantState] = Loaded(loaded.state, loaded.version)
        changed = decide(PLANT, stands, plant_stream(plant_id), command)
        after = PLANT.fold(changed.events, loaded.state)  # type: ignore[arg-type] # a plant's events
        draft = self._desk.draft()
        if isinstance(after, Plant):
            before = loaded.state
            lost = without_papers(
                self._masters.booked.of_plant(before), (before.licences, before.proofs), (after.licences, after.proofs)
            )
            self._plan_anew(draft, plant_id, [one for one in lost if not is_started(draft, one.work_id)])
        return Prepared([changed, *draft.appends()], plant_id)

    def _plan_anew(self, draft: Draft, plant_id: str, lost: list[Need]) -> None:
        now = self._desk.clock.now()
        by_line: dict[str, list[str]] = {}
        by_order: dict[str, list[str]] = {}
        for one in lost:
            by_line.setdefault(one.line_id, []).append(one.slot_id)
            by_order.setdefault(one.order_id, []).append(one.process_id)
        release(draft, by_line, "paper-ended", now)
        for order_id, processes in sorted(by_order.items()):
            if isinstance(draft.plan_of(order_id), Booked):
                replan_id = derived_id("rpl", plant_id, order_id, now.isoformat())
                banned = {one: frozenset({plant_id}) for one in processes}
                self._replanner.replan(draft, order_id, Trigger(replan_id, "declined", frozenset(processes), banned))
