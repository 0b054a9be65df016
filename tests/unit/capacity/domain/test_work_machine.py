"""Any sequence of commands to a work order, against a small model that shares no code with the rule."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.capacity.domain.work import WORK
from services.capacity.domain.work_commands import (
    AcceptOffer,
    BlockMaterial,
    ClearMaterial,
    CorrectReport,
    DeclineOffer,
    DeliverGoods,
    DispositionLot,
    FinishRun,
    FinishSetup,
    OfferWork,
    ReceiveMaterial,
    ReportOutput,
    ShipGoods,
    StartWork,
    WithdrawWork,
    WorkCommand,
)
from services.capacity.domain.work_events import (
    Destination,
    GoodsDelivered,
    GoodsShipped,
    ProductionReported,
    ShipmentCorrected,
    WorkOrderEvent,
)
from services.capacity.domain.work_identity import lot_id_of
from services.capacity.domain.work_state import (
    Accepted,
    Closed,
    Finished,
    Offered,
    Running,
    SettingUp,
    Work,
    produced,
    totals_of,
)
from shared.contracts.line_time import LotMove
from shared.kernel.refusal import Refused
from tests.support.work_histories import FACTORY, LIMITS, WORK_ID, at, moment, offer

LADDER = [Offered, Accepted, SettingUp, Running, Finished]


class WorkOrder(RuleBasedStateMachine):
    """The model: sums of what was reported, received and shipped, kept by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Work = WORK.initial
        self.events: list[WorkOrderEvent] = []
        self.hours = 8.0
        self.reports: dict[str, tuple[int, int]] = {}
        self.received = 0
        self.shipped: dict[str, int] = {}
        self.step = 0
        self.bad: set[str] = set()

    def say(self, command: WorkCommand) -> bool:
        """Whether the rule agreed."""
        try:
            events = WORK.decide(command, self.state)
        except Refused:
            return False
        self.state = WORK.fold(events, self.state)
        self.events += events
        for one in events:
            if isinstance(one, GoodsShipped):
                assert {lot.lot_id for lot in one.lots} <= self.good_lots(), "nothing leaves that is not released now"
                self.shipped[one.delivery_id] = one.quantity
            elif isinstance(one, ShipmentCorrected):
                self.shipped[one.delivery_id] = one.quantity
            elif isinstance(one, ProductionReported):
                assert not self.bad & {lot.lot_id for lot in one.lots_in}, "nothing is eaten that is blocked"
        return bool(events)

    def good_lots(self) -> set[str]:
        inspections = self.state.inspections.values() if isinstance(self.state, Finished) else ()
        return {one.lot_id for one in inspections if one.disposition == "released"}

    def later(self) -> float:
        self.hours += 0.5
        return self.hours

    @initialize(split=st.booleans(), setup=st.sampled_from([0, 1_800]), depth=st.integers(0, 5))
    def offered(self, split: bool, setup: int, depth: int) -> None:  # noqa: FBT001 - Hypothesis gives it by name
        """Begin *depth* steps up the ladder, so that every situation is met often."""
        parts = [Destination("pro_3", "421202", 300), Destination("", "421202", 600)]
        destinations = parts if split else parts[1:]
        assert self.say(OfferWork(offer(destinations=destinations, setup_seconds=setup), is_automatic=False))
        steps: list[Callable[[], object]] = [self.accept, lambda: self.receive(950), self.start, self.finish_setup]
        steps += [lambda: self.report(500, 20, "A"), lambda: self.report(380, 10, "B"), self.finish]
        steps.append(self.release_all)
        for one in steps[: (0, 2, 4, 6, 7, 8)[depth]]:
            one()

    def release_all(self) -> None:
        for name in self.state.inspections if isinstance(self.state, Finished) else ():
            self.say(DispositionLot(name, "released", "", FACTORY, at(self.hours)))

    @rule()
    def accept(self) -> None:
        self.say(AcceptOffer(at(1)))

    @rule(decline=st.booleans(), really=st.integers(0, 9))
    def end(self, decline: bool, really: int) -> None:  # noqa: FBT001 - same
        if really == 0:
            before = self.state
            agreed = self.say(DeclineOffer("price", "", at(1)) if decline else WithdrawWork("cancelled", at(1)))
            assert not (agreed and isinstance(before, SettingUp | Running | Finished))

    @rule(quantity=st.integers(1, 700))
    def receive(self, quantity: int) -> None:
        self.step += 1
        lot = LotMove(f"lot_{self.step}", "coat", quantity, "sheet")
        if self.say(ReceiveMaterial("coat", "wrk_0", [lot], at(self.later()))):
            self.received += quantity

    @precondition(lambda self: self.step)
    @rule(number=st.integers(1, 9), bad=st.booleans())
    def judge_material(self, number: int, bad: bool) -> None:  # noqa: FBT001 - Hypothesis gives it by name
        lot_id = f"lot_{min(number, self.step)}"
        if bad and self.say(BlockMaterial(lot_id, "odour", at(self.later()))):
            self.bad.add(lot_id)
        elif not bad and self.say(ClearMaterial(lot_id, at(self.later()))):
            self.bad.discard(lot_id)

    @rule()
    def start(self) -> None:
        self.say(StartWork(moment(self.later())))

    @rule()
    def finish_setup(self) -> None:
        self.say(FinishSetup(moment(self.later())))

    @rule(good=st.integers(0, 500), scrap=st.integers(0, 60), label=st.sampled_from("AB"))
    def report(self, good: int, scrap: int, label: str) -> None:
        self.step += 1
        name = f"rpt_{self.step}"
        lots_out = [LotMove(lot_id_of(WORK_ID, label), "print", good, "sheet")] if good else []
        if self.say(ReportOutput(name, good, scrap, 0, None, lots_out, None, moment(self.later()))):
            self.reports[name] = (good, scrap)

    @precondition(lambda self: self.reports)
    @rule(data=st.data(), good=st.integers(0, 500), scrap=st.integers(0, 60))
    def correct(self, data: st.DataObject, good: int, scrap: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.reports)))
        command = CorrectReport("cor_1", name, good, scrap, 0, None, "counted again", "usr_1", LIMITS, at(self.later()))
        if self.say(command):
            self.reports[name] = (good, scrap)

    @rule()
    def finish(self) -> None:
        self.say(FinishRun(moment(self.later())))

    @precondition(lambda self: isinstance(self.state, Finished) and bool(self.state.inspections))
    @rule(data=st.data(), released=st.booleans())
    def judge(self, data: st.DataObject, released: bool) -> None:  # noqa: FBT001 - same
        assert isinstance(self.state, Finished)
        name = data.draw(st.sampled_from(sorted(self.state.inspections)))
        disposition = "released" if released else "blocked"
        self.say(DispositionLot(name, disposition, "seen", FACTORY, at(self.later())))  # type: ignore[arg-type] # one of two

    @rule()
    def ship(self) -> None:
        self.step += 1
        self.say(ShipGoods(f"dlv_{self.step}", None, {}, [], moment(self.later())))

    @rule()
    def deliver(self) -> None:
        self.say(DeliverGoods(None, {}, moment(self.later())))

    @invariant()
    def sums_are_what_was_said(self) -> None:
        if isinstance(self.state, Running | Finished):
            totals = totals_of(self.state.reports)
            assert totals.good == sum(good for good, _ in self.reports.values())
            assert totals.scrap == sum(scrap for _, scrap in self.reports.values())
            assert totals.good + totals.scrap <= LIMITS.output_max(1_000)
            eaten = sum(one.consumed for one in self.state.stock.values())
            assert eaten == totals.good + totals.scrap <= self.received
            assert all(0 <= one.consumed <= one.received for one in self.state.stock.values())

    @invariant()
    def only_what_was_made_and_released_has_left(self) -> None:
        if isinstance(self.state, Finished):
            made = produced(self.state.reports)
            gone: dict[str, int] = {}
            for shipment in self.state.shipments.values():
                for lot in shipment.lots:
                    gone[lot.lot_id] = gone.get(lot.lot_id, 0) + lot.quantity
            assert all(quantity <= (made[lot].quantity if lot in made else 0) for lot, quantity in gone.items())
            assert sum(gone.values()) == sum(self.shipped.values())

    @invariant()
    def the_story_runs_forward_and_replays(self) -> None:
        kinds = [type(one) for one in self.events]
        assert kinds.count(GoodsDelivered) <= kinds.count(GoodsShipped)
        assert WORK.fold(self.events) == self.state
        if not isinstance(self.state, Closed) and self.events:
            assert type(self.state) in LADDER


TestWorkOrder = WorkOrder.TestCase
TestWorkOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
