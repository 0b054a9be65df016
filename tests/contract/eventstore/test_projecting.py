"""What every engine promises to views: pages, checkpoints, parking, waiting, rebuilding."""

import pytest

from shared.clock import StoryClock
from shared.eventstore.port import StreamAppend
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector, ViewStale
from tests.support.notes import NoteCount, NoteStruck, note_cause, taken


def test_a_view_and_its_checkpoint_move_together_past_filtered_events(log: LogWithViews, clock: StoryClock) -> None:
    view = NoteCount()
    projector = Projector(log, [view], clock)
    log.append([taken("a", 0, "one", "two"), taken("b", 0, "three")], note_cause())
    log.append([StreamAppend("a", 2, [NoteStruck(reason="wrong")])], note_cause())
    assert projector.run_once() == 4
    assert projector.run_once() == 0
    assert view.counts(log.views) == {"a": 2, "b": 1}
    assert projector.position() == 4
    assert Projector(log, [view], clock).position() == 4


def test_poison_is_parked_with_its_key_and_the_rest_goes_on(log: LogWithViews, clock: StoryClock) -> None:
    view = NoteCount()
    projector = Projector(log, [view], clock)
    log.append([taken("a", 0, "one", "poison", "two"), taken("b", 0, "three")], note_cause())
    projector.catch_up()
    assert view.counts(log.views) == {"a": 2, "b": 1}
    (parked,) = projector.parked()
    assert (parked.owner, parked.key, parked.mark) == ("view:note_count", "a", 2)
    assert "cannot be counted" in parked.reason


def test_a_reader_waits_for_its_own_write_with_and_without_a_thread(log: LogWithViews, clock: StoryClock) -> None:
    view = NoteCount()
    projector = Projector(log, [view], clock)
    done = log.append([taken("a", 0, "one")], note_cause())
    assert projector.wait_for("note_count", done.position, 5)
    assert not projector.wait_for(None, done.position + 1, 0.01)
    projector.start()
    try:
        done = log.append([taken("a", 1, "two")], note_cause())
        assert projector.wait_for(None, done.position, 5)
        assert view.counts(log.views) == {"a": 2}
    finally:
        projector.stop()


def test_a_view_folded_by_other_code_refuses_to_serve_until_rebuilt(log: LogWithViews, clock: StoryClock) -> None:
    log.append([taken("a", 0, "one")], note_cause())
    Projector(log, [NoteCount()], clock).catch_up()
    newer = NoteCount(code_digest="two")
    projector = Projector(log, [newer], clock)
    assert projector.stale == ["note_count"]
    with pytest.raises(ViewStale):
        projector.check("note_count")
    with pytest.raises(ViewStale):
        projector.wait_for(None, 1, 0.01)
    log.append([taken("a", 1, "two")], note_cause())
    assert projector.run_once() == 0
    assert newer.counts(log.views) == {"a": 1}
    assert projector.rebuild_stale() == ["note_count"]
    assert projector.ready
    assert newer.counts(log.views) == {"a": 2}


def test_a_rebuild_equals_the_live_view_and_drops_poison_that_is_cured(log: LogWithViews, clock: StoryClock) -> None:
    view = NoteCount()
    projector = Projector(log, [view], clock, page_max=3)
    log.append([taken("a", 0, "one", "poison", *("x" for _ in range(8)))], note_cause())
    projector.catch_up()
    live = view.counts(log.views)
    assert projector.rebuild("note_count") == 10
    assert view.counts(log.views) == live == {"a": 9}
    assert len(projector.parked()) == 1
    log.append([taken("a", 10, "more")], note_cause())
    projector.catch_up()
    assert view.counts(log.views) == {"a": 10}


def test_pages_are_bounded_and_new_views_start_from_the_beginning(log: LogWithViews, clock: StoryClock) -> None:
    log.append([taken("a", 0, *("x" for _ in range(7)))], note_cause())
    Projector(log, [NoteCount()], clock).catch_up()
    old, new = NoteCount(), NoteCount("second_count")
    projector = Projector(log, [old, new], clock, page_max=3)
    assert [projector.run_once() for _ in range(4)] == [3, 3, 1, 0]
    assert old.counts(log.views) == new.counts(log.views) == {"a": 7}
