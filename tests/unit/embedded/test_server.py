"""The server answers over a real socket, and stopping it lets a running request finish."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from services.embedded.gateway import Environ, StartResponse
from services.embedded.server import Server


def test_a_running_request_is_answered_before_the_door_closes() -> None:
    entered, released = Event(), Event()

    def slow(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
        entered.set()
        released.wait(10)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    server = Server(slow, "127.0.0.1", 0)
    server.start()
    with ThreadPoolExecutor(2) as threads:
        answer = threads.submit(httpx.get, server.address)
        assert entered.wait(10)
        stopping = threads.submit(server.stop)
        released.set()
        assert answer.result(10).text == "done"
        stopping.result(10)
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.address)
