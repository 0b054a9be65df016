"""Work done in several forked processes at once, with a watchdog: whoever has not answered in time is killed and named."""

import os
import pickle
import signal
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, Pipe, wait
from time import monotonic
from typing import Any


class Stuck(AssertionError):
    """Some processes did not come to an end in time: a deadlock, or a wait without end."""


def abreast(works: Sequence[Callable[[], Any]], *, within_s: float) -> list[Any]:
    """What each of *works* returns (it must pickle), in their order. Raises Stuck; AssertionError with a child's trace."""
    children = [_begun(work) for work in works]
    answers: dict[int, Any] = {}
    deadline = monotonic() + within_s
    try:
        while len(answers) < len(children):
            left = {pipe: index for index, (_, pipe) in enumerate(children) if index not in answers}
            ready = wait(list(left), max(0.0, deadline - monotonic()))
            if not ready:
                raise Stuck(f"after {within_s:.0f} s {len(left)} of {len(children)} processes had not ended")
            for pipe in ready:
                assert isinstance(pipe, Connection)
                succeeded, answer = pickle.loads(pipe.recv_bytes())  # noqa: S301 - our own child wrote it
                assert succeeded, answer
                answers[left[pipe]] = answer
    finally:
        for child, pipe in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            pipe.close()
    return [answers[index] for index in range(len(children))]


def _begun(work: Callable[[], Any]) -> tuple[int, Connection]:
    ours, theirs = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        try:
            answer = pickle.dumps((True, work()))
        except BaseException:  # noqa: BLE001 - whatever happened in the child is told to the parent
            answer = pickle.dumps((False, traceback.format_exc()))
        theirs.send_bytes(answer)
        signal.pause()  # the parent ends all of them together
    theirs.close()
    return child, ours
