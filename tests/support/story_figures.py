"""Every line of a finished story, recomputed from what capacity published, against what the ledger holds."""

from pathlib import Path

import orjson
import sqlalchemy as sa

from services.capacity.domain.events import EVENT_TYPES as CAPACITY_EVENTS
from services.capacity.publishing import publish
from services.ledger.domain.events import EVENT_TYPES as LEDGER_EVENTS
from services.ledger.projections.book_tables import TIME_BALANCE
from shared.clock import SystemClock
from shared.contracts.registry import FACTS
from shared.eventstore.port import EventLog
from shared.eventstore.sqlite import SqliteLog
from tests.support.utilization_recomputed import Row, line_day_clients

Sheet = dict[tuple[str, str, str], int]


def raw_facts(capacity: EventLog) -> list[Row]:
    """All facts the capacity service has published, as their JSON, in order."""
    rows: list[Row] = []
    position = 0
    while page := capacity.read_all(position):
        for recorded in page:
            for outgoing in publish(recorded):
                data = orjson.loads(FACTS.encode(outgoing.fact))
                rows.append({"type": FACTS.name_of(outgoing.fact), "data": data})
        position = page[-1].position
    return rows


def disagreements(directory: Path, *, only_busy: bool = False) -> dict[str, str]:
    """line_id -> what differs, for every line of a stopped data directory; and the number of lines under "lines".

    *only_busy* looks at lines alone on which anything was made, for those in a hurry.
    """
    capacity = SqliteLog("capacity", CAPACITY_EVENTS, SystemClock(), directory / "capacity.sqlite")
    ledger = SqliteLog("ledger", LEDGER_EVENTS, SystemClock(), directory / "ledger.sqlite")
    rows = raw_facts(capacity)
    sheets: dict[str, Sheet] = {}
    with ledger.views.connect() as connection:
        for line, day, account, client, seconds in connection.execute(sa.select(TIME_BALANCE)):
            sheets.setdefault(line, {})[day, account, client] = seconds
    if only_busy:
        busy = {"aust", "apt", "adet"}
        sheets = {line: sheet for line, sheet in sheets.items() if any(account in busy for _, account, _ in sheet)}
    found = {"lines": str(len(sheets))}
    for line, stored in sheets.items():
        sheet = line_day_clients(rows, line)
        differing = sorted(key for key in sheet.keys() | stored.keys() if sheet.get(key) != stored.get(key))
        if differing:
            key = differing[0]
            found[line] = f"{len(differing)} differ, first {key}: sheet {sheet.get(key)}, ledger {stored.get(key)}"
    capacity.close()
    ledger.close()
    return found
