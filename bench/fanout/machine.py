"""The machine under the benchmark: who runs on which core, what a process takes."""

import os
import platform
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

SERVER_CORE = 0  # the server under test, alone
OTHER_CORE = 1  # the load generator, the database, Valkey


@contextmanager
def core(number: int) -> Iterator[None]:
    """What is started inside runs on this core only, and so do its children.

    On a machine with one core it runs there.
    """
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {number} if number in ours else ours)
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


def allow_many_sockets() -> None:
    """Raise the limit of open files, for us and all that we start, as far as the system lets us."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def memory_kb(pid: int) -> float:
    """Resident memory of one process."""
    return psutil.Process(pid).memory_info().rss / 1024


def cpu_seconds(pid: int) -> float:
    """What one process has used of the processor since it began."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def describe() -> str:
    """The machine in a few words."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {model}, Linux {platform.release()}, Python {platform.python_version()}"
