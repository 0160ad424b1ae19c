"""What of a stream those see who have a link to it, and no account."""

import json

from project.realtime import streams
from project.realtime.feed import Batch
from project.realtime.log import LoggedEvent
from project.realtime.protocol import encode

WITHHELD = "withheld"
"""The type of an event that is not for this reader. It keeps its place, so that nothing seems to be missing."""


def in_public(batch: Batch) -> Batch:
    """The batch, where events of a type that is not public say nothing but that they happened."""
    kind = streams.kind_of(batch.stream)
    public = kind.public if kind else frozenset()
    return Batch(
        batch.stream, [event if event.type in public else _withheld(event) for event in batch.events]
    )


def _withheld(event: LoggedEvent) -> LoggedEvent:
    item = json.loads(event.item) | {"type": WITHHELD, "data": {}}
    return LoggedEvent(event.seq, WITHHELD, encode(item))
