"""Ephemeral items on their way: to this process's connections, and to the other processes."""

from collections.abc import Callable, Mapping
from typing import Any

from project.realtime.conflation import Conflation
from project.realtime.feed import Feed
from project.serving.frames import frame


class Whispers:
    """Passes ephemeral items on, conflated. `publish` sends to the other processes."""

    def __init__(self, feeds: Mapping[str, Feed], publish: Callable[[dict[str, Any]], None]) -> None:
        self._feeds = feeds
        self._publish = publish
        self._here = Conflation(self._deliver)
        self._out = Conflation(self._announce)

    def made_here(self, message: dict[str, Any]) -> None:
        """Takes what was whispered in this process."""
        self._here.add(message["stream"], message["items"])
        self._out.add(message["stream"], message["items"])

    def heard(self, message: dict[str, Any]) -> None:
        """Takes what another process passed on."""
        self._here.add(message["stream"], message["items"])

    def _announce(self, stream: str, items: dict[str, bytes]) -> None:
        self._publish({"type": "ephemeral", "stream": stream, "items": items})

    def _deliver(self, stream: str, items: dict[str, bytes]) -> None:
        feed = self._feeds.get(stream)
        if feed is None:
            return
        whispered = frame(b"[" + b",".join(items.values()) + b"]")
        for subscription in feed.live:
            subscription.deliver_ephemeral(whispered)
        for waiting in feed.waiting:
            for key, item in items.items():
                waiting.whisper(f"{stream} {key}", item)
