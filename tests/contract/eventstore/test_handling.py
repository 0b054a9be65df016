"""Load, decide, append on every engine: races are run again, kept states never decide alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from shared.eventstore.handling import Prepared, decide, load, load_as_of, transact
from shared.eventstore.port import Claim, WrongVersion
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.states import States
from shared.kernel.decider import Decider
from shared.kernel.event import Event
from tests.support.notes import START, NoteTaken, note_cause, taken


@dataclass(frozen=True)
class Pad:
    texts: tuple[str, ...] = ()


class PadFull(Exception):
    pass


def _decide(text: str, pad: Pad) -> Sequence[Event]:
    if len(pad.texts) >= 3:
        raise PadFull(str(len(pad.texts)))
    return [] if text in pad.texts else [NoteTaken(text=text)]


def _evolve(pad: Pad, event: Event) -> Pad:
    return Pad((*pad.texts, event.text)) if isinstance(event, NoteTaken) else pad


PAD: Decider[str, Pad, Event] = Decider(Pad(), _decide, _evolve)


def take(log: LogWithViews, text: str, stream: str = "a") -> int:
    def prepare() -> Prepared[str]:
        return Prepared([decide(PAD, load(log, PAD, stream), stream, text)], text)

    return transact(log, prepare, note_cause()).position


def test_a_command_is_decided_on_the_state_of_its_stream(log: LogWithViews) -> None:
    assert [take(log, text) for text in ("one", "two", "two")] == [1, 2, 2]
    assert load(log, PAD, "a").state == Pad(("one", "two"))
    assert load(log, PAD, "a", up_to_version=1).state == Pad(("one",))
    assert load_as_of(log, PAD, "a", 1).state == Pad(("one",))
    assert load_as_of(log, PAD, "a", 0).version == 0


def test_an_event_of_somebody_else_is_seen_by_the_next_load_and_the_next_command(log: LogWithViews) -> None:
    take(log, "one")
    log.append([taken("a", 1, "two", "three")], note_cause())
    with pytest.raises(PadFull):
        take(log, "four")
    assert load(log, PAD, "a").version == 3


def test_a_refusal_on_a_kept_state_is_decided_again_on_what_stands_there(log: LogWithViews) -> None:
    for text in ("one", "two", "three"):
        take(log, text)
    log.states.keep(PAD, "a", Pad(("one", "two")), 2)  # as a state looks that another process has overtaken
    with pytest.raises(PadFull, match="3"):
        take(log, "four")
    log.states.keep(PAD, "a", Pad(("one",)), 1)
    assert take(log, "three", stream="b") == 4


def test_a_decision_on_a_stream_that_is_not_written_is_made_on_a_fresh_read(log: LogWithViews) -> None:
    take(log, "one")
    assert load(log, PAD, "a").version == 1  # and kept, for the next command to guess with
    log.append([taken("a", 1, "two")], note_cause())

    def prepare() -> Prepared[int]:
        return Prepared([taken("count", 0, str(load(log, PAD, "a").version))], load(log, PAD, "a").version)

    assert transact(log, prepare, note_cause()).result == 2


def test_a_lost_race_is_run_again_and_given_up_after_bounded_tries(log: LogWithViews) -> None:
    attempts: list[int] = []

    def prepare() -> Prepared[None]:
        loaded = load(log, PAD, "a")
        attempts.append(loaded.version)
        if len(attempts) < 3:
            log.append([taken("a", loaded.version, "rival")], note_cause())
        return Prepared([taken("a", loaded.version, "mine")], None)

    transact(log, prepare, note_cause())
    assert [one.event.text for one in log.read_stream("a") if isinstance(one.event, NoteTaken)][-1] == "mine"

    def always_late() -> Prepared[None]:
        loaded = load(log, PAD, "a")
        log.append([taken("a", loaded.version, "rival")], note_cause())
        return Prepared([taken("a", loaded.version, "mine")], None)

    with pytest.raises(WrongVersion):
        transact(log, always_late, note_cause(), tries_max=3)


def test_claim_and_effect_are_one_transaction(log: LogWithViews) -> None:
    claim = Claim("org/route", "key", "print", b"{}", START.replace(year=2027))
    transact(log, lambda: Prepared([taken("a", 0, "one")], None), note_cause(), [claim])
    found = log.claim("org/route", "key", START)
    assert found is not None
    assert found.answer == b"{}"


def test_an_evolve_that_changes_its_argument_is_caught_in_tests(log: LogWithViews) -> None:
    assert States.CHECKED

    def impure(seen: list[str], event: Event) -> list[str]:
        seen.append(str(event))
        return seen

    decider: Decider[str, list[str], Event] = Decider([], lambda _text, _seen: [], impure)
    log.append([taken("a", 0, "one")], note_cause())
    with pytest.raises(AssertionError, match="evolve changes its argument"):
        load(log, decider, "a")


def test_old_states_make_room_for_new_ones() -> None:
    states = States(states_max=8)
    for index in range(30):
        states.keep(PAD, f"s{index}", Pad(), 1)
    assert states.get(PAD, "s29") is not None
    assert states.get(PAD, "s0") is None
    assert states.get(Decider(Pad(), _decide, _evolve), "s29") is None


def test_a_stream_that_goes_on_stays_while_others_make_room() -> None:
    states = States(states_max=8)
    states.keep(PAD, "busy", Pad(), 0)
    for index in range(30):
        states.keep(PAD, f"s{index}", Pad(), 1)
        states.advance("busy", index, [NoteTaken(text=str(index))])
    assert len(states.all()) == 8
    kept = states.get(PAD, "busy")
    assert kept is not None
    assert kept[2] == 30
