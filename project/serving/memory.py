"""The C library's allocator, told what a server is like."""

import ctypes
import os
import threading
import time

ARENAS = 2
"""Heaps that threads share. Left to itself it has eight for each core, and what is free in one is no use to others."""
TRIM_SECONDS = 60.0
"""How often what is free goes back to the system, wherever it lies: left to itself, only the end of a heap does."""

_M_ARENA_MAX = -8


def settle() -> None:
    """Keep memory from growing with the number of threads. Does nothing where the C library is not glibc."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt") and "MALLOC_ARENA_MAX" not in os.environ:
        libc.mallopt(_M_ARENA_MAX, ARENAS)
    if hasattr(libc, "malloc_trim"):
        threading.Thread(target=_trim_again_and_again, args=(libc,), name="memory", daemon=True).start()


def _trim_again_and_again(libc: ctypes.CDLL) -> None:
    while True:
        time.sleep(TRIM_SECONDS)
        libc.malloc_trim(0)
