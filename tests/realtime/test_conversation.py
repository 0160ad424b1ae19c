"""What one WebSocket says and is answered, without a socket."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from ninja import Schema

from project.realtime import commands, limits
from project.realtime.commands import Command
from project.realtime.hub import Hub
from project.realtime.protocol import (
    FRAME_BURST_SECONDS,
    FRAME_BYTES_PER_SECOND,
    FRAMES_PER_SECOND,
    MAX_FRAME_BYTES,
    MAX_STREAMS_ASKED,
    Close,
)
from project.realtime.transports.door import Guest
from project.realtime.transports.websocket import Conversation
from tests.realtime.conftest import eventually, identity
from tests.realtime.sinks import ListSink, settle


class Said(Schema):
    text: str


@pytest.fixture
def done(alice: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `lab.do` has done."""
    texts: list[str] = []

    def do(actor: Any, data: Said) -> None:
        texts.append(data.text)

    command = Command("lab.do", Said, "write", None, False, handler=do)
    monkeypatch.setitem(commands._commands, "lab.do", command)
    return texts


@pytest.fixture
async def conversation(hub: Hub, alice: Any) -> AsyncIterator[Conversation]:
    conversation = Conversation(Guest(hub, identity(alice.pk), "1.2.3.4", hub.access_news), ListSink())
    yield conversation
    await eventually(lambda: not conversation._serial._running, "all that was asked for being done")


def ask(conversation: Conversation, id: str, text: str = "") -> None:
    conversation.hear(json.dumps({"type": "lab.do", "id": id, "data": {"text": text}}))


def replies(conversation: Conversation) -> list[dict[str, Any]]:
    return [item for item in conversation.subscription.sink.items if item["type"] == "reply"]


async def test_commands_are_done_in_order(conversation: Conversation, done: list[str]) -> None:
    for text in "abc":
        ask(conversation, text, text)
    await eventually(lambda: len(replies(conversation)) == 3)
    assert done == ["a", "b", "c"]


async def test_what_waits_when_the_session_ends_is_not_done(
    conversation: Conversation, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, go = commands.execute, asyncio.Event()

    async def slowly(*arguments: Any) -> Any:
        await go.wait()
        return await execute(*arguments)

    monkeypatch.setattr(commands, "execute", slowly)
    for text in "abc":
        ask(conversation, text, text)
    await settle()  # the first is under way
    conversation.subscription.end(Close.SIGNED_OUT, "session_ended")
    go.set()
    await eventually(lambda: not conversation._under_way)
    assert done == ["a"]


async def test_an_id_that_cannot_be_sent_back_is_invalid(conversation: Conversation, done: list[str]) -> None:
    ask(conversation, "\ud800")
    (reply,) = replies(conversation)
    assert (reply["id"], reply["ok"], reply["error"]["code"]) == (None, False, "invalid")
    assert conversation.subscription.ended is None


async def test_one_frame_asks_for_a_bounded_number_of_streams(conversation: Conversation) -> None:
    cursor = ",".join(f"lab.{n}" for n in range(MAX_STREAMS_ASKED + 1))
    conversation.hear(json.dumps({"type": "subscribe", "cursor": cursor}))
    assert [reply["error"]["code"] for reply in replies(conversation)] == ["too_large"]
    assert not conversation.subscription.hub.feeds


FRAMES = {
    "ping": '{"type":"ping"}',
    "ack": '{"type":"ack","cursor":"lab.1:0"}',
    "unsubscribe": '{"type":"unsubscribe","streams":["lab.1"]}',
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that limits go by, and nothing else; moved by the test."""
    now = [1000.0]
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
async def test_far_too_many_frames_of_any_kind_end_the_connection(
    clock: list[float], conversation: Conversation, frame: str
) -> None:
    for _ in range(FRAME_BURST_SECONDS * FRAMES_PER_SECOND):
        conversation.hear(frame)
    assert conversation.subscription.ended is None
    for _ in itertools.takewhile(lambda _: conversation.subscription.ended is None, range(10_000)):
        conversation.hear(frame)
    assert conversation.subscription.ended is Close.TOO_MANY
    [bye] = [item for item in conversation.subscription.sink.items if item["type"] == "bye"]
    assert (bye["reason"], bye["retry_after"]) == ("too_many_frames", 10)


async def test_far_too_many_bytes_end_the_connection(clock: list[float], conversation: Conversation) -> None:
    frame = json.dumps({"type": "ping", "more": "x" * (MAX_FRAME_BYTES - 100)})
    allowed = FRAME_BURST_SECONDS * FRAME_BYTES_PER_SECOND // len(frame)
    for _ in range(allowed):
        conversation.hear(frame)
    assert conversation.subscription.ended is None
    conversation.hear(frame)
    assert conversation.subscription.ended is Close.TOO_MANY


async def test_a_client_may_acknowledge_as_fast_as_a_room_can_talk(
    clock: list[float], conversation: Conversation
) -> None:
    for _ in range(60):
        clock[0] += 1
        for _ in range(FRAMES_PER_SECOND):
            conversation.hear(FRAMES["ack"])
    assert conversation.subscription.ended is None


async def test_whoever_lets_commands_come_without_limit_has_none_for_frames(
    clock: list[float], hub: Hub, alice: Any, settings: Any
) -> None:
    settings.LIMIT_COMMANDS_PER_SECOND = 0
    conversation = Conversation(Guest(hub, identity(alice.pk), "1.2.3.4", hub.access_news), ListSink())
    for _ in range(2 * FRAME_BURST_SECONDS * FRAMES_PER_SECOND):
        conversation.hear(FRAMES["ack"])
    assert conversation.subscription.ended is None


@pytest.mark.parametrize("id", [None, "s7"])
async def test_a_subscription_refused_for_its_rate_is_answered_by_its_id(
    clock: list[float], conversation: Conversation, id: str | None
) -> None:
    named = {} if id is None else {"id": id}
    while not replies(conversation):
        conversation.hear(json.dumps({"type": "subscribe", "cursor": "", **named}))
    [reply] = replies(conversation)
    assert (reply["id"], reply["error"]["code"]) == (id, "rate_limited")
    assert reply["error"]["retry_after"] > 0
