"""What plants do under fire: answer offers, make, inspect, ship and deliver. Each thread runs several plants."""

import random
from collections.abc import Callable

from services.demo.making import LABORATORY
from services.demo.party import Json
from tests.fault.campaign.patience import Patient

DECLINING, CORRECTING = 0.05, 0.1
REPORTS = 3  # a run is reported in so many parts
AT_WORK = ("setting_up", "running", "finished", "released", "shipped", "accepted")


class Factory:
    """One plant. What was refused, because its time has not come, waits until `try_again`."""

    def __init__(self, client: Patient, chance: random.Random) -> None:
        self._client, self._chance = client, chance
        self._waits: set[str] = set()
        self._deeds: dict[str, Callable[[Json, str], bool]] = {
            "start": self._start,
            "setup-finished": self._finish_setup,
            "reports": self._report,
            "disposition": self._judge,
            "ship": self._ship,
            "deliver": self._deliver,
        }

    def try_again(self) -> None:
        """Time has passed: what had to wait may be possible now."""
        self._waits.clear()

    def step(self) -> bool:
        """Answer all offers, then move each piece of work one deed on; False when nothing could be done."""
        moved = False
        for offer in self._client.items("/v1/offers", state="waiting"):
            moved = True
            self._answer(offer)
        for state in AT_WORK:
            for work in self._client.items("/v1/work-orders", state=state):
                moved |= self._move(str(work["id"]))
        return moved

    def _answer(self, offer: Json) -> None:
        path, work_id = f"/v1/offers/{offer['id']}", offer["work_order_id"]
        if self._chance.random() < DECLINING:
            body = {"reason": "equipment", "note": ""}
            self._client.do("decline offer", work_id, f"{path}/decline", body, version=offer["version"])
        else:
            self._client.do("accept offer", work_id, f"{path}/accept", {}, version=offer["version"])

    def _move(self, work_id: str) -> bool:
        if work_id in self._waits:
            return False
        path = f"/v1/work-orders/{work_id}"
        work = self._client.read(path)
        for action in work["actions"]:
            if action in self._deeds and self._deeds[action](work, path):
                return True
        self._waits.add(work_id)
        return False

    def _start(self, work: Json, path: str) -> bool:
        return self._client.do("start work", work["id"], f"{path}/start", {}) is not None

    def _finish_setup(self, work: Json, path: str) -> bool:
        return self._client.do("finish set-up", work["id"], f"{path}/setup-finished", {}) is not None

    def _report(self, work: Json, path: str) -> bool:
        """A part of the run; a correction of the last part now and then; the end when all is there."""
        net, made, unit = int(work["quantity"]["value"]), int(work["good"]["value"]), work["quantity"]["unit"]
        if made >= net:
            return self._client.do("finish run", work["id"], f"{path}/finish", {}) is not None
        if work["reports"] and self._chance.random() < CORRECTING:
            return self._correct(work, path)
        good = min(net - made, net // REPORTS + self._chance.randrange(1, 100))
        body = {"good": {"value": str(good), "unit": unit}, "scrap": {"value": "0", "unit": unit}}
        return self._client.do("report output", f"{work['id']} {good}", f"{path}/reports", body) is not None

    def _correct(self, work: Json, path: str) -> bool:
        last = work["reports"][-1]
        good = max(1, int(last["good"]) - self._chance.randrange(1, 50))
        body = {"good": {"value": str(good), "unit": last["unit"]}, "grounds": "counted again"}
        about = f"{last['id']} {good}"
        where = f"{path}/reports/{last['id']}/correction"
        return self._client.do("correct report", about, where, body, version=work["version"]) is not None

    def _judge(self, work: Json, _: str) -> bool:
        waiting = [one["id"] for one in work["inspections"] if one["state"] == "pending"]
        if work["capability"] == LABORATORY:
            lots = [self._client.read(f"/v1/lots/{lot['id']}") for one in work["inputs"] for lot in one["lots"]]
            waiting += [lot["inspection_lot_id"] for lot in lots if lot["inspection_lot_id"]]
        done = [
            self._client.do("release lot", one, f"/v1/inspection-lots/{one}/disposition", {"disposition": "released"})
            for one in waiting
        ]
        return any(one is not None for one in done)

    def _ship(self, work: Json, path: str) -> bool:
        gone = {one["to_process_id"] for one in work["shipments"]}
        waiting = [one["to_process_id"] for one in work["destinations"] if one["to_process_id"] not in gone]
        for to in waiting:
            body = {"to_process_id": to} if to else {}
            if self._client.do("ship goods", f"{work['id']} {to}", f"{path}/ship", body) is not None:
                return True
        return False

    def _deliver(self, work: Json, path: str) -> bool:
        under_way = [one["id"] for one in work["shipments"] if one["delivered_at"] is None]
        for one in under_way:
            if self._client.do("deliver goods", one, f"{path}/deliver", {"delivery_id": one}) is not None:
                return True
        return False
