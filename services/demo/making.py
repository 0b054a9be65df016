"""What plants do in the stories: answer offers, then make, inspect, ship and deliver their work in order of time."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from services.demo.party import Json, Party, Turned
from services.demo.stage import Broken, Stage
from services.demo.trail import yuan
from shared.kernel.clock import instant_text, parse_instant
from shared.reference.places import districts

LABORATORY = "LAB_TEST"
GONE = frozenset({"declined", "lapsed", "withdrawn"})
CLOSED = "preventive-maintenance"  # why a line that runs day and night closes
TOLERANCE = 500  # a maker stops when one piece in so many is there beyond what is wanted
SCRAP_MAX = 40  # of what is begun at most one piece in so many is lost


def factories(stage: Stage) -> Iterator[tuple[str, Party]]:
    """All plants' owners by code."""
    for code in stage.world.plant_ids:
        yield code, stage.party(code)


def offers_of(stage: Stage, order_id: str) -> list[tuple[str, Json]]:
    """Waiting offers for an order by planned start, with the code of the plant that is asked."""
    return _by_start(
        stage,
        [
            (code, one)
            for code, party in factories(stage)
            for one in party.items("/v1/offers", state="waiting")
            if one["order_id"] == order_id
        ],
    )


def accept_offers(stage: Stage, order_id: str) -> None:
    """Every plant that is still asked says yes."""
    for code, one in offers_of(stage, order_id):
        stage.party(code).post(f"/v1/offers/{one['id']}/accept", {}, version=one["version"])
        stage.trail.event(stage.now, stage.name_of(code), f"accepts {one['capability']} for {yuan(one['price'])}")
    stage.settle()


def work_of(stage: Stage, order_id: str) -> list[tuple[str, Json]]:
    """The work orders of an order that were accepted, by planned start, with their plant's code."""
    found = [
        (code, one)
        for code, party in factories(stage)
        for one in party.items("/v1/work-orders")
        if one["order_id"] == order_id and one["state"] not in GONE
    ]
    return _by_start(stage, found)


def _by_start(stage: Stage, found: list[tuple[str, Json]]) -> list[tuple[str, Json]]:
    plants = {code for code, _ in found}
    return by_start(found, {one["id"]: one["code"] for code in plants for one in stage.party(code).items("/v1/lines")})


def by_start(found: list[tuple[str, Json]], line_codes: Mapping[str, str]) -> list[tuple[str, Json]]:
    """Plant code and work, by planned start. What starts together stands by the codes of plant and line (id -> code):
    ids are drawn by chance, and a story is told alike every time.
    """
    return sorted(found, key=lambda one: (str(one[1]["starts_at"]), one[0], line_codes[one[1]["line_id"]]))


def produce(stage: Stage, *order_ids: str) -> None:
    """Make all work of orders as planned, in one order of time over all plants, to the last delivery."""
    for order_id in order_ids:
        note_making(stage, order_id)
    stage.carry_out()
    stage.settle()


def note_making(stage: Stage, order_id: str) -> None:
    """Note on the agenda when each work order of an order begins."""
    for code, work in work_of(stage, order_id):
        floor = Floor(stage, code, work["id"])
        stage.agenda.note(parse_instant(work["starts_at"]), floor.start, begins=True)


def mend_at(stage: Stage, code: str, line_id: str, stoppage_id: str, at: datetime) -> None:
    """Note that a broken line runs again at *at*."""

    def mend() -> None:
        stage.party(code).post(f"/v1/lines/{line_id}/breakdowns/{stoppage_id}/end")
        stage.trail.event(stage.now, stage.name_of(code), "the line runs again")

    stage.agenda.note(at, mend)


