"""The container runs what the command line offers: pinned image, health asked for, only what exists copied in."""

import re
from pathlib import Path

import click
import yaml

from services.embedded.cli import serve

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text("utf-8")


def test_the_image_is_pinned_and_asked_for_its_health() -> None:
    assert re.search(r"^FROM python:\d+\.\d+\.\d+-slim-\w+$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\\\n.*readyz", DOCKERFILE, re.MULTILINE)


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
    assert context.params["host"] == "0.0.0.0"  # noqa: S104 - inside the container; compose publishes loopback only


def test_compose_runs_one_container_that_only_this_machine_can_reach() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    assert list(services) == ["gongfang"]
    assert all(port.startswith("127.0.0.1:") for port in services["gongfang"]["ports"])
