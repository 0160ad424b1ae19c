"""What one WebSocket says and is answered, without a socket."""

import asyncio
import json
from typing import Any

import pytest
from ninja import Schema

from project.realtime import commands
from project.realtime.commands import Command
from project.realtime.hub import Hub
from project.realtime.protocol import MAX_STREAMS_ASKED, Close
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
def conversation(hub: Hub, alice: Any) -> Conversation:
    return Conversation(Guest(hub, identity(alice.pk), "1.2.3.4", hub.access_news), ListSink())


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
