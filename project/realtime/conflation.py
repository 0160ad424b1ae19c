"""At most one frame a second for each stream, holding the newest item of each key."""

import asyncio
from collections.abc import Callable, Mapping

INTERVAL_SECONDS = 1.0
"""People read "is typing" and presence dots; nobody sees them change faster."""


class Conflation:
    """Passes ephemeral items on, the first at once, later ones joined. For use on the event loop only."""

    def __init__(self, flush: Callable[[str, dict[str, bytes]], None]) -> None:
        self._flush = flush
        self._pending: dict[str, dict[str, bytes]] = {}

    def add(self, stream: str, items: Mapping[str, bytes]) -> None:
        """Takes items by key; a newer one replaces an older one that has not gone out."""
        if stream in self._pending:
            self._pending[stream].update(items)
        else:
            self._flush(stream, dict(items))
            self._rest(stream)

    def _rest(self, stream: str) -> None:
        self._pending[stream] = {}
        asyncio.get_running_loop().call_later(INTERVAL_SECONDS, self._after_rest, stream)

    def _after_rest(self, stream: str) -> None:
        if items := self._pending.pop(stream):
            self._flush(stream, items)
            self._rest(stream)
