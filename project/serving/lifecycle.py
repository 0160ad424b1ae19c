"""Background work that begins with the server instead of with the first connection."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

_callbacks: list[Callable[[], Awaitable[None]]] = []
_loop: asyncio.AbstractEventLoop | None = None
_running: set["asyncio.Task[None]"] = set()


def on_start(callback: Callable[[], Awaitable[None]]) -> None:
    """
    Run the coroutine function `callback` in the server's event loop as soon as that runs; at once if it does.

    An exception is logged and the server goes on. Under another server than `project.server` nothing calls it.
    """
    if _loop is None:
        _callbacks.append(callback)
    else:
        _loop.call_soon_threadsafe(_begin, callback)


def started() -> None:
    """The server's word that its event loop runs. Called once, in that loop."""
    global _loop
    _loop = asyncio.get_event_loop()
    for callback in _callbacks:
        _begin(callback)
    _callbacks.clear()


def _begin(callback: Callable[[], Awaitable[None]]) -> None:
    # The event loop keeps only a weak reference to its tasks.
    task = asyncio.ensure_future(_run(callback), loop=_loop)
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _run(callback: Callable[[], Awaitable[None]]) -> None:
    try:
        await callback()
    except Exception:
        logger.exception("Background work failed to start: %r", callback)
