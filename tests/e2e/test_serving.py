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
        assert httpx.get(f"{server.address}/metrics").status_code == 404
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


def test_measures_have_a_door_of_their_own_and_a_token_opens_them_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGFANG_METRICS_TOKEN", "a token of enough letters")
    with ServerProcess(tmp_path / "data", more=["--metrics-address", "127.0.0.1:0"]) as server:
        own = server.said["metrics"]
        text = httpx.get(own).text
        for figure in ("requests_total", "view_lag_events", "queue_age_seconds", "parked", "holds", "disk_free_bytes"):
            assert f"gongfang_{figure}" in text
        for figure in ("sign_in_queue", "connections", "data_bytes", "log_events", "ready"):
            assert f"gongfang_{figure}" in text
        assert httpx.get(own.replace("/metrics", "/readyz")).json()["status"] == "ready"
        assert httpx.get(own.replace("/metrics", "/v1/orders")).status_code == 404
        public = f"{server.address}/metrics"
        assert httpx.get(public).status_code == 401
        assert httpx.get(public, headers={"Authorization": "Bearer another"}).status_code == 401
        shown = httpx.get(public, headers={"Authorization": "Bearer a token of enough letters"})
        assert "gongfang_requests_total" in shown.text


OFFICE = {
    "name": "咸宁试点专班",
    "credit_code": "11421202MA9000003N",
    "district": "421202",
    "person": "王主任",
    "login": "office@example.cn",
    "password": "a-long-first-password",
}


def test_the_first_start_founds_the_office_by_a_code_that_is_told_once(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        door, code = f"{server.address}/founding", server.said["founding_code"]
        assert httpx.get(door).status_code == 200
        assert (
            httpx.post(door, json={**OFFICE, "code": "WRONG-WRONG-WRONG-WRONG"}).json()["code"] == "FOUNDING_CODE_WRONG"
        )
        assert httpx.post(door, json={**OFFICE, "code": code, "more": "x"}).status_code == 422
        weak = httpx.post(door, json={**OFFICE, "code": code, "password": "short"})
        assert (weak.status_code, weak.json()["code"]) == (422, "PASSWORD_WEAK")
        assert httpx.post(door, json={**OFFICE, "code": code}).status_code == 201
        signing_in = {"login": OFFICE["login"], "password": OFFICE["password"]}
        assert httpx.post(f"{server.address}/session", json=signing_in).status_code == 200
        assert httpx.post(door, json={**OFFICE, "code": code}).status_code == 404
        assert httpx.get(door).status_code == 404
    assert code not in (tmp_path / "data.log").read_text("utf-8")
    with ServerProcess(tmp_path / "data") as server:
        assert "founding_code" not in server.said
        assert httpx.get(f"{server.address}/founding").status_code == 404


def test_a_container_is_given_its_code_and_prints_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGFANG_FOUNDING_CODE", "given to the container")
    with ServerProcess(tmp_path / "data") as server:
        assert "founding_code" not in server.said
        form = {**OFFICE, "code": "given to the container"}
        assert httpx.post(f"{server.address}/founding", data=form).status_code == 303
    monkeypatch.setenv("GONGFANG_FOUNDING_CODE", "short")
    refused = services("serve", "--data", str(tmp_path / "other"), "--port", "0")
    assert refused.returncode == Exit.WRONG_USAGE
    assert "GONGFANG_FOUNDING_CODE" in refused.stderr


def test_a_command_founds_the_office_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGFANG_FOUNDING_PASSWORD", OFFICE["password"])
    named = {name.replace("_", "-"): value for name, value in OFFICE.items() if name != "password"}
    command = ["found", "--data", str(tmp_path / "data"), *[f"--{name}={value}" for name, value in named.items()]]
    assert services(*command).returncode == Exit.DONE
    again = services(*command)
    assert again.returncode == Exit.CHECK_FAILED
    assert "OFFICE_EXISTS" in again.stderr


def test_lost_secrets_are_said_and_new_ones_end_what_the_old_ones_sealed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with ServerProcess(data) as server:
        httpx.post(f"{server.address}/founding", json={**OFFICE, "code": server.said["founding_code"]})
    for command, broken in ((["serve", "--port", "0"], None), (["verify"], "{broken"), (["doctor"], "[]")):
        (data / "secrets.json").unlink(missing_ok=True)
        if broken is not None:
            (data / "secrets.json").write_text(broken, "utf-8")
        refused = services(*command, "--data", str(data))
        assert refused.returncode == Exit.LOG_UNAVAILABLE
        assert "secrets.json" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert services("renew-secrets", "--data", str(data)).returncode == Exit.DONE
    with ServerProcess(data) as server, httpx.Client(base_url=server.address) as client:
        signing_in = {"login": OFFICE["login"], "password": OFFICE["password"]}
        signed_in = client.post(
            "/session", json=signing_in
        )  # the login's key lies with the seals, not with the secrets
        assert signed_in.status_code == 200
        held = {"X-CSRF-Token": signed_in.json()["csrf_token"]}
        assert client.post("/session/token", headers=held).status_code == 200, "a new key signs"
        assert client.get("/readyz").status_code == 200


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
