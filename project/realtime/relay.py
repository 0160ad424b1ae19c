"""From a commit to every process: this one's hub directly, the others through the channel layer."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

Announced = Sequence[tuple[str, bytes]]
"""The type and the encoded item of consecutive events."""

_hub: Callable[[dict[str, Any]], None] | None = None


def attach(take: Callable[[dict[str, Any]], None] | None) -> None:
    """Makes this process's hub the taker of everything announced here; None lets it go.

    `take` is called from any thread, delivers to this process's own connections, and publishes to the others.
    """
    global _hub
    _hub = take


def group(stream: str) -> str:
    """The channel layer group of a stream's followers."""
    return f"stream.{stream}"


def announce(stream: str, first_seq: int, events: Announced) -> None:
    """Tells every process that these events are committed. Never raises: whoever misses it finds them in the log."""
    _hand_over(
        {"type": "events", "stream": stream, "first": first_seq, "events": [list(event) for event in events]}
    )


def whisper(stream: str, key: str, item: bytes) -> None:
    """Passes an ephemeral item on. Never raises; nothing makes up for a lost one but the next of its `key`."""
    _hand_over({"type": "ephemeral", "stream": stream, "items": {key: item}})


def _hand_over(message: dict[str, Any]) -> None:
    if _hub is not None:
        _hub(message)
        return
    layer = get_channel_layer()
    try:
        async_to_sync(layer.group_send)(group(message["stream"]), message)
    except Exception as error:
        logger.warning("The channel layer did not take news of %s: %s", message["stream"], error)
