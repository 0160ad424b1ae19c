"""The one hub of this process."""

import asyncio

from project.realtime.hub import Hub

_hub: Hub | None = None
_starting: asyncio.Lock | None = None


async def hub_of_this_process() -> Hub:
    """The hub, started by whoever comes first.

    Raises the ORM's errors while the database is away; the next call tries again.
    """
    global _hub, _starting
    _starting = _starting or asyncio.Lock()
    async with _starting:
        if _hub is None:
            hub = Hub()
            await hub.start()
            _hub = hub
        return _hub
