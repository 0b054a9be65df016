"""Facts in, entries out: each exactly once, whatever arrives twice, late, together, or after a crash."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from services.ledger.domain.events import EntryRecorded, TreeGrown
from services.ledger.domain.leaf import decode_leaf
from services.ledger.projections.book_tables import TABLES, TIME_BALANCE, TIME_POSTING, UNIT_BALANCE, UNIT_POSTING
from services.ledger.projections.books import Books
from services.ledger.projections.entries import ENTRY, Entries
from services.ledger.projections.registers import ORGANISATION, PLANT, Registers
from services.ledger.projections.tree import NODE, Tree
from shared.contracts.envelope import Fact
from shared.contracts.registry import FACTS
from shared.eventstore import shadow
from shared.eventstore.checkpoints import Checkpoint, write_checkpoint
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import Recorded
from shared.eventstore.projecting import Projection
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.principal import Role
from tests.support.golden_facts import GOLDEN
from tests.support.ledger_house import LedgerHouse, OpenLog, Shift, client
from tests.support.web_client import problem


@pytest.fixture(params=["memory", "sqlite"])
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> OpenLog:
    def sqlite(name: str, types: Any, clock: Any) -> SqliteLog:
        return SqliteLog(name, types, clock, tmp_path / "ledger.sqlite")

    return MemoryLog if request.param == "memory" else sqlite


def story(days: int = 2) -> list[Fact]:
    found: list[Fact] = []
    for line in (1, 2):
        found += Shift(line).registered()
        for day in range(days):
            shift = Shift(line, 1, day)
            found += [*shift.offered(), *shift.worked(client(line))]
    return [*found, Shift().corrected(100_000, 100_000)]


def told(house: LedgerHouse, days: int = 2) -> None:
    house.tell(*story(days))


def events(house: LedgerHouse) -> Iterator[Recorded]:
    position = 0
    while page := house.log.read_all(position):
        yield from page
        position = page[-1].position


def entries(house: LedgerHouse) -> list[EntryRecorded]:
    return [one.event for one in events(house) if isinstance(one.event, EntryRecorded)]


def test_every_fact_is_recorded_once_and_in_order(open_log: OpenLog) -> None:
    house = LedgerHouse(open_log)
    told(house)
    house.settle()
    found = entries(house)
    assert [decode_leaf(one.leaf).type for one in found] == [row["type"] for row in house.raw]
    assert [one.index for one in found] == list(range(len(house.raw)))
    growths = [one.event for one in events(house) if isinstance(one.event, TreeGrown)]
    assert len(growths) == 1, "a page is one append"
    assert growths[-1].size == len(house.raw)


def test_what_is_delivered_again_is_dropped(open_log: OpenLog) -> None:
    house = LedgerHouse(open_log)
    told(house)
    house.settle()
    before = house.log.head()
    house.broker.subscribe("ledger", ["portal", "capacity", "order"], {})  # the broker forgets what was committed
    house.settle()
    assert house.log.head() == before


def test_pages_of_any_size_give_the_same_tree_and_books() -> None:
    whole, trickled = LedgerHouse(), LedgerHouse()
    told(whole)
    whole.settle()
    for fact in story():
        trickled.tell(fact)
        trickled.settle()
    assert [bytes(one.body) for one in entries(whole)] == [bytes(one.body) for one in entries(trickled)]
    assert whole.get("/v1/tree")["size"] == trickled.get("/v1/tree")["size"]
    for table in (TIME_POSTING, TIME_BALANCE, UNIT_POSTING, UNIT_BALANCE):
        assert rows(whole, table) == rows(trickled, table)


def rows(house: LedgerHouse, table: sa.Table) -> list[tuple[Any, ...]]:
    with house.log.views.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]


VIEWS: list[tuple[type[Projection], tuple[sa.Table, ...]]] = [
    (Entries, (ENTRY,)),
    (Tree, (NODE,)),
    (Books, TABLES),
    (Registers, (PLANT, ORGANISATION)),
]


@pytest.mark.parametrize(("view", "tables"), VIEWS, ids=lambda one: getattr(one, "__name__", ""))
@pytest.mark.parametrize("page_max", [1, 7, 1000])
def test_every_view_equals_its_rebuild_in_pages_of_any_size(
    view: type[Projection], tables: tuple[sa.Table, ...], page_max: int
) -> None:
    house = LedgerHouse()
    told(house)
    house.settle()
    with shadow.built(house.log, view(), house.clock, page_max=page_max) as (copy, position):
        assert position == house.log.head().position
        for table in tables:
            query = sa.select(table).order_by(*table.primary_key.columns)
            assert [tuple(row) for row in copy.execute(query)] == rows(house, table), table.name


def test_a_restarted_ledger_goes_on_from_its_last_entry(tmp_path: Path) -> None:
    def open_log(name: str, types: Any, clock: Any) -> SqliteLog:
        return SqliteLog(name, types, clock, tmp_path / "ledger.sqlite")

    first = LedgerHouse(open_log)
    told(first, days=1)
    first.settle()
    size, root = first.get("/v1/tree")["size"], first.get("/v1/tree")["root"]
    first.log.close()
    again = LedgerHouse(open_log)
    told(again, days=2)  # the same facts are offered again, and more
    again.settle()
    assert again.get(f"/v1/tree?size={size}")["root"] == root
    assert again.get("/v1/tree")["size"] > size
    assert again.service.audit.first_fault() is None


def test_every_published_fact_of_every_service_is_taken() -> None:
    house = LedgerHouse()
    samples = [FACTS.decode(path.stem, path.read_bytes()) for path in sorted(GOLDEN.glob("*.json"))]
    house.tell(*samples)
    house.settle()
    found = entries(house)
    assert len(found) == len(samples)
    assert {decode_leaf(one.leaf).type for one in found} == set(FACTS.classes)
    assert house.service.audit.first_fault() is None


def test_an_entry_opens_to_what_was_published() -> None:
    house = LedgerHouse()
    told(house, days=1)
    house.settle()
    shown = house.get("/v1/entries/3")
    assert orjson.loads(shown["body"])["data"] == house.raw[3]["data"]
    leaf = orjson.loads(shown["leaf"])
    assert leaf["sourceseq"] == 4
    assert leaf["prevhash"] == house.get("/v1/entries/2")["leaf_hash"]


def test_a_view_folded_by_other_rules_does_not_serve_until_rebuilt(tmp_path: Path) -> None:
    def open_log(name: str, types: Any, clock: Any) -> SqliteLog:
        return SqliteLog(name, types, clock, tmp_path / "ledger.sqlite")

    first = LedgerHouse(open_log)
    told(first, days=1)
    first.settle()
    figures = "/v1/utilization?from=2026-12-01&to=2026-12-31"
    shown = first.get(figures)
    with first.log.writing() as connection:
        write_checkpoint(connection, "books", Checkpoint(first.log.head().position, "folded by older rules"))
    first.log.close()
    again = LedgerHouse(open_log)
    refused = problem(again.caller(Role.OFFICE).get(figures), 503, "NOT_READY")
    assert "books" in refused["detail"]
    assert again.caller(Role.OFFICE).get("/readyz").status_code == 503
    again.service.projector.rebuild("books")
    assert again.get(figures) == shown
