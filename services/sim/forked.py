"""Each run in a process of its own, forked from one that holds the founded world: founding costs nothing per seed."""

import gc
import os
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

import msgspec

from services.sim.genesis import Genesis
from services.sim.record import Outcome, Plan
from services.sim.run import run

SHORT_LIVES = (20_000, 20, 100)  # a run ends before much garbage could gather

R = TypeVar("R")
RunPlan = Callable[[Plan], Outcome]


def forked(plan: Plan, genesis: Genesis, *, trace_lines: int | None = None) -> Outcome:
    """The outcome of *plan*, run in a child. Raises ChildProcessError when the child ended without one."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _answer(writes, plan, genesis, trace_lines)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if not answer:
        raise ChildProcessError(f"seed {plan.seed} ended without an outcome, status {status}")
    return msgspec.msgpack.decode(answer, type=Outcome)


def _answer(writes: int, plan: Plan, genesis: Genesis, trace_lines: int | None) -> None:
    """Never returns: whatever happens, the child ends here and runs none of its parent's clean-up."""
    try:
        gc.freeze()  # what the parent made is not looked through again, and its pages stay shared
        gc.set_threshold(*SHORT_LIVES)
        outcome = run(plan, genesis, trace_lines=trace_lines)
        with os.fdopen(writes, "wb") as pipe:
            pipe.write(msgspec.msgpack.encode(outcome))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the outermost of the child: it says what happened and ends
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
