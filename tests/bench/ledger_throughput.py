"""`python -m tests.bench.ledger_throughput [FOLDER]`: facts a second into the ledger, on SQLite, in CPU time.

All facts are of line time, the dearest kind: every one is recorded, hashed into the tree and posted. Prints, never fails.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from shared.contracts.envelope import Fact
from shared.eventstore.sqlite import SqliteLog
from tests.support.ledger_house import LedgerHouse, Shift, client

LINES = 40
DAYS = 25


def measured(folder: Path) -> list[dict[str, object]]:
    """One row a measure: recording alone (entries, tree head, one append a page), views alone, both."""

    def open_log(name: str, types: Any, clock: Any) -> SqliteLog:
        return SqliteLog(name, types, clock, folder / "ledger.sqlite")

    house = LedgerHouse(open_log)
    facts: list[Fact] = []
    for line in range(1, LINES + 1):
        facts += Shift(line, line % 13 + 1).registered()
    for day in range(DAYS):
        for line in range(1, LINES + 1):
            shift = Shift(line, line % 13 + 1, day)
            facts += [*shift.offered(), *shift.worked(client(day % 5 + 1))]
    house.tell(*facts)
    begun = time.process_time()
    while house.consumer.run_once():
        pass
    recorded = time.process_time()
    house.service.projector.catch_up()
    seen = time.process_time()
    spans = {"record": recorded - begun, "views": seen - recorded, "record_and_views": seen - begun}
    house.log.close()
    return [{"measure": name, "value": round(len(facts) / span), "unit": "facts/s"} for name, span in spans.items()]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as place:
        print(json.dumps({"bench": "ledger", "rows": measured(Path(place))}))
