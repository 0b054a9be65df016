"""Faults struck at a serving house from outside, one after the other: how long until /readyz says so by name, and is well again."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import httpx

from tests.support.serving import ServerProcess

SAID_WITHIN_S = 10.0
WELL_WITHIN_S = 40.0
LOOK_EVERY_S = 0.2
OFFICE = {
    "name": "试点专班",
    "credit_code": "11421202MA9000003N",
    "district": "421202",
    "person": "吴专员",
    "login": "office@demo.example",
    "password": "a-long-first-password",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """*said_after_s* None: it was not said in time. So with *well_after_s*, counted from the mending."""

    check: str
    said_after_s: float | None
    well_after_s: float | None


def strike_all(data: Path) -> list[Seen]:
    """Every fault on a server of its own on *data*."""
    with (
        ServerProcess(data) as server,
        httpx.Client(base_url=server.address, timeout=5, headers={"Accept-Language": "en"}) as client,
    ):

        def found_the_office() -> None:
            body = {**OFFICE, "code": server.said["founding_code"]}
            client.post("/founding", json=body).raise_for_status()

        seen = [_struck(client, "ledger", locked(data, "ledger"), found_the_office)]
        signed_in = client.post("/session", json={name: OFFICE[name] for name in ("login", "password")}).json()
        client.post("/session/token", headers={"X-CSRF-Token": signed_in["csrf_token"]}).raise_for_status()
        seen.append(_struck(client, "planning", locked(data, "capacity")))
        seen.append(_struck(client, "disk", full_disk(server.process.pid)))
        seen.append(_struck(client, "secrets", aside(data / "secrets.json")))
        ahead = "UPDATE progress SET mark = mark + 102400000"
        seen.append(_struck(client, "histories", changed(data, "ledger", "progress", ahead)))
        seen.append(
            _struck(client, "keys", changed(data, "portal", "portal_private_key", "DELETE FROM portal_private_key"))
        )
    return seen


def _struck(
    client: httpx.Client, check: str, fault: AbstractContextManager[None], then: Callable[[], None] = lambda: None
) -> Seen:
    with fault:
        then()
        said = _seconds_until(lambda: _is_said(client, check), SAID_WITHIN_S + 5)
    well = _seconds_until(lambda: client.get("/readyz").status_code == 200, WELL_WITHIN_S)
    return Seen(check, said, well)


def _is_said(client: httpx.Client, check: str) -> bool:
    answer = client.get("/readyz")
    return answer.status_code == 503 and check in answer.json()["detail"].split(", ")


def _seconds_until(look: Callable[[], bool], within_s: float) -> float | None:
    begun, pause = monotonic(), Event()
    while monotonic() - begun < within_s:
        if look():
            return round(monotonic() - begun, 1)
        pause.wait(LOOK_EVERY_S)
    return None


@contextmanager
def locked(data: Path, service: str) -> Iterator[None]:
    """Somebody holds the write lock of the log and does not let go."""
    with closing(sqlite3.connect(data / f"{service}.sqlite", isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full_disk(process: int) -> Iterator[None]:
    """No file of the server may grow: what a full disk looks like to it."""
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def aside(path: Path) -> Iterator[None]:
    """The file is gone, and comes back."""
    away = path.with_suffix(".away")
    path.rename(away)
    yield
    away.rename(path)


@contextmanager
def changed(data: Path, service: str, table: str, by: str) -> Iterator[None]:
    """Rows of *table* are changed beside the server, and put back as they were."""
    with closing(sqlite3.connect(data / f"{service}.sqlite", isolation_level=None, timeout=10)) as other:
        rows = other.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our own names
        assert rows, f"{table} of {service} is empty: nothing would be changed"
        other.execute(by)
        yield
        other.execute("BEGIN IMMEDIATE")
        other.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        other.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)  # noqa: S608 - same
        other.execute("COMMIT")
