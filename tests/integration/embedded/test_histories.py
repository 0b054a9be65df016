"""A log put back alone while its readers kept their places: nothing starts, and everybody who is asked says why."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.__main__ import gongfang
from services.embedded.histories import HistoryBroken
from services.embedded.running import opened, served
from services.terminal import Exit
from shared.eventstore.port import Progress
from tests.support.kept_house import an_ordered_house, copied, open_house_on, put_back
from tests.support.open_house import OpenHouse


@pytest.fixture
def two_backups(tmp_path: Path) -> tuple[Path, Path]:
    """An older and a newer copy of one data directory: an order was placed between them."""
    data = tmp_path / "data"
    known = an_ordered_house(data).known
    older = copied(data, tmp_path / "older")
    with open_house_on(data) as house:
        house.known.update(known)
        assert house.place("another").status_code in {201, 202}
    return older, data


def said(command: str, data: Path) -> tuple[int, str]:
    result = CliRunner().invoke(gongfang, [command, "--data", str(data), "--json"])
    return result.exit_code, result.output


@pytest.mark.parametrize(("service", "readers"), [("order", {"capacity", "ledger"}), ("capacity", {"order", "ledger"})])
def test_a_log_put_back_alone_is_refused_by_the_name_of_each_reader(
    two_backups: tuple[Path, Path], service: str, readers: set[str]
) -> None:
    older, data = two_backups
    put_back(service, older, data)
    with opened(data) as house:
        with pytest.raises(HistoryBroken) as refused:
            house.start()
        assert {(one.progress.consumer, one.log, one.wrong) for one in refused.value.lost} == {
            (reader, service, "ahead") for reader in readers
        }
        with pytest.raises(HistoryBroken), served(house):
            raise AssertionError("an address was taken")
        with pytest.raises(HistoryBroken):
            house.step_to_rest()
        assert OpenHouse(house, house.clock).client.get("/readyz").status_code == 503  # type: ignore[arg-type]
    for command in ("doctor", "verify"):
        code, words = said(command, data)
        assert code == Exit.CHECK_FAILED
        failed = [one for one in json.loads(words.splitlines()[0])["checks"] if not one["passed"]]
        expected = ["every reader stands within the log that it reads", f"{service} facts stand in the ledger"]
        assert [one["check"] for one in failed] == expected[: 1 + (command == "verify")]
        assert all(f"{reader} stands in {service}/0" in failed[0]["found"] for reader in readers)
    code, words = said("serve", data)
    assert code == Exit.HISTORY_BROKEN
    assert f"log {service} ends at" in words
    assert "recover --data" in words


def test_a_log_that_grew_again_past_its_readers_is_refused_as_well(two_backups: tuple[Path, Path]) -> None:
    older, data = two_backups
    put_back("order", older, data)
    with opened(data) as house:
        log = house.services["order"].log
        beyond = max(one.mark for one in house.services["capacity"].log.marks()) // 1_024
        first = log.read_all(0, 1)[0]
        while log.head().position <= beyond:
            assert OpenHouse(house, house.clock).place(f"again-{log.head().position}").status_code < 300  # type: ignore[arg-type]
        assert first == log.read_all(0, 1)[0]
        with pytest.raises(HistoryBroken, match="went back in time and grew again"):
            house.start()


def test_a_new_log_under_old_readers_is_foreign(two_backups: tuple[Path, Path]) -> None:
    _, data = two_backups
    for one in data.glob("order.sqlite*"):
        one.unlink()
    with opened(data) as house, pytest.raises(HistoryBroken, match="that mark is of another log"):
        house.start()


def test_a_reader_put_back_alone_loses_nothing_and_takes_again_what_it_lacks(two_backups: tuple[Path, Path]) -> None:
    """The ledger publishes to nobody: what it forgot comes again."""
    older, data = two_backups
    before = said("verify", data)
    put_back("ledger", older, data)
    with open_house_on(data):
        pass
    code, words = said("verify", data)
    assert (code, before[0]) == (Exit.DONE, Exit.DONE), words


def test_marks_of_an_older_release_get_their_proof_at_the_next_start(two_backups: tuple[Path, Path]) -> None:
    _, data = two_backups
    with opened(data) as house:
        log = house.services["capacity"].log
        for one in log.marks():
            log.put_mark(Progress(one.consumer, one.source, one.mark))
        assert all(one.proof is None for one in log.marks())
        house.start()
        house.stop()
        assert all(one.proof is not None for one in log.marks())


def test_a_house_in_order_is_ready(two_backups: tuple[Path, Path]) -> None:
    _, data = two_backups
    with open_house_on(data) as house:
        answer = house.client.get("/readyz")
        assert answer.status_code == 200
        assert "histories" in answer.get_json()["checks"]
