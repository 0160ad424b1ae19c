"""The wire contract's fixed parts: cursors, items, close codes, and the limits that are not settings."""

import json
import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

MAX_FRAME_BYTES = 64 * 1024
"""The largest frame a client may send: several times the longest message."""
MAX_BATCH_BYTES = 64 * 1024
"""Events are joined into frames of up to this size: past it, joining saves nothing and a slow client waits longer."""
MAX_UNACKED_EVENTS = 512
"""A client acknowledges every 64 events, so this is eight of its turns in flight."""
MALFORMED_PER_MINUTE = 10
"""More than a programming slip: the client does not speak this protocol."""
REFUSALS_PER_MINUTE = 200
"""A client that goes on sending after so many `rate_limited` replies is not listening to them."""
COMMAND_BURST_SECONDS = 3
"""A returning client empties its outbox in one go; three seconds' worth of commands may come at once."""
FRAMES_PER_SECOND = 2_000
"""Of every kind. Acknowledging each 64 events, that is 128,000 events a second, beyond what one connection is served;
a client that acknowledges every frame of a room at its busiest sends some hundred. At this rate a frame that means
nothing takes two hundredths of a core."""
FRAME_BYTES_PER_SECOND = 2 * 1024 * 1024
"""Twenty commands a second of the largest size are 1.3 MB; the acks of a busy client come on top."""
FRAME_BURST_SECONDS = 10
"""What lay in a network that stood still arrives at once. Whoever has used up ten seconds' worth is no such network."""
MAX_STREAMS_ASKED = 1_000
"""In one subscribe frame, which may name thirteen thousand: each is looked up, and answered with an item of its own."""
MAX_COMMANDS_UNDER_WAY = 128
"""Per connection. Beyond it the database is slower than the client, and a queue would only grow."""
MISSED_PINGS = 2
"""Heartbeats without any sign of life, or without an ack that is due, before a connection is given up."""
TYPING_SECONDS = 6
"""How long the receiver believes in a typing.started that nothing follows."""
PRESENCE_LIST_MEMBERS = 200
"""In larger rooms presence is a count: a list would cost more than the messages."""

_STREAM = re.compile(r"[a-z]+\.[A-Za-z0-9_-]{1,64}")
_PART = re.compile(rf"({_STREAM.pattern})(?::([0-9]{{1,18}}))?")
_EPOCH = re.compile(r"[A-Za-z0-9]{1,32}")


class Close(IntEnum):
    """Why the server ends a WebSocket."""

    RESTART = 1012
    BEHIND = 4400
    SILENT = 4408
    TOO_MANY = 4429
    UNAVAILABLE = 4503
    SIGNED_OUT = 4501
    REFUSED = 4513
    PROTOCOL = 4515


class BadCursor(ValueError):
    """A cursor that cannot be read. The message says what is wrong with it."""


class Cursor(NamedTuple):
    """A parsed cursor. A position of None means: from the head on."""

    epoch: str | None
    positions: dict[str, int | None]


def parse_cursor(text: str) -> Cursor:
    """Reads `<epoch>/<stream>:<seq>,...`.

    Raises BadCursor for anything else, and for a stream that is named twice.
    """
    epoch, slash, rest = text.rpartition("/")
    if slash and not _EPOCH.fullmatch(epoch):
        raise BadCursor("the epoch before '/' must be letters and digits")
    positions: dict[str, int | None] = {}
    for part in rest.split(",") if rest else []:
        match = _PART.fullmatch(part)
        if not match:
            raise BadCursor(f"{part[:80]!r} is not a stream with an optional :seq")
        if match[1] in positions:
            raise BadCursor(f"{match[1]} is named twice")
        positions[match[1]] = None if match[2] is None else int(match[2])
    return Cursor(epoch if slash else None, positions)


def format_cursor(epoch: str, positions: Mapping[str, int]) -> str:
    """Writes a cursor."""
    return f"{epoch}/" + ",".join(f"{stream}:{seq}" for stream, seq in positions.items())


def is_stream(name: object) -> bool:
    """Whether this could be a stream's name."""
    return isinstance(name, str) and _STREAM.fullmatch(name) is not None


def encode(item: Mapping[str, Any]) -> bytes:
    """One item's JSON bytes, compact."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
