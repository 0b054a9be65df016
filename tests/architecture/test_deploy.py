"""The container runs what the command line offers: pinned image, health asked for, only what exists copied in."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import click
import yaml

from services.embedded.cli import serve

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text("utf-8")


def test_the_image_is_pinned_and_asked_for_its_health() -> None:
    assert re.search(r"^FROM python:\d+\.\d+\.\d+-slim-\w+$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\\\n.*readyz", DOCKERFILE, re.MULTILINE)


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("runtime_lock", ROOT / "deploy/docker/runtime_lock.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_container_installs_what_the_product_needs_with_the_very_pins_of_the_tests_and_nothing_else() -> None:
    lock = (ROOT / "requirements.runtime.lock").read_text("utf-8")
    assert lock == _generator().runtime_lock(), "run: make runtime-lock"
    assert "-r requirements.runtime.lock" in DOCKERFILE
    assert "requirements.lock" not in DOCKERFILE
    assert not re.search(r"^(pytest|hypothesis|mypy|ruff|ortools|schemathesis|atheris)==", lock, re.MULTILINE)
    assert re.search(r"^waitress==", lock, re.MULTILINE)


def test_the_container_runs_as_nobody_in_particular_within_limits() -> None:
    assert re.search(r"^USER \d+:\d+$", DOCKERFILE, re.MULTILINE)
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["gongfang"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert {"mem_limit", "cpus", "pids_limit", "ulimits"} <= set(service)


def test_everything_that_is_copied_exists() -> None:
    copied = re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE)
    assert copied
    assert [path for path in copied if not (ROOT / path).exists()] == []


def test_the_command_of_the_image_is_one_that_serve_understands() -> None:
    found = re.search(r'^CMD \["serve", (.*)\]$', DOCKERFILE, re.MULTILINE)
    assert found
    arguments = [part.strip('" ') for part in found[1].split(",")]
    context = serve.make_context("serve", arguments)
    assert isinstance(context, click.Context)
    assert context.params["metrics_address"][1] != context.params["port"]
    assert context.params["host"] == "0.0.0.0"  # noqa: S104 - inside the container; compose publishes loopback only


def test_compose_runs_one_container_that_only_this_machine_can_reach() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    assert list(services) == ["gongfang"]
    assert all(port.startswith("127.0.0.1:") for port in services["gongfang"]["ports"])