class Floor:
    """One work order on its plant's floor; each deed notes the next one."""

    def __init__(self, stage: Stage, code: str, work_id: str) -> None:
        self._agenda, self._stage, self._code = stage.agenda, stage, code
        self._party, self._path = stage.party(code), f"/v1/work-orders/{work_id}"

    def start(self) -> None:
        work = self._party.post(f"{self._path}/start", {})
        self._say(f"starts {work['name']['zh']} {work['capability']}")
        until = {"from": work["starts_at"], "to": work["ends_at"]}
        offered = self._party.get(f"/v1/lines/{work['line_id']}/schedule", **until)["offered"]
        if work["state"] == "setting_up":
            offered = after_setup(offered, timedelta(seconds=int(work["setup_seconds"])))
            self._agenda.note(parse_instant(offered[0]["from"]), self._run, begins=True)
        self._note_closed_hours(offered)
        self._agenda.note(parse_instant(work["ends_at"]), self._finish)

    def _run(self) -> None:
        self._party.post(f"{self._path}/setup-finished", {})

    def _note_closed_hours(self, offered: list[Json]) -> None:
        """The line stands still while its calendar is closed within the run, and goes on when it opens."""
        for before, after in pairwise(offered):
            self._agenda.note(parse_instant(before["to"]), self._pause)
            self._agenda.note(parse_instant(after["from"]), self._go_on, begins=True)

    def _pause(self) -> None:
        self._party.post(f"{self._path}/stoppages", {"reason": CLOSED})
        self._say("pauses: the line's calendar is closed")

    def _go_on(self) -> None:
        work = self._party.get(self._path)
        self._party.post(f"{self._path}/stoppages/{work['stoppage_id']}/end", {})

    def _finish(self) -> None:
        """Report the whole run in one, end it, and let its lots be judged and leave."""
        work = self._party.get(self._path)
        unit, (good, scrap) = work["quantity"]["unit"], outcome(work)
        body = {"good": {"value": str(good), "unit": unit}, "scrap": {"value": str(scrap), "unit": unit}}
        self._party.post(f"{self._path}/reports", body)
        self._party.post(f"{self._path}/finish", {})
        if work["capability"] == LABORATORY:
            self._say(f"has tested its samples: {good:,} {unit} may go ({work['capability']})")
        else:
            self._say(f"reports [green]{good:,} good[/] [red]{scrap:,} scrap[/] {unit} ({work['capability']})")
        self._stage.settle()
        self._judge_lots()
        for one in self._party.get(self._path)["destinations"]:
            leaves = parse_instant(one["departs_at"]) if one["departs_at"] else self._stage.now
            self._agenda.note(max(leaves, self._stage.now), lambda to=one: self._ship(to))  # type: ignore[misc] # bound now

    def _judge_lots(self) -> None:
        """Release what this plant may judge: its own lots, and those a laboratory was sent to test."""
        work = self._party.get(self._path)
        waiting = [one["id"] for one in work["inspections"] if one["state"] == "pending"]
        if work["capability"] == LABORATORY:
            lots = [self._party.get(f"/v1/lots/{lot['id']}") for one in work["inputs"] for lot in one["lots"]]
            waiting += [lot["inspection_lot_id"] for lot in lots if lot["inspection_lot_id"]]
        for inspection in waiting:
            if self._judged(inspection):
                self._say("releases a lot by its sampling plan")
        self._stage.settle()

    def _judged(self, inspection: str) -> bool:
        """Whether the lot was this plant's to judge; a drink's lot is the laboratory's."""
        try:
            self._party.post(f"/v1/inspection-lots/{inspection}/disposition", {"disposition": "released"})
        except Turned as no:
            if no.status not in {403, 404, 409}:
                raise
            return False
        return True

    def _ship(self, to: Json) -> None:
        body = {"to_process_id": to["to_process_id"]} if to["to_process_id"] else {}
        work = self._party.post(f"{self._path}/ship", body)
        if not to["within_plant"]:
            self._say(f"ships to {stage_place(to)}")
            arrives = parse_instant(to["arrives_at"])
            shipped = work["shipments"][-1]["id"]
            self._agenda.note(max(arrives, self._stage.now), lambda: self._deliver(shipped))
        self._stage.settle()

    def _deliver(self, delivery_id: str) -> None:
        self._party.post(f"{self._path}/deliver", {"delivery_id": delivery_id})
        self._stage.settle()

    def _say(self, what: str) -> None:
        self._stage.trail.event(self._stage.now, self._stage.name_of(self._code), what)


def after_setup(offered: list[Json], setup: timedelta) -> list[Json]:
    """What is left of a slot's hours for the run: a set-up takes offered hours only, so it may go on after a night."""
    for number, hours in enumerate(offered):
        begins, ends = parse_instant(hours["from"]), parse_instant(hours["to"])
        if setup < ends - begins:
            return [{**hours, "from": instant_text(begins + setup)}, *offered[number + 1 :]]
        setup -= ends - begins
    raise Broken(f"expected a slot with hours for a run after its set-up, found {offered}")


def outcome(work: Json) -> tuple[int, int]:
    """Good and scrap of a whole run: little more than is wanted. A laboratory scraps nothing; it uses up samples."""
    net, gross = int(work["quantity"]["value"]), int(work["quantity_gross"]["value"])
    if work["capability"] == LABORATORY:
        return net, 0
    good = min(net + net // TOLERANCE, gross)
    return good, min(gross - good, gross // SCRAP_MAX)


def stage_place(to: Json) -> str:
    """Where a shipment goes, for people."""
    district = districts()[str(to["to_district"])]
    return f"{district.zh} {district.en}" + ("" if to["to_process_id"] else " (to the buyer's door)")
