"""The server answers over a real socket, and stopping it lets a running request finish."""

import socket
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from urllib.parse import urlsplit

import httpx
import pytest

from services.embedded.gateway import Environ, StartResponse
from services.embedded.server import HEADER_BYTES_MAX, Server


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


@pytest.fixture
def served() -> Iterator[Server]:
    """A server that says who asked for what."""
    server = Server(_who_and_what, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def _who_and_what(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['wsgi.url_scheme']} {environ['REMOTE_ADDR']} {environ['PATH_INFO']}".encode()]


def _answers(server: Server, sent: bytes) -> bytes:
    """All that the server says to *sent* before it hangs up."""
    place = urlsplit(server.address)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as line:
        with suppress(OSError):  # it may hang up before it has read all
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
        said = b""
        try:
            while more := line.recv(65_536):
                said += more
        except ConnectionResetError:  # what it did not want to read was still on its way
            pass
        return said


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: +5\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
def test_a_request_whose_end_is_in_doubt_is_refused_and_nothing_after_it_is_read(
    served: Server, lengths: bytes
) -> None:
    said = _answers(served, b"POST / HTTP/1.1\r\nHost: a\r\n" + lengths + b"\r\n0\r\n\r\n" + SMUGGLED)
    assert said.split(b" ", 2)[1] in {b"400", b"501"}
    assert said.count(b"HTTP/1.") == 1
    assert b"Connection: close" in said
    assert b"smuggled" not in said


def test_an_old_client_that_speaks_of_chunks_is_refused(served: Server) -> None:
    said = _answers(served, b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED)
    assert b" 400 " in said
    assert b"smuggled" not in said


def test_chunks_alone_are_understood(served: Server) -> None:
    assert b" 200 OK" in _answers(
        served, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    )


@pytest.mark.parametrize("where", [b"GET /?%s HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nX-A: %s\r\n\r\n"])
def test_headers_beyond_their_limit_are_refused(served: Server, where: bytes) -> None:
    assert b" 431 " in _answers(served, where % (b"a" * HEADER_BYTES_MAX))


FORWARDED = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}


def test_what_a_caller_says_of_its_own_address_is_not_believed(served: Server) -> None:
    assert httpx.get(served.address, headers=FORWARDED).text == "http 127.0.0.1 /"


def test_the_word_of_the_proxy_in_front_is_taken() -> None:
    server = Server(_who_and_what, "127.0.0.1", 0, trusted_proxy="127.0.0.1")
    server.start()
    assert httpx.get(server.address, headers=FORWARDED).text == "https 192.0.2.7 /"
    server.stop()
