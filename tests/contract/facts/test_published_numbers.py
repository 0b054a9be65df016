"""How many facts a stored event publishes, and which, never changes: their numbers are committed in the ledger.

A new fact needs a new event, or a new version of one. `python -m tests.contract.facts.test_published_numbers` writes what new
events publish; what stands there already stays.
"""

import json
from importlib import import_module
from pathlib import Path

from shared.clock import StoryClock
from shared.contracts.registry import FACTS
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import StreamAppend
from tests.support.notes import START, note_cause
from tests.support.stored_corpus import CORPUS, SERVICES

KEPT = Path(__file__).with_name("published_numbers.json")


def published() -> dict[str, list[str]]:
    """The sample of every stored event -> the facts that it publishes, in their order."""
    found = {}
    for service, types in SERVICES.items():
        publish = import_module(f"services.{service}.publishing").publish
        for path in sorted((CORPUS / service).glob("*.json")):
            log = MemoryLog(service, types, StoryClock(START))
            log.append([StreamAppend("a-sample", 0, [types.decode(path.stem, path.read_bytes())])], note_cause())
            found[f"{service}/{path.stem}"] = [FACTS.name_of(one.fact) for one in publish(log.read_all()[0])]
    return found


def test_every_stored_event_publishes_what_it_always_published() -> None:
    kept: dict[str, list[str]] = json.loads(KEPT.read_text("utf-8"))
    found = published()
    assert {name: found.get(name) for name in kept} == kept
    lacking = sorted(found.keys() - kept.keys())
    assert lacking == [], "write them down: python -m tests.contract.facts.test_published_numbers"


if __name__ == "__main__":
    stands: dict[str, list[str]] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    KEPT.write_text(json.dumps({**published(), **stands}, indent=1, sort_keys=True) + "\n", "utf-8")
