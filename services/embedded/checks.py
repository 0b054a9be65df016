"""Checks of what is stored: logs contiguous with true digests, views equal to a rebuild, nothing parked, books true."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from services.embedded import histories
from services.embedded.house import BuiltService, House
from services.embedded.recorded_facts import compare, recorded_facts
from services.terminal import Check
from shared.eventstore import shadow
from shared.eventstore.parking import list_parked
from shared.eventstore.port import LogDamaged
from shared.eventstore.projecting import Projection
from shared.kernel.clock import Clock


def stored(house: House) -> Iterator[Check]:
    """Every check, one by one. The house is at rest: nobody writes while it is checked."""
    for service in house.services.values():
        log = log_check(service)
        yield log
        if not log.passed:
            continue
        service.projector.catch_up()
        for projection in service.projector.projections:
            yield view_check(service, projection, house.clock)
        yield parked_check(service)
    yield places_check(house)
    yield from recorded_checks(house)
    yield from (Check(one.name, passed=one.passed, found=one.found) for one in house.audit.checks())


def log_check(service: BuiltService) -> Check:
    """Positions without gaps, versions without gaps, the running digest recomputed over all stored bytes."""
    name = f"{service.name} log contiguous, digests true"
    try:
        head = service.log.verify()
    except LogDamaged as damage:
        return Check(name, passed=False, found=str(damage))
    return Check(name, passed=True, found=f"{head.position:,} events, digest {head.digest.hex()[:16]}…")


def view_check(service: BuiltService, projection: Projection, clock: Clock) -> Check:
    """The live tables hold, row for row, what folding the whole log anew gives."""
    name = f"{service.name} view {projection.name} equals its rebuild"
    if projection.name in service.projector.stale:
        return Check(name, passed=False, found=f"folded by older code; run: rebuild {projection.name}")
    position = service.projector.position(projection.name)
    rows = 0
    with shadow.built(service.log, projection, clock, up_to=position) as (copy, _), service.log.views.connect() as live:
        for table in projection.tables:
            query = sa.select(table).order_by(*(table.primary_key.columns or table.columns))
            for number, (ours, anew) in enumerate(zip_longest(_rows(live, query), _rows(copy, query)), 1):
                if ours != anew:
                    return Check(name, passed=False, found=f"{table.name} row {number}: {ours} instead of {anew}")
                rows += 1
    return Check(name, passed=True, found=f"{rows:,} rows at position {position:,}")


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[tuple[object, ...]]:
    for row in connection.execute(query):
        yield tuple(row)


def parked_check(service: BuiltService) -> Check:
    """No event and no fact was set aside as poison."""
    parked = list_parked(service.log.views)
    first = f"; first: {parked[0].owner} {parked[0].type} {parked[0].reason}" if parked else ""
    return Check(f"{service.name} nothing parked", passed=not parked, found=f"{len(parked)} set aside{first}")


def places_check(house: House) -> Check:
    """Every reader stands within the log that it reads, on that log's own history."""
    name = "every reader stands within the log that it reads"
    lost = histories.lost_places(house.services)
    if lost:
        return Check(name, passed=False, found="; ".join(map(str, lost)))
    return Check(name, passed=True, found=f"{len(list(histories.places(house.services)))} places")


def recorded_checks(house: House) -> Iterator[Check]:
    """Every fact that a service has published stands in the ledger, at its number, byte for byte, and no other."""
    kept = recorded_facts(house.services["ledger"].log)
    for service in house.services.values():
        if service.relay is not None:
            facts = kept.get(f"/gongfang/{service.name}", [])
            found = compare(service.relay, facts, house.clock)
            fault = found.differs or found.cannot
            said = f"{len(facts):,} facts, {found.waiting:,} to be recorded"
            yield Check(f"{service.name} facts stand in the ledger", passed=not fault, found=fault or said)
