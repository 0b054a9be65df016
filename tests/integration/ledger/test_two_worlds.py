"""Two ledgers that differ in another factory's entries only tell a factory the same."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.principal import Role
from tests.support.ledger_house import MORNING, LedgerHouse, Shift, client
from tests.support.web_client import problem

PERIOD = "from=2026-12-01&to=2027-01-01"
BASES = (
    f"/v1/utilization?by=line,day&{PERIOD}",
    f"/v1/utilization?by=all&{PERIOD}",
    f"/v1/balances?{PERIOD}",
    "/v1/entries?",
    "/v1/entries?type=capacity.run-finished.v1",
    "/v1/entries?line=lin_2",
    f"/v1/entries?behind=AUBT&{PERIOD}",
    "/v1/entries?format=csv",
    "/v1/kpis",
    "/v1/tree",
    "/v1/tree?size=3",
    "/v1/programme",
    f"/v1/exports?{PERIOD}",
)
AS_OF = ("", f"as_of={quote((MORNING + timedelta(hours=2)).isoformat())}", "as_of=3", "as_of=999999", "limit=2")
HASH = re.compile(r"[0-9a-f]{64}")


def a_world(others: list[int], trade_days: int) -> LedgerHouse:
    """Plant 1 works for some days; before each of them plant 2 works as many shifts as *others* says."""
    house = LedgerHouse()
    house.tell(*Shift(1, 1).registered())
    rival = iter(range(1, 100))
    for day in range(trade_days):
        for _ in range(others[day % len(others)]):
            shift = Shift(2, 2, next(rival))
            house.tell(*shift.registered(), *shift.offered(), *shift.worked(client(2)), *shift.delivered(9))
        own = Shift(1, 1, day)
        house.tell(*own.offered(), *own.worked(client(1)), *own.delivered(100_000))
        house.settle()
        house.clock.set(house.clock.now() + timedelta(hours=1))
    return house


def reads(house: LedgerHouse) -> Iterator[tuple[str, int, str, dict[str, str]]]:
    """Every answer that the owner of plant 1 can get, page after page and from links on; hashes numbered as they come."""
    caller = house.caller(Role.FACTORY, 1)
    hashes: dict[str, str] = {}

    def unhashed(text: str) -> str:
        return HASH.sub(lambda found: hashes.setdefault(found[0], f"hash {len(hashes)}"), text)

    queue = [f"{base}{'&' if '?' in base else '?'}{more}".rstrip("?&") for base in BASES for more in AS_OF]
    asked: set[str] = set()
    while queue:
        path = queue.pop(0)
        if path in asked:
            continue
        asked.add(path)
        answer = caller.get(path)
        told: Any = answer.get_json(silent=True) or {}
        queue += links(told)
        if following := told.get("next_cursor"):
            queue.append(f"{re.sub(r'&cursor=.*', '', path)}&cursor={following}")
            told["next_cursor"] = len(following)  # sealed: only its length can be read
        text = orjson.dumps(told).decode() if told else answer.text
        headers = {name: value for name, value in answer.headers.items() if "Ledger" in name or "Content" in name}
        yield re.sub(r"cursor=.*", "", unhashed(path)), answer.status_code, _anonymous(unhashed(text)), headers


def links(told: Any) -> list[str]:
    if isinstance(told, list):
        return [one for inner in told for one in links(inner)]
    if not isinstance(told, dict):
        return []
    own = [value for name, value in told.items() if name in {"url", "events_url"}]
    return own + [one for inner in told.values() for one in links(inner)]


def _anonymous(text: str) -> str:
    return re.sub(r'"(request_id|instance)":"[^"]*"', "", text)


QUIET = list(reads(a_world([0], 2)))


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=2))
def test_a_factory_reads_the_same_whatever_another_does(others: list[int]) -> None:
    assert list(reads(a_world(others, 2))) == QUIET


def test_the_worlds_differ_and_the_reader_reads() -> None:
    """The test above can fail: the office sees the difference, and the factory's answers are full."""
    quiet, busy = a_world([0], 2), a_world([3], 2)
    assert quiet.get("/v1/tree")["size"] < busy.get("/v1/tree")["size"]
    assert sum(status == 200 for _, status, _, _ in QUIET) > 60
    assert sum(path.startswith("/v1/entries/") for path, status, _, _ in QUIET if status == 200) > 15


def test_a_factory_counts_its_own_entries_from_one() -> None:
    house = a_world([2], 2)
    listed = house.get("/v1/entries?limit=200", Role.FACTORY, 1)["items"]
    assert [one["number"] for one in listed] == list(range(1, len(listed) + 1))
    assert all(one.keys().isdisjoint({"index", "sourceseq"}) for one in listed)
    known = {one["leaf_hash"]: one for one in house.get("/v1/entries?limit=200")["items"]}
    runs = house.get("/v1/entries?type=capacity.run-finished.v1", Role.FACTORY, 1)["items"]
    assert runs
    assert all(one in listed for one in runs), "the same number in every list"
    for one in runs:
        whole = house.get(one["url"], Role.FACTORY, 1)
        assert whole.keys().isdisjoint({"leaf", "salt", "index", "sourceseq"})
        opened = house.get(known[one["leaf_hash"]]["url"])
        assert orjson.loads(whole["body"])["data"] == orjson.loads(opened["body"])["data"]
        assert orjson.loads(opened["body"])["fact"]
        assert "fact" not in orjson.loads(whole["body"])
        assert house.get(one["url"]) == opened, "the office finds and opens what a factory names by its hash"


def test_the_moment_a_factory_is_told_gives_the_same_answer_again() -> None:
    house = a_world([1], 2)
    path = f"/v1/utilization?by=line,day&{PERIOD}"
    first = house.get(path, Role.FACTORY, 1)
    assert "root" not in first
    shift = Shift(1, 1, 5)
    house.tell(*shift.offered(), *shift.worked(client(1)))
    house.settle()
    assert house.get(path, Role.FACTORY, 1) != first
    assert house.get(f"{path}&as_of={first['as_of']}", Role.FACTORY, 1) == first


@pytest.mark.parametrize("size", [0, 3, 999_999])
def test_a_factory_cannot_ask_by_size(size: int) -> None:
    house = a_world([1], 1)
    refused = problem(house.caller(Role.FACTORY).get(f"/v1/balances?{PERIOD}&as_of={size}"), 422, "AS_OF_INSTANT_ONLY")
    assert str(size) in refused["detail"]
