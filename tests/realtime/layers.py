"""One process's end of a channel layer, and what goes through it."""

import asyncio
from collections.abc import Callable
from typing import Any

from project.realtime.layer import LayerLink
from tests.realtime.conftest import PATIENCE

AGAIN_SECONDS = 0.1


def news(stream: str, first: int, count: int = 1) -> dict[str, Any]:
    events = [["lab.noted", b"%d" % seq] for seq in range(first, first + count)]
    return {"type": "events", "stream": stream, "first": first, "events": events}


class End:
    """One process's end of the layer."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.heard: list[dict[str, Any]] = []
        self.changes = 0
        self.link = LayerLink(self.heard.append, self._changed, make)
        self.link._layer = make()

    def _changed(self) -> None:
        self.changes += 1

    def seqs(self) -> list[int]:
        return [m["first"] + n for m in self.heard for n in range(len(m["events"]))]


async def tell_until_heard(here: End, there: End, *streams: str) -> None:
    """Publishes news of these streams until each has arrived: what is told while a connection is away is lost."""
    async with asyncio.timeout(PATIENCE):
        while not set(streams) <= {message["stream"] for message in there.heard}:
            for stream in streams:
                here.link.publish(news(stream, 1))
            await asyncio.sleep(AGAIN_SECONDS)
