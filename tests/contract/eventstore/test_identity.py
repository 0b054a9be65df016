"""Which log a log is, and which of its histories, and what a mark that points into it remembers: on every engine."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from shared.clock import StoryClock
from shared.eventstore.codec import EMPTY_DIGEST
from shared.eventstore.identity import Epoch, Identity, Proof
from shared.eventstore.memory import MemoryLog
from shared.eventstore.parking import list_parked
from shared.eventstore.port import Claim, NotAhead, Parked, Progress
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.sqlite import SqliteLog
from tests.support.notes import NOTE_TYPES, START, note_cause, taken


def a_parked(mark: int) -> Parked:
    return Parked("consumer:reader", "order/0", mark, "a", "x.v1", "no" * 1_000, START)


def test_two_logs_of_one_name_are_told_apart(clock: StoryClock) -> None:
    first, second = MemoryLog("notes", NOTE_TYPES, clock), MemoryLog("notes", NOTE_TYPES, clock)
    assert first.identity.log_id != second.identity.log_id
    assert first.identity.epoch == second.identity.epoch == 1


def test_a_log_in_a_file_stays_itself_and_keeps_its_epochs(clock: StoryClock, tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    with closing(SqliteLog("notes", NOTE_TYPES, clock, path)) as log:
        log.append([taken("a", 0, "one", "two", "three")], note_cause())
        begun = log.begin_epoch(2)
    with closing(SqliteLog("notes", NOTE_TYPES, clock, path)) as log:
        assert log.identity == begun
        assert (log.identity.epoch, log.identity.epochs) == (2, (Epoch(1, 0), Epoch(2, 2)))


def test_positions_behind_the_parting_belong_to_the_new_epoch() -> None:
    twice = Identity("log_a").begun_after(5).begun_after(3)
    assert [twice.epoch_at(position) for position in (0, 3, 4, 5, 6)] == [1, 1, 3, 3, 3]
    assert [Identity("log_a").begun_after(0).epoch_at(position) for position in (0, 1)] == [1, 2]


def test_a_position_is_proven_by_the_digest_there(log: LogWithViews) -> None:
    assert log.proof_at(0) == Proof(log.identity.log_id, 1, EMPTY_DIGEST)
    log.append([taken("a", 0, "one", "two")], note_cause())
    first, second = log.read_all()
    assert log.proof_at(1) == Proof(log.identity.log_id, 1, first.digest)
    assert log.proof_at(2) == Proof(log.identity.log_id, 1, log.head().digest)
    assert first.digest != second.digest == log.head().digest
    assert log.proof_at(3) is None


def test_a_mark_is_stored_with_its_proof_and_read_back(log: LogWithViews) -> None:
    proof = Proof("log_other", 2, b"d" * 32)
    log.append([], note_cause(), [Progress("reader", "order/0", 7, proof=proof), Progress("reader", "portal/0", 3)])
    assert list(log.marks()) == [Progress("reader", "order/0", 7, proof=proof), Progress("reader", "portal/0", 3)]


def test_a_recovery_may_put_a_mark_back_and_nothing_else_may(log: LogWithViews) -> None:
    log.append([], note_cause(), [Progress("reader", "order/0", 7)])
    log.put_mark(Progress("reader", "order/0", 4))
    assert log.progress("reader", "order/0") == 4
    with pytest.raises(NotAhead):
        log.append([], note_cause(), [Progress("reader", "order/0", 4)])
    log.append([], note_cause(), [Progress("reader", "order/0", 5)])
    log.forget_mark("reader", "order/0")
    assert log.progress("reader", "order/0") == 0


def test_what_is_set_aside_and_the_mark_that_passes_it_are_one_transaction(log: LogWithViews) -> None:
    log.append([], note_cause(), [Progress("reader", "order/0", 7), a_parked(7)])
    (parked,) = list_parked(log.views)
    assert (parked.owner, parked.source, parked.mark, parked.key) == ("consumer:reader", "order/0", 7, "a")
    with pytest.raises(NotAhead):
        log.append([], note_cause(), [a_parked(6), Progress("reader", "order/0", 6)])
    assert [one.mark for one in list_parked(log.views)] == [7]
    assert log.progress("reader", "order/0") == 7


def test_claims_that_expired_leave_and_the_others_stay(log: LogWithViews, clock: StoryClock) -> None:
    def claim(key: str, hours: int) -> Claim:
        return Claim("org POST /x", key, "f", b"{}", START + timedelta(hours=hours))

    for hours in (1, 2, 3, 30):
        log.append([], note_cause(), [claim(f"k{hours}", hours)])
    later = START + timedelta(hours=3)
    assert log.forget_claims(later, 2) == 2
    assert [log.claim("org POST /x", f"k{hours}", START) is None for hours in (1, 2, 3)] == [True, True, False]
    assert log.forget_claims(later, 2) == 1
    assert log.forget_claims(later, 2) == 0
    assert log.claim("org POST /x", "k30", clock.now()) == claim("k30", 30)
