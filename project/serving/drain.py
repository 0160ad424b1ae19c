"""Going away politely: who wants to say goodbye registers here, and anyone may ask whether it has begun."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

_callbacks: list[Callable[[], Awaitable[None]]] = []
_draining = False


def draining() -> bool:
    """Whether this process has stopped accepting connections and is about to end."""
    return _draining


def on_drain(callback: Callable[[], Awaitable[None]]) -> None:
    """
    Await `callback()` when the server begins to drain: no port listens any more, every connection is still open.

    All callbacks run at once, in the event loop, and share the drain's time limit. What is written to a WebSocket
    before its callback returns goes out before the close frame (1012). Streaming responses must end by themselves;
    what has not ended at the limit is cancelled. An exception is logged and stops nothing.
    """
    _callbacks.append(callback)


async def say_goodbye(limit: float) -> None:
    """Begin to drain: run the callbacks for at most `limit` seconds."""
    global _draining
    _draining = True
    tasks = [asyncio.ensure_future(_run(callback)) for callback in _callbacks]
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=limit)
        for task in late:
            logger.warning("Still not ready to stop after %g s, going on without: %r", limit, task)
            task.cancel()


async def _run(callback: Callable[[], Awaitable[None]]) -> None:
    try:
        await callback()
    except Exception:
        logger.exception("Exception while draining: %r", callback)
