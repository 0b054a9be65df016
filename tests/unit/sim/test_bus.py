"""A bus that fails: it withholds and repeats, and whatever it does each fact has its effect once."""

from datetime import timedelta
from random import Random

import pytest

from services.sim.bus import FailingBroker
from services.sim.faults import SPELLS, Fault, Weather
from shared.bus.consumer import Consumer
from shared.bus.memory import InProcessBroker
from shared.bus.port import BrokerAway
from shared.bus.relay import Relay
from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from tests.support.copying import copied, copy, copy_page
from tests.support.notes import NOTE_FACTS, NOTE_TYPES, START, note_cause, publish_notes, taken

BUS_SPELLS = sorted(set(SPELLS) - {"disk-full", "views-stand"})


def spell(kind: str, where: str, strength: float = 0.5) -> Fault:
    return Fault(1, kind, where, START, START + timedelta(hours=1), strength)


@pytest.mark.parametrize("reaction", ["one by one", "page"])
@pytest.mark.parametrize("kind", BUS_SPELLS)
def test_under_every_spell_facts_arrive_once_in_the_end(kind: str, reaction: str) -> None:
    clock, weather = StoryClock(START), Weather([])
    notes, copies = MemoryLog("notes", NOTE_TYPES, clock), MemoryLog("copies", NOTE_TYPES, clock)
    broker = FailingBroker(InProcessBroker(NOTE_FACTS), weather, Random(7))
    relay = Relay(notes, publish_notes, broker, "notes", NOTE_FACTS, lease_clock=clock)
    react = {"react_page": copy_page} if reaction == "page" else {"react": copy}
    consumer = Consumer("copier", copies, broker, ["notes"], clock=clock, **react)
    consumer.subscribe()
    spells = [spell(kind, "notes"), spell(kind, "copier")]
    for one in spells:
        weather.begin(one)
    for number in range(30):
        notes.append([taken("a", number, str(number))], note_cause())
        for step in (relay.run_once, consumer.run_once, consumer.run_once):
            try:
                step()
            except BrokerAway:
                continue
    assert weather.hits[kind] > 0
    for one in spells:
        weather.end(one)
    while relay.run_once() + consumer.run_once():
        pass
    assert copied(copies) == [str(number) for number in range(30)]
    notes.close()
    copies.close()
