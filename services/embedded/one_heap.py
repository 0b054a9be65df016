"""Memory of a process that runs for months: one heap for all threads.

glibc gives up to eight heaps a processor to threads that allocate, and each of them keeps what it needed at its
busiest. Python's threads take turns, so that a second heap gains them nothing: with two processors the server's free
but kept memory grew to 22 MB within six minutes of `bench soak`, and stays near 2 MB with one heap.
"""

import ctypes

_M_ARENA_MAX = -8  # malloc.h of glibc


def use_one_heap() -> bool:
    """Must be called before the first thread starts. False where the C library has no such setting."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, 1) == 1
