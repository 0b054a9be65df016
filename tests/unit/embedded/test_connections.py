"""Slow and silent connections hold a place only until somebody needs it, and never longer than they are given."""

import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from time import monotonic

import pytest

from services.embedded import connections
from services.embedded.connections import PER_ADDRESS_MAX
from services.embedded.gateway import Environ, StartResponse
from services.embedded.server import Server

PATIENCE_S = 10.0
BEGUN = b"GET / HTTP/1.1\r\nHost: a\r\nX-A: "
WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def _hello(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(_hello, threads=2)
    made.start()
    yield made
    made.stop()


@contextmanager
def many(server: Server, count: int, saying: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as open_ones:
        lines = []
        for _ in range(count):
            line = open_ones.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S))
            if saying:
                line.sendall(saying)
            lines.append(line)
        yield lines


def answer(server: Server, asked: bytes = WHOLE) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as line:
        line.sendall(asked)
        return said_until_the_end(line)


def said_until_the_end(line: socket.socket) -> bytes:
    said = b""
    try:
        while more := line.recv(65_536):
            said += more
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize("saying", [BEGUN, b"", b"G"])
def test_three_hundred_dripping_connections_close_the_door_to_nobody(server: Server, saying: bytes) -> None:
    with many(server, 3 * PER_ADDRESS_MAX, saying) as lines:
        for _ in range(5):
            begun = monotonic()
            assert b" 200 OK" in answer(server)
            assert monotonic() - begun < 1
        assert server.connections <= PER_ADDRESS_MAX + 1
        assert said_until_the_end(lines[0]) == b""  # the one that had waited longest made room


def test_all_addresses_together_make_room_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PER_ADDRESS_MAX", 10)
    monkeypatch.setattr(connections, "CONNECTIONS_MAX", 40)
    server._listener.believed = frozenset({"127.0.0.1"})  # as a proxy's address: the limit of one address is not for it
    with many(server, 60, BEGUN):
        assert b" 200 OK" in answer(server)
        assert server.connections <= 41


@pytest.mark.parametrize("begun", [BEGUN, b"", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx"])
def test_who_drips_is_hung_up_on_at_an_absolute_deadline(
    server: Server, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS_MAX", 1.0)
    monkeypatch.setattr(connections, "BODY_SECONDS_MIN", 1.0)
    with many(server, 1, begun) as (line,):
        line.settimeout(0.1)
        at_first = monotonic()
        gone = False
        while not gone and monotonic() - at_first < PATIENCE_S:
            try:
                if begun:
                    line.sendall(b"a")  # each byte is life enough for a limit on silence
                gone = line.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                gone = True
        assert gone
        assert monotonic() - at_first < 4


def test_who_asks_slowly_but_within_the_time_is_answered(server: Server) -> None:
    with many(server, 1, BEGUN) as (line,):
        for byte in (b"a", b"b", b"\r\n\r", b"\n"):
            line.sendall(byte)
        assert line.recv(15) == b"HTTP/1.1 200 OK"


def test_who_does_not_take_its_answer_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ANSWER_SECONDS_MIN", 1.0)
    let_go = Event()

    def endless(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        try:
            while True:
                yield b"x" * 1_000_000
        finally:
            let_go.set()

    server = Server(endless, threads=1)
    server.start()
    with many(server, 1, WHOLE):
        assert let_go.wait(PATIENCE_S)  # the thread that was answering is free again
    server.stop()


def test_when_all_are_at_work_the_newcomer_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PER_ADDRESS_MAX", 3)
    go_on = Event()

    def waits(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        go_on.wait(PATIENCE_S)
        return _hello(environ, start_response)

    server = Server(waits, threads=1)
    server.start()
    with many(server, 3, WHOLE) as lines:
        said = answer(server, b"")
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 1" in said
        stopping = Thread(target=server.stop)
        go_on.set()
        assert all(b" 200 OK" in said_until_the_end(line) for line in lines)
        stopping.start()
        stopping.join()
