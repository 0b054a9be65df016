"""How the codes of one order's story are called: units and items by the catalogue, processes by plant and step."""

from collections.abc import Iterator

from services.order.domain import events
from services.order.domain.catalogue import Catalogue
from shared.contracts.planning import DemandLine, PlannedStep

Both = tuple[str, str]  # Chinese, English


class Names:
    """Learns from each event before it is told; what has no name stands for itself, unplanned work is just work."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self._catalogue = catalogue
        self._recipes: dict[tuple[str, str, str], Both] = {}
        self._processes: dict[str, Both] = {}

    def learn(self, event: object) -> None:
        """Steps of what is ordered; the plant of each planned process, which may be another after a replan."""
        for line in _demanded(event):
            for variant in line.variants:
                for step in variant.steps:
                    self._recipes[line.order_line_id, variant.code, step.step] = (step.name_zh, step.name_en)
        for planned in _planned(event):
            key = (planned.order_line_id, planned.variant, planned.step)
            zh, en = self._recipes.get(key, (planned.capability, planned.capability))
            self._processes[planned.process_id] = (f"{planned.plant_name} {zh}", f"{planned.plant_name}, {en}")

    def unit(self, code: str) -> str:
        """In Chinese."""
        named = None if self._catalogue is None else self._catalogue.units.get(code)
        return code if named is None else named.zh

    def item(self, code: str) -> str:
        """In Chinese."""
        named = None if self._catalogue is None else self._catalogue.items.get(code)
        return code if named is None else named.name.zh

    def process(self, process_id: str) -> Both:
        return self._processes.get(process_id, ("工序", "work"))


def _demanded(event: object) -> Iterator[DemandLine]:
    match event:
        case events.OrderPlaced(lines=lines) | events.OrderChanged(lines=lines):
            yield from (one.demand for one in lines)


def _planned(event: object) -> Iterator[PlannedStep]:
    match event:
        case events.OrderConfirmed(option=option):
            yield from option.steps
        case events.PlanMoved(steps=steps) | events.ReplanAsked(steps=steps):
            yield from steps
