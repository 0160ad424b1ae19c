"""Frames carry more the more there is to carry, and nobody waits where there is little."""

import asyncio
import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from ninja import Schema

from project.accounts.models import User
from project.realtime import commands, log
from project.realtime import hub as hub_module
from project.realtime.commands import Request, batch_command, execute
from project.realtime.database import in_database
from project.realtime.hub import Hub
from project.realtime.log import Entry
from project.serving.frames import payload
from tests.realtime.conftest import PATIENCE, append, eventually, identity, seqs_of
from tests.realtime.sinks import Receiver

LONG = 2 * PATIENCE  # a hold that no test lives to see the end of


class Note(Schema):
    words: str


class Pen:
    """A batched command that writes to lab.1; the batch after the first waits until it may."""

    def __init__(self) -> None:
        self.batches = 0
        self.may_write = threading.Event()

    def __call__(self, requests: Sequence[Request]) -> Sequence[Any]:
        self.batches += 1
        if self.batches > 1:
            assert self.may_write.wait(PATIENCE)
        append("lab.1", *["lab.noted"] * len(requests))
        return [{} for _ in requests]


@pytest.fixture
def pen(monkeypatch: pytest.MonkeyPatch) -> Pen:
    monkeypatch.setattr(commands, "_commands", {})
    pen = Pen()
    batch_command("lab.note", Note, stream=lambda data: "lab.1")(pen)
    return pen


@pytest.fixture
async def frames(hub: Hub) -> list[bytes]:
    """What goes out to somebody who follows lab.1, from now on."""
    receiver, frames = Receiver(hub), list[bytes]()
    await receiver.follow("lab.1")
    receiver.sink.write = frames.append  # type: ignore[method-assign,assignment]
    return frames


def seqs(frames: list[bytes]) -> list[list[int]]:
    return [seqs_of(payload(frame)) for frame in frames]


async def make_busy(frames: list[bytes]) -> None:
    """Two events come at once."""

    def write() -> None:
        with transaction.atomic():
            log.append_batch("lab.1", 2, lambda _: [Entry("lab.noted", {})] * 2)

    await in_database(write)
    await eventually(lambda: frames)


async def note_twice(alice: User, pen: Pen) -> list["asyncio.Task[Any]"]:
    """Has one note written, and a second one held in its transaction."""
    notes = [asyncio.create_task(execute(identity(alice.pk), "lab.note", {"words": "hm"}))]
    await asyncio.sleep(0)
    notes.append(asyncio.create_task(execute(identity(alice.pk), "lab.note", {"words": "hm"})))
    await eventually(lambda: pen.batches == 2)
    return notes


async def test_in_a_busy_stream_what_is_committed_waits_for_what_is_being_written(
    hub: Hub, alice: User, pen: Pen, frames: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "HOLD_SECONDS", LONG)
    await make_busy(frames)
    notes = await note_twice(alice, pen)
    await eventually(lambda: hub.feeds["lab.1"].head == 3, "hearing of the first")
    assert seqs(frames) == [[1, 2]]
    pen.may_write.set()
    await asyncio.gather(*notes)
    await eventually(lambda: len(frames) == 2)
    assert seqs(frames) == [[1, 2], [3, 4]]


async def test_it_does_not_wait_longer_than_its_bound(
    hub: Hub, alice: User, pen: Pen, frames: list[bytes]
) -> None:
    await make_busy(frames)
    notes = await note_twice(alice, pen)
    await eventually(lambda: len(frames) == 2, "the first alone, while the second is still held")
    assert seqs(frames) == [[1, 2], [3]]
    pen.may_write.set()
    await asyncio.gather(*notes)


async def test_in_a_quiet_stream_nothing_waits(
    hub: Hub, alice: User, pen: Pen, frames: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "HOLD_SECONDS", LONG)
    notes = await note_twice(alice, pen)
    await eventually(lambda: frames, "the first, while the second is being written")
    assert json.loads(payload(frames[0]))[0]["seq"] == 1
    pen.may_write.set()
    await asyncio.gather(*notes)
