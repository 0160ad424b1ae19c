"""What has no value tomorrow: typing, presence. Delivered to whoever is there, kept nowhere."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from project.realtime import relay
from project.realtime.log import timestamp
from project.realtime.protocol import encode


def send(stream: str, type: str, data: Mapping[str, Any], *, key: str) -> None:
    """Tells the followers of a stream, from any thread.

    At most one frame a second a stream goes out, with the newest item of each `key`. An item may be lost, and is the
    first thing dropped for a client that is slow.
    """
    relay.whisper(
        stream, key, encode({"stream": stream, "type": type, "at": timestamp(timezone.now()), "data": data})
    )
