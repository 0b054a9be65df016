"""Every fact becomes an entry: chained to its source, hidden behind its commitment, in the tree, never lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from services.ledger.domain.commands import ArrivedFact, RecordFacts
from services.ledger.domain.entries import ENTRIES, Entries
from services.ledger.domain.events import EntryRecorded, TreeGrown
from services.ledger.domain.leaf import decode_leaf
from services.ledger.domain.profile import ENTRY_BYTES_MAX, OutsideProfile, admit
from services.ledger.domain.tree import Frontier, extend, leaf_hash

GOLDEN = sorted((Path(__file__).parents[3] / "contract" / "facts" / "golden").glob("*.json"))
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


def arrived(
    position: int, data: bytes, type_name: str = "order.closed.v1", source: str = "/gongfang/order"
) -> ArrivedFact:
    return ArrivedFact(
        source=source,
        position=position,
        part=0,
        fact_id=f"{source}/{position}/0",
        type=type_name,
        subject="ord_1",
        actor="org_1",
        correlation="req_1",
        time=NOW,
        data=data,
        salt=sha256(source.encode() + b"%d" % position).digest(),
    )


def recorded(*facts: ArrivedFact, entries: Entries | None = None, at: datetime = NOW) -> list[EntryRecorded]:
    events = ENTRIES.decide(RecordFacts(facts, at), entries or Entries())
    return [one for one in events if isinstance(one, EntryRecorded)]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_published_fact_becomes_an_entry_in_the_profile(path: Path) -> None:
    (event,) = recorded(arrived(1, path.read_bytes().strip(), path.stem))
    assert admit(bytes(event.body))
    assert admit(bytes(event.leaf))
    assert decode_leaf(bytes(event.leaf)).type == path.stem


def test_a_leaf_commits_to_its_body_by_salt_and_shows_none_of_it() -> None:
    (event,) = recorded(arrived(1, b'{"order_id":"ord_1","buyer_org_id":"org_9"}'))
    leaf, salt = decode_leaf(bytes(event.leaf)), bytes.fromhex(event.salt)
    assert leaf.dh == sha256(b"gongfang/ledger/body/v1\x00" + salt + bytes(event.body)).hexdigest()
    assert leaf.subjecthash == sha256(b"gongfang/ledger/subject/v1\x00" + salt + b"ord_1").hexdigest()
    assert b"ord_1" not in bytes(event.leaf)
    assert b"org_" not in bytes(event.leaf)


def test_each_source_has_a_chain_of_its_own_without_gaps() -> None:
    facts = [
        arrived(3, b"{}"),
        arrived(1, b"{}", source="/gongfang/portal"),
        arrived(9, b"{}"),
        arrived(4, b"{}", source="/gongfang/portal"),
    ]
    events = recorded(*facts)
    leaves = [decode_leaf(bytes(one.leaf)) for one in events]
    assert [one.index for one in events] == [0, 1, 2, 3]
    assert [(one.source[10:], one.sourceseq) for one in leaves] == [
        ("order", 1),
        ("portal", 1),
        ("order", 2),
        ("portal", 2),
    ]
    assert leaves[0].prevhash == leaves[1].prevhash == bytes(32).hex()
    assert leaves[2].prevhash == leaf_hash(bytes(events[0].leaf)).hex()
    assert leaves[3].prevhash == leaf_hash(bytes(events[1].leaf)).hex()


def test_the_tree_grows_by_the_leaves_and_goes_on_from_the_last_event_alone() -> None:
    first = ENTRIES.decide(RecordFacts((arrived(1, b"{}"), arrived(2, b"{}")), NOW), Entries())
    assert isinstance(first[-1], TreeGrown)
    resumed = ENTRIES.evolve(Entries(), first[-1])
    assert resumed == ENTRIES.fold(first)
    second = ENTRIES.decide(RecordFacts((arrived(3, b"{}"),), NOW), resumed)
    hashes = [leaf_hash(bytes(one.leaf)) for one in [*first, *second] if isinstance(one, EntryRecorded)]
    assert isinstance(second[-1], TreeGrown)
    assert second[-1].root == extend(Frontier(), hashes)[0].root.hex()
    assert second[-1].size == 3


def test_a_fact_seen_before_is_passed_over() -> None:
    entries = ENTRIES.fold(ENTRIES.decide(RecordFacts((arrived(5, b"{}"),), NOW), Entries()))
    assert ENTRIES.decide(RecordFacts((arrived(5, b"{}"), arrived(4, b"{}")), NOW), entries) == []


def test_every_part_of_an_event_is_an_entry_and_each_once() -> None:
    one, two, three = (replace(arrived(5, b"{}"), part=part) for part in range(3))
    entries = ENTRIES.fold(ENTRIES.decide(RecordFacts((one, two), NOW), Entries()))
    assert entries.frontier.size == 2
    (event,) = recorded(two, three, entries=entries)
    assert (event.index, decode_leaf(bytes(event.leaf)).sourceseq) == (2, 3)


def test_recorded_time_never_falls_when_the_clock_does() -> None:
    entries = ENTRIES.fold(ENTRIES.decide(RecordFacts((arrived(1, b"{}"),), NOW), Entries()))
    (event,) = recorded(arrived(2, b"{}"), entries=entries, at=NOW - timedelta(hours=1))
    assert decode_leaf(bytes(event.leaf)).recordedtime == "2026-12-01T08:00:00Z"


def test_a_member_that_does_not_fit_stands_as_its_digest_and_the_rest_is_kept() -> None:
    options = [{"option_id": f"opt_{number}", "note": "x" * 90} for number in range(400)]
    data = orjson.dumps({"order_id": "ord_1", "options": options, "quote_id": "quo_1", "binding": None})
    (event,) = recorded(arrived(1, data, "capacity.quote-offered.v1"))
    body = orjson.loads(bytes(event.body))
    assert len(bytes(event.body)) <= ENTRY_BYTES_MAX
    assert body["data"]["quote_id"] == "quo_1"
    assert "binding" not in body["data"]
    raw = orjson.dumps(options, option=orjson.OPT_SORT_KEYS)
    assert body["data"]["options"] == {"sha256": sha256(raw).hexdigest(), "bytes": len(raw), "items": 400}


@pytest.mark.parametrize("member", [{"a": 2**60}, {"a": 1.5}, {"A": 1}, [[[[[[[]]]]]]]])
def test_a_member_outside_the_profile_stands_as_its_digest(member: object) -> None:
    (event,) = recorded(arrived(1, orjson.dumps({"order_id": "ord_1", "odd": member})))
    assert set(orjson.loads(bytes(event.body))["data"]["odd"]) >= {"sha256", "bytes"}


def test_maps_with_data_for_keys_become_pairs_in_order() -> None:
    data = b'{"work_ids":{"pro_B":"wrk_2","pro_A":"wrk_1"}}'
    (event,) = recorded(arrived(1, data, "capacity.quote-confirmed.v1"))
    assert orjson.loads(bytes(event.body))["data"]["work_ids"] == [
        {"key": "pro_A", "value": "wrk_1"},
        {"key": "pro_B", "value": "wrk_2"},
    ]


def test_a_year_of_hours_is_cut_into_entries_that_lose_no_interval() -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    spans = [
        {
            "starts_at": (start + timedelta(hours=12 * number)).isoformat(),
            "ends_at": (start + timedelta(hours=12 * number + 8)).isoformat(),
        }
        for number in range(730)
    ]
    breaks = [
        {"starts_at": one["starts_at"], "ends_at": one["ends_at"], "reason": "CIP"} for one in spans if one != spans[5]
    ]
    calendar = {
        "period_from": start.isoformat(),
        "period_to": (start + timedelta(days=365)).isoformat(),
        "operation": spans,
        "planned_downtime": breaks,
    }
    events = recorded(arrived(1, orjson.dumps(calendar), "capacity.calendar-declared.v1"))
    bodies = [orjson.loads(bytes(one.body)) for one in events]
    data = [one["data"] for one in bodies]
    assert len(events) > 4
    assert [(one["piece"], one["pieces"]) for one in bodies] == [(n, len(events)) for n in range(1, len(events) + 1)]
    assert [one for piece in data for one in piece["operation"]] == spans
    assert [one for piece in data for one in piece["planned_downtime"]] == breaks
    assert [one["period_to"] for one in data[:-1]] == [one["period_from"] for one in data[1:]]
    assert (data[0]["period_from"], data[-1]["period_to"]) == (calendar["period_from"], calendar["period_to"])
    assert len({one.salt for one in events}) == len(events)
    for piece in data:
        assert all(piece["period_from"] <= one["starts_at"] < piece["period_to"] for one in piece["operation"])
        assert all(piece["period_from"] <= one["starts_at"] < piece["period_to"] for one in piece["planned_downtime"])


def test_data_with_a_key_twice_is_refused_at_the_door() -> None:
    with pytest.raises(OutsideProfile, match="duplicate_key"):
        recorded(arrived(1, b'{"a":1,"a":2}'))
