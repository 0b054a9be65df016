"""Checks of what is stored: logs contiguous with true digests, views equal to a rebuild, nothing parked, books true."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from services.embedded import histories, witnesses
from services.embedded.house import BuiltService, House
from services.embedded.readiness import clock
from services.embedded.recorded_facts import compare, recorded_facts
from services.portal.signing import KeysSealedOtherwise
from services.terminal import Check
from shared.eventstore import shadow
from shared.eventstore.parking import list_parked
from shared.eventstore.port import PAGE_MAX, LogDamaged
from shared.eventstore.projecting import Projection
from shared.eventstore.sealing import Seals
from shared.kernel.clock import Clock

_SEALED = re.compile(rb"sealed\.v1:([A-Za-z0-9_.-]+):")


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
    yield from as_left(house)
    yield from recorded_checks(house)
    yield from (Check(one.name, passed=one.passed, found=one.found) for one in house.audit.checks())


def as_left(house: House) -> Iterator[Check]:
    """Logs against each other and against what they remember of each other; keys, sessions and clock are the house's own."""
    yield places_check(house)
    yield from witnesses.checks(house)
    yield from keys_checks(house)
    yield clock_check(house)


def keys_checks(house: House) -> Iterator[Check]:
    """What is sealed can be opened by those who may, and every session was begun by this portal."""
    signing, sessions = "the key that signs tokens can be opened", "every session was begun by this portal"
    try:
        house.portal.signing.check()
        yield Check(signing, passed=True, found="by this portal's secret")
    except KeysSealedOtherwise as failure:
        yield Check(signing, passed=False, found=str(failure))
    foreign = sorted(set(house.portal.sessions.foreign(house.clock.now())))
    found = f"not begun here: sessions of {', '.join(foreign)}" if foreign else "all of them"
    yield Check(sessions, passed=not foreign, found=found)
    subjects = {subject for service in house.services.values() for subject in sealed_subjects(service)}
    for service in house.services.values():
        subjects &= set(Seals(service.log).missing(subjects))  # a key lies in one log, its tokens travel
    lost = f"{len(subjects)} gone and never erased; first: {', '.join(sorted(subjects)[:3])}"
    yield Check("seal keys are there, or were erased", not subjects, lost if subjects else "all of them")


def sealed_subjects(service: BuiltService) -> set[str]:
    """Whom the sealed texts of a log's events are about, as far as it can be read."""
    found: set[str] = set()
    position = 0
    with suppress(LogDamaged):  # which is said by the log's own check
        while page := service.log.read_all(position, PAGE_MAX):
            position = page[-1].position
            for one in page:
                found.update(subject.decode() for subject in _SEALED.findall(service.log.types.encode(one.event)))
    return found


def clock_check(house: House) -> Check:
    """Time has not been set back behind what is recorded."""
    said = clock(house)
    return Check("the clock is not behind the logs", said is None, said or f"{house.clock.now():%F %T} UTC")


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
            name = f"{service.name} facts stand in the ledger"
            try:
                found = compare(service.relay, facts, house.clock)
            except LogDamaged as damage:
                yield Check(name, passed=False, found=str(damage))
                continue
            fault = found.differs or found.cannot
            said = f"{len(facts):,} facts, {found.waiting:,} to be recorded"
            yield Check(name, passed=not fault, found=fault or said)
