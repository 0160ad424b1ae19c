"""The way from the event loop to the ORM: a bounded pool of threads, each with a connection of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
"""More would only queue inside the database: PostgreSQL on a small machine, one writer at a time on SQLite."""

UNREACHABLE = (OperationalError, InterfaceError)
"""What the ORM raises while the database is away. Asking again later is safe."""

ASIDE_THREADS = 3
"""For the few calls that others' safety hangs on: each is short, and made once for the whole process."""

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")
_aside = ThreadPoolExecutor(ASIDE_THREADS, thread_name_prefix="database-aside")


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs blocking ORM work off the event loop; calls run in parallel.

    Raises whatever `function` raises. A cancelled caller does not stop work that has begun.
    """
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: _run(function, *args, **kwargs))


async def in_database_aside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same in threads that slow commands and crowds of readers never occupy: for short reads only."""
    return await asyncio.get_running_loop().run_in_executor(_aside, lambda: _run(function, *args, **kwargs))


def close_with_request(**_: object) -> None:
    """Closes what a request has opened: the thread that Django gives it ends with it. What was left open there would be
    closed by the garbage collector, after hundreds of others, each with its files and its pages."""
    for opened in connections.all(initialized_only=True):
        if not opened.in_atomic_block:  # a test's, around everything
            opened.close()


def _run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()
