"""Whether the house can do its work now: what `/readyz` asks, each by a name that an operator finds in docs/operations.md.

Each check is cheap and asked at most every LOOK_AGAIN_S, however often `/readyz` is. A fault is named within ten seconds:
a thread is given PATIENCE_S for one round of its work.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Lock
from time import monotonic

from services.embedded.house import House
from services.embedded.kept_secrets import FILE_NAME, SecretsLost, kept_before
from services.portal.signing import KeysSealedOtherwise
from shared.settings import PREFIX, Environment
from shared.web.health import Check

LOOK_AGAIN_S = 2.0
DISK_FLOOR_MIB = 16  # below it no more orders are promised: an order takes some 100 kB, a view's rebuild its own size
PROBE_NAME = "readiness.probe"
PROBE = b"x" * 4_096
CLOCK_BACK_MAX = timedelta(minutes=1)


class Remembered:
    """A check that is asked at most every *look_again_s*; in between, and to others while it is asked, it answers as before."""

    def __init__(self, ask: Check, look_again_s: float = LOOK_AGAIN_S) -> None:
        self._ask, self._look_again_s = ask, look_again_s
        self._asking = Lock()
        self._asked_at: float | None = None
        self._answer: str | None = None

    def __call__(self) -> str | None:
        if self._asked_at is None:
            with self._asking:
                if self._asked_at is None:
                    self._look()
        elif monotonic() - self._asked_at >= self._look_again_s and self._asking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._asking.release()
        return self._answer

    def _look(self) -> None:
        try:
            self._answer = self._ask()
        except Exception as failure:  # noqa: BLE001 - whatever keeps a check from looking is what is wrong
            self._answer = f"could not be looked at: {type(failure).__name__}: {failure}"
        self._asked_at = monotonic()


def remembered(checks: Mapping[str, Check]) -> dict[str, Check]:
    return {name: Remembered(ask) for name, ask in checks.items()}


def checks_of(house: House) -> dict[str, Check]:
    """What is looked at beside each service's own checks: name -> check."""
    checks: dict[str, Check] = {"clock": lambda: clock(house), "keys": lambda: keys(house)}
    if house.data is not None:
        data = house.data
        floor = Environment().number("DISK_FLOOR_MIB", DISK_FLOOR_MIB) * 1024 * 1024
        started_with = kept_before(data)
        checks["disk"] = lambda: disk(data, floor)
        checks["secrets"] = lambda: secrets(data, started_with)
    for name, service in house.services.items():
        checks[f"{name}.views keep up"] = service.projector.trouble
        if service.relay is not None:
            checks[f"{name}.relay"] = service.relay.trouble
    checks["planning"] = _first([*_facts_of(house, "order"), *_facts_of(house, "capacity")])
    checks["ledger"] = _first(_facts_of(house, "ledger"))
    return checks


def _facts_of(house: House, name: str) -> list[Callable[[], str | None]]:
    """What takes facts into a service and out of it."""
    service = house.services[name]
    asked = [one.trouble for one in service.consumers]
    return asked if service.relay is None else [*asked, service.relay.trouble]


def _first(asked: Sequence[Callable[[], str | None]]) -> Check:
    return lambda: next((said for ask in asked if (said := ask()) is not None), None)


def disk(data: Path, floor_bytes: int) -> str | None:
    """Room above the floor, and a block that can in truth be written: quotas and read-only mounts show nowhere else."""
    probe = data / PROBE_NAME
    try:
        free = shutil.disk_usage(data).free
        if free < floor_bytes:
            return f"{free / 1e6:,.1f} MB free at {data}, the floor is {floor_bytes / 1e6:,.1f} MB"
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            written = os.pwrite(descriptor, PROBE, 0)
        finally:
            os.close(descriptor)
            probe.unlink(missing_ok=True)
    except OSError as failure:
        return f"{data} cannot be written: {failure.strerror}"
    return None if written == len(PROBE) else f"{data} takes {written} bytes instead of {len(PROBE)}"


def secrets(data: Path, started_with: Mapping[str, str]) -> str | None:
    """The secrets that this house runs on are still those that its next start would find."""
    given = {name for name in os.environ if name.startswith(PREFIX)}
    wanted = {name: value for name, value in started_with.items() if name not in given}
    if not wanted:
        return None
    try:
        found = kept_before(data)
    except (OSError, SecretsLost, json.JSONDecodeError) as failure:
        return f"{data / FILE_NAME}: {failure}; put it back from a backup before the next start"
    lost = sorted(name for name, value in wanted.items() if found.get(name) != value)
    return f"{data / FILE_NAME} lacks what this house runs on: {', '.join(lost)}" if lost else None


def keys(house: House) -> str | None:
    """The key that signs tokens now can be opened with the portal's secret."""
    try:
        house.portal.signing.check()
    except KeysSealedOtherwise as failure:
        return str(failure)
    return None


def clock(house: House) -> str | None:
    """Time has not been set back behind what is recorded: deadlines would stand still until it is caught up. Each log
    is held against the clock that it was recorded by.
    """
    for name, service in house.services.items():
        now = house.clock_of(name).now()
        head = service.log.head().position
        last = service.log.read_all(head - 1, 1) if head else []
        if last and last[-1].recorded_at - now > CLOCK_BACK_MAX:
            return f"the clock says {now:%F %T} UTC, the last event of {name} was recorded {last[-1].recorded_at:%F %T}"
    return None
