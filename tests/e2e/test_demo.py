"""The demo as a user runs it: stories told by a process of its own, then what they left behind looked at from outside."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import pytest

from services.capacity.publishing import publish
from services.demo.party import Credentials, Party
from services.demo.world import organisations
from services.embedded.running import opened
from services.terminal import Exit
from shared.contracts.registry import FACTS
from shared.eventstore.port import Recorded
from tests.support.serving import ServerProcess
from tests.support.spilled import spilled
from tests.support.utilization_recomputed import Row, utilization

pytestmark = pytest.mark.timeout(300)  # the first test tells all stories; other tests share the two cores
GROWS_WITHIN_S = 30
ORDER = {
    "lines": [{"product": "can-330-blank", "quantity": {"value": "50000", "unit": "can"}}],
    "deliver_to": {"district": "420100", "address": "武汉"},
    "requested_by": "2027-01-30T00:00:00Z",
}
MONTH = ("2026-12-01", "2026-12-31", "2027-01-01")  # first day, last day, end


@dataclass(frozen=True)
class Outcome:
    """What the demo said, how it ended, and where its data lies."""

    report: dict[str, Any]
    exit_code: int
    stderr: str
    data: Path

    @contextmanager
    def party(self, address: str, code: str) -> Iterator[Party]:
        """An organisation of the told world."""
        rows = (line.partition("=") for line in (self.data / "credentials.env").read_text("utf-8").splitlines())
        kept = {name: value for name, _, value in rows}
        party = Party(address, code, Credentials(kept[f"{code}_CLIENT"], kept[f"{code}_SECRET"]))
        yield party
        party.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    data = tmp_path_factory.mktemp("demo") / "data"
    command = [sys.executable, "-m", "services", "demo", "--no-serve", "--json", "--data", str(data)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert told.stdout, told.stderr
    return Outcome(json.loads(told.stdout), told.returncode, told.stderr, data)


def test_every_check_of_the_demo_passes(demo: Outcome) -> None:
    assert [check for check in demo.report["checks"] if not check["passed"]] == []
    assert demo.report["passed"] is True
    assert (demo.exit_code, demo.stderr) == (Exit.DONE, "")


def test_stories_books_views_and_tree_are_checked_by_name(demo: Outcome) -> None:
    names = [check["check"] for check in demo.report["checks"]]
    stories = [f"story {number}:" for number in (1, 2, 3, 4, 7, 8)]
    for word in (*stories, "log contiguous", "equals its rebuild", "tree", "balances", "line time"):
        assert any(word in name for name in names), word


def test_the_log_of_all_stories_spills_no_secret_and_names_nobody(demo: Outcome) -> None:
    text = (demo.data / "log.jsonl").read_text("utf-8")
    rows = (line.partition("=") for line in (demo.data / "credentials.env").read_text("utf-8").splitlines())
    secrets = [value for name, _, value in rows if name.endswith("_SECRET")]
    secrets += json.loads((demo.data / "secrets.json").read_text("utf-8")).values()
    people = [name for one in organisations().values() for name in (one.person, one.login) if name]
    assert text.count('"event":"handled"') > 300
    assert len(secrets) >= 20
    assert len(people) >= 6
    assert spilled(text, [*secrets, *people, "管理员"]) == []


def everything(office: Party) -> dict[str, Any]:
    """What the office sees of the told world."""
    lists = ("orders", "offers", "work-orders", "organisations", "plants", "entries")
    return {name: office.items(f"/v1/{name}") for name in lists}


def grown(office: Party, beyond: int) -> int:
    """The size of the ledger's tree once it is *beyond* what it was; the last seen at the deadline."""
    deadline = monotonic() + GROWS_WITHIN_S
    while (size := int(office.get("/v1/tree")["size"])) <= beyond and monotonic() < deadline:
        pass
    return size


def test_a_killed_server_comes_back_with_everything_it_had(demo: Outcome) -> None:
    with ServerProcess(demo.data) as server, demo.party(server.address, "OFFICE") as office:
        before = everything(office)
        with demo.party(server.address, "B1") as brand:
            fresh = brand.post("/v1/orders", ORDER)
        server.kill()
    assert before["orders"], "expected orders of the stories"
    with ServerProcess(demo.data) as server, demo.party(server.address, "OFFICE") as office:
        assert grown(office, len(before["entries"])) > len(before["entries"])
        after = everything(office)
        assert fresh["id"] in {one["id"] for one in after["orders"]}
    after["orders"] = [one for one in after["orders"] if one["id"] != fresh["id"]]
    after["entries"] = after["entries"][: len(before["entries"])]
    for name, rows in before.items():
        assert without_moving(after[name]) == without_moving(rows), name


def without_moving(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows by what never changes once it is written: entries lead on to the size they were asked at."""
    return [{name: value for name, value in row.items() if name != "url"} for row in rows]


def recorded(demo: Outcome, service: str) -> list[Recorded]:
    """Everything in a service's own log."""
    found: list[Recorded] = []
    with opened(demo.data) as house:
        log = house.services[service].log
        while page := log.read_all(found[-1].position if found else 0):
            found += page
    return found


def test_an_order_leaves_behind_what_the_page_about_it_says(demo: Outcome) -> None:
    page = (Path(__file__).parents[2] / "docs/one-order.md").read_text("utf-8")
    orders = recorded(demo, "order")
    story = next(one.stream.removeprefix("order-") for one in orders if one.type == "order-placed.v1")
    own = [one.type for one in orders if one.stream == f"order-{story}"]
    made = [one.type for one in recorded(demo, "capacity") if getattr(one.event, "order_id", "") == story]
    for name, types in (("order", own), ("capacity", made)):
        shown = re.findall(rf"```{name}\n(.*?)```", page, re.DOTALL)[0].split()
        assert list(dict.fromkeys(types)) == shown


@pytest.fixture(scope="module")
def facts(demo: Outcome) -> list[Row]:
    """Every fact capacity published, from its own log: nothing of the ledger's."""
    sent = [one.fact for event in recorded(demo, "capacity") for one in publish(event)]
    return [{"type": FACTS.name_of(one), "data": orjson.loads(FACTS.encode(one))} for one in sent]


def test_utilization_of_a_line_month_equals_a_recomputation_from_raw_facts_to_the_second(
    demo: Outcome, facts: list[Row]
) -> None:
    first, last, end = MONTH
    with ServerProcess(demo.data) as server:
        query = {"by": "line,month", "from": first, "to": end}
        with demo.party(server.address, "OFFICE") as office:
            groups = office.items("/v1/utilization", **query)
    seconds = {
        group["key"]["line_id"]: tuple(int(group["elements"][code]["value"]) for code in ("AUBT", "PBT"))
        for group in groups
    }
    busy = [line for line, (used, _) in seconds.items() if used]
    assert len(busy) >= 5
    for line in busy:
        assert utilization(facts, line, first, last) == seconds[line]
