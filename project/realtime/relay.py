"""From a commit to every process: this one's hub directly, the others through the channel layer."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

Announced = Sequence[tuple[str, bytes]]
"""The type and the encoded item of consecutive events."""

MAX_JOINED_EVENTS = 256
"""In one message. More would make one so large that everything behind it waits."""

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


def announce(batches: Sequence[tuple[str, int, Announced]]) -> None:
    """Tells every process that these events of `(stream, first seq, events)` are committed.

    Never raises: whoever misses it finds them in the log.
    """
    _hand_over(
        [
            {
                "type": "events",
                "stream": stream,
                "first": first_seq,
                "events": [list(event) for event in events],
            }
            for stream, first_seq, events in batches
        ]
    )


def whisper(stream: str, key: str, item: bytes) -> None:
    """Passes an ephemeral item on. Never raises; nothing makes up for a lost one but the next of its `key`."""
    _hand_over([{"type": "ephemeral", "stream": stream, "items": {key: item}}])


def _hand_over(messages: Sequence[dict[str, Any]]) -> None:
    if _hub is not None:
        for message in messages:
            _hub(message)
        return
    try:
        async_to_sync(_publish)(messages)
    except Exception as error:
        logger.warning("The channel layer did not take news of %s: %s", messages[0]["stream"], error)


async def _publish(messages: Sequence[dict[str, Any]]) -> None:
    """One after the other over one connection: a new one, and a loop for it, costs more than all of them."""
    layer = get_channel_layer()
    for message in messages:
        await layer.group_send(group(message["stream"]), message)


def joined(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same announcements, with consecutive events of a stream put into one message."""
    result: list[dict[str, Any]] = []
    last: dict[str, dict[str, Any]] = {}
    for message in messages:
        if message["type"] != "events":
            result.append(message)
            continue
        before = last.get(message["stream"])
        follows = before and before["first"] + len(before["events"]) == message["first"]
        if before and follows and len(before["events"]) < MAX_JOINED_EVENTS:
            before["events"] += message["events"]
        else:
            last[message["stream"]] = message | {"events": list(message["events"])}
            result.append(last[message["stream"]])
    return result
