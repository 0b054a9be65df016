"""Work done in a forked child, where limits, users and sudden deaths hurt nobody else; its answer comes back by pipe."""

import os
import pickle
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

NOBODY = 65534


def in_child(work: Callable[[], Any], *, unprivileged: bool = False) -> Any:
    """What *work* returns (it must pickle), run in a forked child; AssertionError with its trace when it raised.

    *unprivileged* gives up root, for whom files are never read-only.
    """
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(receive)
            if unprivileged and os.geteuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            answer = pickle.dumps((True, work()))
            status = 0
        except BaseException:  # noqa: BLE001 - whatever happened in the child is told to the parent
            answer = pickle.dumps((False, traceback.format_exc()))
        with os.fdopen(send, "wb") as pipe:
            pipe.write(answer)
        os._exit(status)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    succeeded, answer = pickle.loads(told)  # noqa: S301 - our own child wrote it
    assert succeeded, answer
    return answer


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """No file may grow beyond *size* bytes inside: what a full disk looks like to a program."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def forked(work: Callable[[int], None]) -> Iterator[tuple[int, Any]]:
    """A child running *work(pipe)* for ever; yields its id and the pipe's reading end, and kills it in the end."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(receive)
            work(send)
        finally:
            os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        try:
            yield child, pipe
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
