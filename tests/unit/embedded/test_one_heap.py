"""Threads of the server share one heap: asked of the C library in a process of its own."""

import subprocess
import sys

THREADS = """
import ctypes, sys, threading
from services.embedded.one_heap import use_one_heap

took = use_one_heap() if "one" in sys.argv else None
libc, ready = ctypes.CDLL(None), threading.Barrier(9)

def allocate():
    libc.malloc(1_000)  # ctypes lets other threads run meanwhile
    ready.wait()
    ready.wait()

for _ in range(8):
    threading.Thread(target=allocate).start()
ready.wait()
sys.stdout.flush()
libc.fopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, out)
libc.fclose(out)
ready.wait()
assert took is not False
"""


def test_threads_share_one_heap() -> None:
    def heaps(*how: str) -> int:
        ended = subprocess.run([sys.executable, "-c", THREADS, *how], capture_output=True, text=True, check=True)
        return ended.stdout.count("<heap nr=")

    assert heaps() > 1
    assert heaps("one") == 1
