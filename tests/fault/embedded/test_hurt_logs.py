"""The assembled house on a full disk, a read-only directory and a damaged log: a typed no, and nothing acknowledged lost.

What the log itself does is tested under `tests/fault/eventstore`; a second process under `tests/e2e/test_serving.py`.
"""

import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from services.embedded import checks
from services.embedded.assembly import build
from services.embedded.data_directory import DataDirectory
from services.embedded.endings import named_endings
from services.embedded.house import House
from services.embedded.running import opened
from services.terminal import Exit
from tests.support.children import NOBODY, files_limited_to, in_child
from tests.support.masters import NOW
from tests.support.open_house import ORDER, OpenHouse, running
from tests.support.web_client import problem

ORDERS_MAX = 300
ROUNDS_MAX = 6


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the unprivileged child's own, unlike pytest's."""
    made = Path(tempfile.mkdtemp(prefix="gongfang-fault-"))
    if os.geteuid() == 0:
        os.chown(made, NOBODY, NOBODY)
    yield made
    made.chmod(0o700)
    shutil.rmtree(made)


@contextmanager
def working(folder: Path) -> Iterator[OpenHouse]:
    """The house on *folder*, working; closed in the end."""
    directory = DataDirectory.open(folder)
    try:
        with running(build(directory, story_from=NOW)) as house:
            yield house
    finally:
        directory.close()


def placed(house: OpenHouse, count: int) -> list[str]:
    """Ids of *count* acknowledged orders."""
    answers = [house.place(f"key-{index}") for index in range(count)]
    assert [one.status_code for one in answers] == [201] * count
    house.house.settle()
    return [str(one.get_json()["id"]) for one in answers]


def missing(house: OpenHouse, ids: list[str]) -> list[str]:
    return [one for one in ids if house.send("GET", f"/v1/orders/{one}", who="brand").status_code != 200]


def failed_checks(house: House) -> list[str]:
    return [f"{one.name}: {one.found}" for one in checks.stored(house) if not one.passed]


def until_refused(house: OpenHouse, folder: Path, ids: list[str]) -> tuple[TestResponse, str]:
    """The first answer that acknowledges nothing on a disk with little room, and its key; *ids* gains the others."""
    full = max(one.stat().st_size for one in folder.glob("*.sqlite*")) + 60_000
    with files_limited_to(full):
        for _ in range(ORDERS_MAX):
            key = f"full-{len(ids)}"
            answer = house.place(key)
            if answer.status_code != 201:
                return answer, key
            ids.append(str(answer.get_json()["id"]))
    raise AssertionError(f"{ORDERS_MAX} orders fit on a disk with 60 kB of room")


def test_a_full_disk_answers_503_and_what_was_acknowledged_stays(folder: Path) -> None:
    def fill() -> tuple[list[str], dict[str, object], str]:
        with redirect_stdout(io.StringIO()), working(folder) as house:
            ids = placed(house, 3)
            for _ in range(ROUNDS_MAX):
                answer, key = until_refused(house, folder, ids)
                if answer.get_json(force=True)["code"] != "NOT_READY":
                    break
                problem(answer, 503, "NOT_READY")  # a view met the limit before the log: it catches up, and once more
                house.house.settle()
            zh = problem(answer, 503, "LOG_UNAVAILABLE")
            assert int(answer.headers["Retry-After"]) > 0
            again = house.place(key)  # there is room again: the very same request, sent anew
            assert again.status_code == 201, again.text
            assert "Idempotency-Replayed" not in again.headers
            ids.append(str(again.get_json()["id"]))
            house.house.settle()
            return ids, zh, str(missing(house, ids))

    ids, zh, lost = in_child(fill)
    assert lost == "[]"
    assert "没有写入" in str(zh["detail"])
    assert len(ids) > 4
    with opened(folder, story_from=NOW) as house:
        listed = OpenHouse(house, house.clock)  # type: ignore[arg-type] # a story's clock
        for service in house.services.values():
            service.projector.catch_up()
        assert missing(listed, ids) == []
        assert failed_checks(house) == []


def worked(folder: Path) -> list[str]:
    """Two acknowledged orders of a house that an unprivileged user ran on *folder*."""

    def work() -> list[str]:
        with redirect_stdout(io.StringIO()), working(folder) as house:
            return placed(house, 2)

    ids: list[str] = in_child(work, unprivileged=True)
    return ids


def check_cured(folder: Path, ids: list[str]) -> None:
    folder.chmod(0o700)
    for one in folder.iterdir():
        one.chmod(0o600)
    with working(folder) as house:
        assert missing(house, ids) == []
        assert house.place("cured").status_code == 201


def test_a_read_only_directory_ends_the_command_by_name_in_both_languages(folder: Path) -> None:
    ids = worked(folder)
    before = {one: one.read_bytes() for one in folder.iterdir()}
    for one in before:
        one.chmod(0o444)
    folder.chmod(0o555)

    def start() -> tuple[object, str]:
        said = io.StringIO()
        with redirect_stderr(said):
            try:
                with named_endings(), opened(folder, story_from=NOW):
                    return None, said.getvalue()
            except SystemExit as end:
                return end.code, said.getvalue()

    code, said = in_child(start, unprivileged=True)
    assert code == Exit.LOG_UNAVAILABLE
    assert "Traceback" not in said
    assert "Permission denied" in said
    assert "权限" in said
    assert {one: one.read_bytes() for one in folder.iterdir()} == before
    check_cured(folder, ids)


def test_a_read_only_log_answers_503_to_commands_and_still_serves_what_it_holds(folder: Path) -> None:
    ids = worked(folder)
    log = folder / "order.sqlite"
    before = log.read_bytes()
    log.chmod(0o444)

    def ask() -> tuple[dict[str, object], list[str]]:
        with redirect_stdout(io.StringIO()), opened(folder, story_from=NOW) as built:
            house = OpenHouse(built, built.clock)  # type: ignore[arg-type] # a story's clock
            return problem(house.place("refused"), 503, "LOG_UNAVAILABLE"), missing(house, ids)

    found, lost = in_child(ask, unprivileged=True)
    assert "没有写入" in str(found["detail"])
    assert lost == []
    assert log.read_bytes() == before
    check_cured(folder, ids)


def test_a_damaged_log_answers_503_for_what_it_cannot_read_and_serves_all_once_restored(folder: Path) -> None:
    with working(folder) as house:
        ids = placed(house, 3)
    log = folder / "order.sqlite"
    copy = log.read_bytes()
    assert copy.count(ids[0].encode()) > 0
    log.write_bytes(copy.replace(b'"reference":"PO-2026-77"', b'"reference":?PO-2026-77"'))
    assert log.read_bytes() != copy
    with working(folder) as house:
        before = house.heads()
        for language, words in (("zh", "损坏"), ("en", "damaged")):
            headers = {"Accept-Language": language, "If-Match": '"v2"'}
            path = f"/v1/orders/{ids[0]}/cancellation"
            found = problem(house.send("POST", path, who="brand", headers=headers, json={}), 503, "LOG_DAMAGED")
            assert words in found["title"]
            assert "sqlite" not in found["detail"]
        assert house.heads() == before
        assert any("order log" in one for one in failed_checks(house.house))
    log.write_bytes(copy)
    with working(folder) as house:
        assert missing(house, ids) == []
        assert failed_checks(house.house) == []
        assert house.send("POST", "/v1/orders", who="brand", json=ORDER).status_code == 201
