"""Whatever a log of ours may hold is read by the code of today: a sample of every stored type and version, for ever.

A sample that no longer reads means that old logs no longer read: register a new version and an upcaster instead.
`python -m tests.support.stored_corpus` writes the samples of new types.
"""

from pathlib import Path

import pytest

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import StreamAppend
from tests.support.notes import START, note_cause
from tests.support.stored_corpus import CORPUS, SERVICES, path_of

SAMPLES = sorted(CORPUS.glob("*/*.json"))


@pytest.mark.parametrize("service", list(SERVICES))
def test_every_stored_type_has_a_sample(service: str) -> None:
    assert [name for name in SERVICES[service].names if not path_of(service, name).exists()] == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_stored_sample_is_read_and_current_ones_are_written_to_the_byte(path: Path) -> None:
    types, data = SERVICES[path.parent.name], path.read_bytes().rstrip(b"\n")
    event = types.decode(path.stem, data)
    if path.stem in types.names:
        assert types.encode(event) == data
    else:
        assert types.name_of(event) in types.names


@pytest.mark.parametrize("service", list(SERVICES))
def test_the_whole_corpus_goes_through_a_log(service: str) -> None:
    types = SERVICES[service]
    log = MemoryLog(service, types, StoryClock(START))
    events = [types.decode(one.stem, one.read_bytes()) for one in SAMPLES if one.parent.name == service]
    log.append([StreamAppend("corpus", 0, events)], note_cause())
    assert log.read_events("corpus")[0] == events
    assert log.verify().position == len(events)
