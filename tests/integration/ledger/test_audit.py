"""The audit passes on what is true, and names the first check that fails for each thing somebody could tamper with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from services.ledger.__main__ import ledger as command
from services.ledger.domain.events import EntryRecorded, TreeGrown
from services.ledger.projections.book_tables import LINE_DAY, TIME_BALANCE, TIME_POSTING, UNIT_BALANCE
from services.ledger.projections.tree import NODE
from shared.eventstore.port import ANY_VERSION, StreamAppend
from shared.eventstore.sqlite import SqliteLog
from tests.support.ledger_house import LedgerHouse, Shift, client


@pytest.fixture
def house() -> LedgerHouse:
    made = LedgerHouse()
    shift = Shift()
    made.tell(*shift.registered(), *shift.offered(), *shift.worked(client()))
    made.settle()
    return made


def test_an_honest_ledger_passes_every_check(house: LedgerHouse) -> None:
    checks = list(house.service.audit.checks())
    assert all(one.passed for one in checks), checks
    assert len(checks) == 5
    assert "86,400 seconds, 41,400 of them published" in checks[-1].found


def _in_views(*changes: Any) -> Callable[[LedgerHouse], None]:
    def tamper(house: LedgerHouse) -> None:
        with house.log.writing() as connection:
            for change in changes:
                connection.execute(change)

    return tamper


@pytest.mark.parametrize(
    ("tamper", "name"),
    [
        (_in_views(NODE.update().where(NODE.c.level == 0, NODE.c.place == 12).values(hash=bytes(32))), "tree view"),
        (_in_views(NODE.delete().where(NODE.c.level == 3)), "tree view"),
        (_in_views(TIME_POSTING.update().where(TIME_POSTING.c.to_account == "apt").values(seconds=1)), "postings"),
        (_in_views(TIME_POSTING.delete().where(TIME_POSTING.c.to_account == "apt")), "postings"),
        (
            _in_views(TIME_BALANCE.update().values(seconds=TIME_BALANCE.c.seconds + 1)),
            "balances are the sums",
        ),
        (_in_views(UNIT_BALANCE.delete()), "balances are the sums"),
        (
            _in_views(
                LINE_DAY.update().values(
                    segments=sa.cast(
                        sa.func.replace(sa.cast(LINE_DAY.c.segments, sa.Text), "published", "withdrawn"), sa.LargeBinary
                    )
                )
            ),
            "every second in one account",
        ),
    ],
)
def test_a_changed_view_is_found_by_the_check_that_owns_it(
    house: LedgerHouse, tamper: Callable[[LedgerHouse], None], name: str
) -> None:
    tamper(house)
    fault = house.service.audit.first_fault()
    assert fault is not None
    assert name in fault.name, fault


def _replaced(raw: msgspec.Raw, old: bytes, new: bytes) -> msgspec.Raw:
    assert old in bytes(raw)
    return msgspec.Raw(bytes(raw).replace(old, new))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda one: {"body": _replaced(one.body, b"lin_1", b"lin_2")}, "do not open the commitment"),
        (lambda _: {"salt": "00" * 32}, "do not open the commitment"),
        (lambda one: {"leaf": _replaced(one.leaf, b'"sourceseq":3', b'"sourceseq":4')}, "goes on with 4 after 2"),
        (lambda one: {"leaf": _replaced(one.leaf, b'"v":2', b'"v":1')}, "or forks"),
        (lambda one: {"leaf": _replaced(one.leaf, b'"v":2', b'"v": 2')}, "not_canonical"),
        (lambda _: {"index": 7}, "stands where entry 2 should"),
    ],
)
def test_a_changed_entry_is_found_by_its_own_bytes(house: LedgerHouse, change: Any, found: str) -> None:
    """A liar who rewrites the log from entry 2 on, digests and all, still cannot make the chain fit."""
    forged = LedgerHouse()
    for recorded in house.log.read_all():
        event = recorded.event
        if isinstance(event, EntryRecorded) and event.index == 2:
            event = msgspec.structs.replace(event, **change(event))
        assert isinstance(event, EntryRecorded | TreeGrown)
        _append(forged, event, recorded.cause)
    fault = next(iter(forged.service.audit.checks()))
    assert not fault.passed
    assert found in fault.found


def _append(house: LedgerHouse, event: EntryRecorded | TreeGrown, cause: Any) -> None:
    house.log.append([StreamAppend("entries", ANY_VERSION, [event])], cause)


def test_a_dropped_entry_is_found(house: LedgerHouse) -> None:
    forged = LedgerHouse()
    for recorded in house.log.read_all():
        event = recorded.event
        assert isinstance(event, EntryRecorded | TreeGrown)
        if not (isinstance(event, EntryRecorded) and event.index == 2):
            _append(forged, event, recorded.cause)
    fault = next(iter(forged.service.audit.checks()))
    assert "entry 3 stands where entry 2 should" in fault.found


def test_the_command_line_audits_and_rebuilds_a_database(tmp_path: Path) -> None:
    def open_log(name: str, types: Any, clock: Any) -> SqliteLog:
        return SqliteLog(name, types, clock, tmp_path / "ledger.sqlite")

    house = LedgerHouse(open_log)
    shift = Shift()
    house.tell(*shift.registered(), *shift.offered(), *shift.worked(client()))
    house.settle()
    with house.log.writing() as connection:
        connection.execute(UNIT_BALANCE.delete())
    house.log.close()
    run = CliRunner().invoke
    database = str(tmp_path / "ledger.sqlite")
    failed = run(command, ["verify", database])
    assert failed.exit_code == 1
    assert "FAILED ledger balances are the sums" in failed.output
    assert run(command, ["rebuild", database, "books"]).exit_code == 0
    passed = run(command, ["verify", database])
    assert passed.exit_code == 0, passed.output
