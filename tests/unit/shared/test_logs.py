"""Log lines are JSON, carry the thread of their story, and hide what must not be read."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from shared import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("INFO", stream)
    yield stream
    structlog.reset_defaults()


def test_a_line_is_json_with_the_correlation_id_of_its_story(lines: io.StringIO) -> None:
    with logs.correlated("cor_1", route="order.place"):
        structlog.get_logger().info("placed", order="ord_1")
    structlog.get_logger().info("after")
    inside, after = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert (inside["event"], inside["correlation_id"], inside["route"]) == ("placed", "cor_1", "order.place")
    assert inside["level"] == "info"
    assert inside["timestamp"].endswith("Z")
    assert "correlation_id" not in after


def test_secrets_are_hidden_at_any_depth(lines: io.StringIO) -> None:
    headers = {"Authorization": "Bearer abc", "Accept": "x"}
    structlog.get_logger().info("call", client_secret="abc", headers=headers, calls=[{"access_token": "abc"}])
    assert "abc" not in lines.getvalue()
    assert json.loads(lines.getvalue())["headers"]["Accept"] == "x"


def test_lines_below_the_level_are_not_written_and_exceptions_are(lines: io.StringIO) -> None:
    structlog.get_logger().debug("quiet")
    try:
        int("broken")
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert "ValueError: invalid literal" in line["exception"]


def test_a_line_that_cannot_be_written_ends_nobody() -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    logs.configure("INFO", Full())
    try:
        structlog.get_logger().warning("waiting", reason="the disk is full")
    finally:
        structlog.reset_defaults()
