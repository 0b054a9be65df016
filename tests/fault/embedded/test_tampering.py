"""An operator changes the files of a stopped house, digests and all: `verify` says by name what is not as it was left."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from services.demo.telling import logged, seed_only
from services.embedded.checks import as_left, log_check, stored
from services.embedded.founding import found_office
from services.embedded.histories import HistoryBroken
from services.embedded.kept_secrets import SecretsLost
from services.embedded.running import opened, served
from services.portal import passwords
from services.terminal import Terminal
from shared.eventstore.codec import EMPTY_DIGEST, link
from tests.support.accounts import QUICK

Tamper = Callable[[Path], None]
DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded house as it was left after it had been served in real earnest."""
    folder = tmp_path_factory.mktemp("house")
    data = folder / "data"
    data.mkdir()
    with pytest.MonkeyPatch.context() as patched, logged(folder):
        patched.setattr(passwords, "PasswordHasher", lambda: QUICK)
        seed_only(data, Terminal(as_json=True))
        with opened(data) as house, served(house):
            house.settle()
    return data


@pytest.fixture
def data(left: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(left, tmp_path / "data"))


@contextmanager
def log(data: Path, name: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(data / f"{name}.sqlite", isolation_level=None)) as connection:
        yield connection


def chained_anew(connection: sqlite3.Connection) -> None:
    """Every digest recomputed, as somebody does who knows how."""
    digest = EMPTY_DIGEST
    fields = "position,stream,version,event_id,type,data,cause,recorded_us"
    for row in connection.execute(f"SELECT {fields} FROM event ORDER BY position").fetchall():  # noqa: S608 - our own names
        digest = link(digest, *row)
        connection.execute("UPDATE event SET digest=? WHERE position=?", (digest, row[0]))


def failed(data: Path) -> list[str]:
    """Of what `verify` checks, the part that is about tampering: views and books are derived anew elsewhere."""
    with opened(data) as house:
        found = [*map(log_check, house.services.values()), *as_left(house)]
        return [one.name for one in found if not one.passed]


def served_once(data: Path) -> None:
    with opened(data) as house, served(house):
        house.settle()


def stale(data: Path, name: str) -> None:
    with log(data, name) as connection:
        connection.execute("UPDATE view_checkpoint SET code_digest='x'")


def cut(name: str, by: int) -> Tamper:
    def tamper(data: Path) -> None:
        with log(data, name) as connection:
            connection.execute("DELETE FROM event WHERE position > (SELECT max(position) - ? FROM event)", (by,))
        stale(data, name)

    return tamper


def edited(name: str, *, anew: bool) -> Tamper:
    """An event's bytes changed where its JSON holds a space-free name, so that it still reads."""

    def tamper(data: Path) -> None:
        with log(data, name) as connection:
            position, stored_data = connection.execute(
                "SELECT position, data FROM event WHERE instr(CAST(data AS TEXT), '421202') ORDER BY position LIMIT 1"
            ).fetchone()
            changed = bytes(stored_data).replace(b"421202", b"421281")
            connection.execute("UPDATE event SET data=? WHERE position=?", (changed, position))
            if anew:
                chained_anew(connection)
        if anew:
            stale(data, name)

    return tamper


def earlier(data: Path) -> None:
    with log(data, "capacity") as connection:
        connection.execute(
            "UPDATE event SET recorded_us = recorded_us - ? WHERE position = (SELECT max(position) - 10 FROM event)",
            (30 * DAY_US,),
        )
        chained_anew(connection)


def ledger_told_anew(data: Path) -> None:
    edited("portal", anew=True)(data)
    for one in data.glob("ledger.sqlite*"):
        one.unlink()
    served_once(data)


def run(name: str, sql: str) -> Tamper:
    def tamper(data: Path) -> None:
        with log(data, name) as connection:
            assert connection.execute(sql).rowcount > 0, "nothing was changed"

    return tamper


def session_planted(data: Path) -> None:
    with log(data, "portal") as connection:
        user = connection.execute("SELECT user_id FROM view_user LIMIT 1").fetchone()[0]
    with opened(data) as house:
        now_s = int(house.clock.now().timestamp())
    with log(data, "portal") as connection:
        connection.execute(
            "INSERT INTO portal_session(digest,user_id,csrf,begun_s,seen_s) VALUES (?,?,?,?,?)",
            (hashlib.sha256(b"evil").hexdigest(), user, "c", now_s, now_s),
        )


