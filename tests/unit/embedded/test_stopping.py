"""Loop, stop and signal, five hundred times each: whenever a stop comes, nothing breaks and nothing is left open."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as threads_now

import pytest

from services.embedded.gateway import Environ, StartResponse
from services.embedded.server import Server

ROUNDS = 500
ASKED = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def _hello(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_whatever_the_loop_does_a_stop_ends_it_and_closes_all_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round asks some requests and stops at another moment: before, while and after they are answered."""
    broken: list[object] = []
    monkeypatch.setattr("threading.excepthook", broken.append)
    chance, before = random.Random(1), _open_files()
    for _ in range(ROUNDS):
        server = Server(_hello, threads=2)
        server.start()
        lines = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(chance.randrange(4))]
        for line in lines:
            line.sendall(ASKED[: chance.choice([len(ASKED), len(ASKED), 9])])
        Event().wait(chance.choice([0, 0, 0.0002, 0.001]))  # nobody sets it: the stop comes at another moment
        stops = [Thread(target=server.stop) for _ in range(chance.choice([1, 1, 2]))]
        for one in stops:
            one.start()
        for one in stops:
            one.join(20)
        for line in lines:
            line.close()
        with pytest.raises(OSError, match=r"refused|reset"):
            socket.create_connection(("127.0.0.1", server.port), timeout=5)
    assert broken == []
    assert _open_files() <= before + 2
    assert [one.name for one in threads_now() if one.name == "http"] == []


def test_a_worker_that_outlives_the_stop_wakes_nobody_through_a_number_that_is_another_files() -> None:
    server = Server(_hello, threads=1)
    server.start()
    server.stop()
    told, telling = os.pipe()  # these take the numbers that were the loop's
    os.set_blocking(told, False)
    for _ in range(3):
        server._listener.pull_trigger()
    with pytest.raises(BlockingIOError):
        os.read(told, 1)
    os.close(told)
    os.close(telling)


def test_a_server_that_never_ran_is_stopped_as_often_as_one_likes_and_leaves_its_address() -> None:
    server = Server(_hello, threads=1)
    server.stop()
    server.stop()
    again = Server(_hello, port=server.port, threads=1)
    again.stop()


def test_an_answer_larger_than_the_sockets_buffers_is_whole_though_the_stop_comes_first() -> None:
    body = b"x" * 3_000_000

    def large(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    server = Server(large, threads=1)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(ASKED)
        said = line.recv(1)
        stopping = Thread(target=server.stop)
        stopping.start()
        with suppress(ConnectionResetError):
            while more := line.recv(65_536):
                said += more
        stopping.join(20)
    assert said.partition(b"\r\n\r\n")[2] == body


SIGNALLED = f"""
import os, random, signal, sys
from threading import Thread
from services.embedded.running import StopSignal
chance = random.Random(2)
for _ in range({ROUNDS}):
    stop = StopSignal()
    def tell(times=chance.randrange(1, 6)):
        for _ in range(times):
            os.kill(os.getpid(), chance.choice([signal.SIGTERM, signal.SIGINT]))
    telling = Thread(target=tell)
    telling.start()
    stop.wait()
    telling.join()
    stop.close()
print("stopped each time")
"""


def test_signals_at_any_moment_and_several_at_once_end_the_wait() -> None:
    told = subprocess.run([sys.executable, "-c", SIGNALLED], capture_output=True, text=True, timeout=60, check=False)
    assert told.stdout == "stopped each time\n", told.stderr
    assert signal.getsignal(signal.SIGTERM) is not None
