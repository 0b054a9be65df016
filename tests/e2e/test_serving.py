"""A server process starts, answers on one origin, refuses a second one, and stops when asked."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from services.terminal import Exit
from tests.support.serving import ServerProcess

STORY_FROM = "2026-12-01T00:00:00Z"


def services(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_server_answers_on_one_origin_and_ends_with_exit_code_0(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        assert httpx.get(f"{server.address}/readyz").json()["status"] == "ready"
        assert httpx.get(f"{server.address}/openapi.json").json()["openapi"] == "3.1.0"
        assert httpx.get(f"{server.address}/docs").status_code == 200
        assert "gongfang_requests_total" in httpx.get(f"{server.address}/metrics").text
        nothing = httpx.get(f"{server.address}/v1/nothing")
        assert nothing.status_code == 404
        assert nothing.headers["content-type"] == "application/problem+json"
        assert server.stop() == Exit.DONE


def test_a_second_process_on_the_same_directory_is_refused_by_name(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        for command in ("serve", "verify", "doctor"):
            second = services(command, "--data", str(server.data))
            assert second.returncode == Exit.DIRECTORY_IN_USE
            assert f"in use by process {server.process.pid}" in second.stderr
            assert "Traceback" not in second.stderr


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_server_of_real_data_cannot_be_told_the_time(tmp_path: Path, method: str) -> None:
    with ServerProcess(tmp_path / "data") as server:
        answer = httpx.request(method, f"{server.address}/story/clock", json={"at": STORY_FROM})
        assert answer.status_code == 404
        assert "/story/clock" not in httpx.get(f"{server.address}/openapi.json").text


def test_a_storys_server_is_told_the_time_and_nobody_else_may_start_a_story_there(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "story", STORY_FROM) as server:
        clock = f"{server.address}/story/clock"
        assert httpx.get(clock).json() == {"now": STORY_FROM}
        later = {"now": "2026-12-03T08:30:00Z"}
        assert httpx.post(clock, json={"at": later["now"]}).json() == later
        assert httpx.post(clock, json={"at": STORY_FROM}).json() == later  # time does not turn back
        assert httpx.post(clock, json={"at": "2026-12-04T08:30:00"}).status_code == 422  # no zone
        assert "/story/clock" not in httpx.get(f"{server.address}/openapi.json").text
        server.kill()
    with ServerProcess(tmp_path / "story", STORY_FROM) as server:
        assert httpx.get(f"{server.address}/story/clock").json() == later


def test_a_taken_port_is_said_before_any_work_begins(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "seed", "demo"):
            data = tmp_path / command
            refused = services(command, "--data", str(data), "--port", port)
            assert refused.returncode == Exit.CANNOT_LISTEN
            assert f"port {port}" in refused.stderr
            assert "Traceback" not in refused.stderr
            assert not data.exists()


def test_an_earlier_demo_is_kept_when_the_new_one_could_not_be_served_or_the_old_one_still_is(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with ServerProcess(data, STORY_FROM) as server:
        for more in (["--no-serve"], ["--port", server.address.rpartition(":")[2]]):
            refused = services("seed", "--data", str(data), *more)
            assert refused.returncode in {Exit.DIRECTORY_IN_USE, Exit.CANNOT_LISTEN}
            assert (data / "order.sqlite").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ["--port", "99999"],
        ["--port", "-1"],
        ["--host", "256.1.1.1"],
        ["--host", "192.0.2.1"],
        ["--trusted-proxy", "nonsense"],
    ],
)
def test_an_address_that_cannot_be_one_is_wrong_usage(tmp_path: Path, wrong: list[str]) -> None:
    refused = services("serve", "--data", str(tmp_path / "data"), *wrong)
    assert refused.returncode == Exit.WRONG_USAGE
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_log_line_says_who_asked_from_where(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        httpx.get(f"{server.address}/v1/nothing")
    lines = [json.loads(line) for line in (tmp_path / "data.log").read_text("utf-8").splitlines()]
    assert {line["address"] for line in lines if line["event"] == "handled"} == {"127.0.0.1"}


def test_a_story_does_not_enter_real_data(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data"):
        pass
    refused = services("serve", "--data", str(tmp_path / "data"), "--story-from", STORY_FROM)
    assert refused.returncode == Exit.WRONG_USAGE
    assert "holds real data" in refused.stderr


def test_verify_and_doctor_name_their_checks_and_pass_on_a_fresh_directory(tmp_path: Path) -> None:
    for command in ("verify", "doctor"):
        outcome = services(command, "--json", "--data", str(tmp_path / "data"))
        assert outcome.returncode == Exit.DONE, outcome.stderr
        report = json.loads(outcome.stdout)
        assert report["passed"] is True
        assert report["checks"]


def test_verify_names_the_damaged_log(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        httpx.post(f"{server.address}/oauth/token", data={"grant_type": "client_credentials"})
    (tmp_path / "data" / "portal.sqlite").write_bytes(b"this is no database" * 400)
    outcome = services("verify", "--data", str(tmp_path / "data"))
    assert outcome.returncode == Exit.LOG_UNAVAILABLE
    assert "portal.sqlite" in outcome.stderr


@pytest.mark.parametrize("command", ["serve", "demo", "seed", "doctor", "verify", "bench"])
def test_every_command_explains_itself(command: str) -> None:
    told = services(command, "--help")
    assert told.returncode == 0
    assert "Exit codes: 0 done" in " ".join(told.stdout.split())