def clock_moved(data: Path) -> None:
    path = data / "story-time.json"
    said = json.loads(path.read_text("ascii"))
    path.write_text(json.dumps({"shift_us": said["shift_us"] + 40 * DAY_US}), "ascii")


REFUSED = "refused by name"
ROWS: dict[str, tuple[Tamper, str]] = {
    "an event edited": (edited("portal", anew=False), "portal log contiguous, digests true"),
    "an event edited, digests recomputed": (edited("portal", anew=True), "every log is as the others remember it"),
    "capacity's history rewritten": (edited("capacity", anew=True), "every log is as the others remember it"),
    "the end of the portal's log cut off": (cut("portal", 5), "every log is as the others remember it"),
    "the end of capacity's log cut off": (cut("capacity", 60), "every log is as the others remember it"),
    "the end of the ledger cut off": (cut("ledger", 5), "every log is as the others remember it"),
    "a recorded time moved back": (earlier, "capacity log contiguous, digests true"),
    "history edited and the ledger told anew": (ledger_told_anew, "every log is as the others remember it"),
    "a session planted": (session_planted, "every session was begun by this portal"),
    "the ledger's marks moved ahead": (
        run("ledger", "UPDATE progress SET mark = mark + 102400000 WHERE consumer = 'ledger'"),
        "every reader stands within the log that it reads",
    ),
    "all seal keys deleted": (run("portal", "DELETE FROM seal_key"), "seal keys are there, or were erased"),
    "the private signing keys deleted": (
        run("portal", "DELETE FROM portal_private_key"),
        "the key that signs tokens can be opened",
    ),
    "idempotency claims deleted": (run("portal", "DELETE FROM claim"), "no idempotency claim is gone before its time"),
    "the story's clock moved": (clock_moved, "the clock runs as it was left"),
    "a story's end forgotten": (
        lambda data: (data / "story-time.json").unlink(),
        "the clock runs as it was left",
    ),
}


def test_a_house_as_it_was_left_passes_every_check(data: Path) -> None:
    with opened(data) as house:
        found = list(stored(house))
    assert [one.name for one in found if not one.passed] == []
    assert {name for _, name in ROWS.values()} <= {one.name for one in found}


@pytest.mark.parametrize("row", ROWS)
def test_what_is_not_as_it_was_left_is_named(data: Path, row: str) -> None:
    tamper, name = ROWS[row]
    tamper(data)
    assert name in failed(data)


def test_lost_secrets_are_refused_by_name(data: Path) -> None:
    (data / "secrets.json").unlink()
    with pytest.raises(SecretsLost):
        failed(data)


def test_an_older_file_of_one_log_starts_nothing_and_is_named(left: Path, data: Path) -> None:
    with opened(data) as house, served(house):
        house.services["capacity"].relay  # noqa: B018 - it serves, and more is noted
    cut("capacity", 60)(data)
    with opened(data) as house, pytest.raises(HistoryBroken, match="capacity"):
        house.start()
    assert "every reader stands within the log that it reads" in failed(data)


def test_a_contradiction_is_never_noted_over_until_somebody_accepts_it(data: Path) -> None:
    cut("ledger", 5)(data)
    served_once(data)
    served_once(data)
    assert "every log is as the others remember it" in failed(data)


def test_a_person_erased_on_purpose_is_no_lost_key(data: Path) -> None:
    with log(data, "portal") as connection:
        user = connection.execute("SELECT user_id FROM view_user LIMIT 1").fetchone()[0]
    with opened(data) as house:
        assert house.portal.handlers.forget(user)
    assert failed(data) == []


def test_a_real_house_that_was_given_a_storys_clock_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PasswordHasher", lambda: QUICK)
    data = tmp_path / "real"
    with opened(data) as house, served(house):
        found_office(
            house.portal,
            name="专班",
            credit_code="11421202MA9000003N",
            district="421202",
            person="吴",
            login="office@demo.example",
            password="a-long-first-password",
        )
        house.settle()
    (data / "story-time.json").write_text(json.dumps({"shift_us": 40 * DAY_US}), "ascii")
    assert failed(data) == ["the clock runs as it was left"]
