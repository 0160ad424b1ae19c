"""The WebSocket: items go out in arrays, one JSON object comes in a frame."""

import json
from functools import lru_cache
from typing import Any

from channels.consumer import AsyncConsumer
from django.conf import settings

from project.realtime import commands, metrics
from project.realtime.errors import CommandError
from project.realtime.limits import Bucket
from project.realtime.live import LiveSubscription, Sink
from project.realtime.protocol import (
    COMMAND_BURST_SECONDS,
    FRAME_BURST_SECONDS,
    FRAME_BYTES_PER_SECOND,
    FRAMES_PER_SECOND,
    MALFORMED_PER_MINUTE,
    MAX_COMMANDS_UNDER_WAY,
    MAX_FRAME_BYTES,
    MAX_STREAMS_ASKED,
    REFUSALS_PER_MINUTE,
    BadCursor,
    Close,
    Cursor,
    encode,
    is_stream,
    parse_cursor,
)
from project.realtime.serial import Serial
from project.realtime.transports.door import Guest, Refused, let_in
from project.realtime.transports.sinks import AsgiSink, Send
from project.serving.frames import frame

ACK_PREFIX = '{"type":"ack","cursor":"'
MAX_ID_CHARACTERS = 64
TOO_MANY_FRAMES_SECONDS = 10.0
"""When to come back after sending more than the connection may carry."""
ACKS_REMEMBERED = 64
"""Everybody in a busy room acknowledges with the very same words."""


class WebSocketConsumer(AsyncConsumer):
    """One WebSocket. Reads its own `receive`: Channels' dispatch costs a thread hop for every frame."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        await receive()  # websocket.connect
        await send({"type": "websocket.accept"})
        extension = scope.get("extensions", {}).get("watchroom.frames")
        sink: Sink = extension["writer"] if extension else AsgiSink(send)
        try:
            guest = await let_in(scope, needs_origin=True)
        except Refused as refusal:
            _refuse(sink, refusal)
            await _until_disconnect(receive, lambda _: None)
            return
        conversation = Conversation(guest, sink)
        if extension:
            extension["writer"].receive_with(conversation.hear)
        try:
            await _until_disconnect(receive, conversation.hear)
        finally:
            conversation.close()


class Conversation:
    """What a connected client says, and what it is answered."""

    def __init__(self, guest: Guest, sink: Sink) -> None:
        self._identity = guest.identity
        self.subscription = LiveSubscription(guest.hub, guest.identity, guest.address, sink)
        sink.on_writable(self.subscription.notify)
        self._hub = guest.hub
        self._serial = Serial(guest.hub.spawn)
        self._under_way = 0
        rate = settings.LIMIT_COMMANDS_PER_SECOND
        self._commands = Bucket(rate, rate * COMMAND_BURST_SECONDS)
        frames, size = (FRAMES_PER_SECOND + rate, FRAME_BYTES_PER_SECOND) if rate else (0, 0)
        self._frames = Bucket(frames, frames * FRAME_BURST_SECONDS)
        self._bytes = Bucket(size, size * FRAME_BURST_SECONDS)
        self._malformed = Bucket(MALFORMED_PER_MINUTE / 60, MALFORMED_PER_MINUTE - 1)
        self._refusals = Bucket(REFUSALS_PER_MINUTE / 60, REFUSALS_PER_MINUTE)
        guest.hub.connections.add(self.subscription)
        self.subscription.hello()
        if guest.hub.access_news != guest.news:
            guest.hub.guard.recheck([self.subscription])

    def close(self) -> None:
        """The connection is over."""
        self.subscription.close()

    def hear(self, text: str | None) -> None:
        """Takes one frame; None stands for a binary one. Never raises, never waits."""
        if self.subscription.ended is not None:
            return
        if self._frames.take() or self._bytes.take(len(text or "")):
            self._end_for_frames()
            return
        if text is not None and text.startswith(ACK_PREFIX) and text.endswith('"}'):
            self._ack(text[len(ACK_PREFIX) : -2])
            return
        try:
            self._handle(self._read(text))
        except CommandError as error:
            self._reply_malformed(error)

    def _read(self, text: str | None) -> dict[str, Any]:
        if text is None:
            raise CommandError("invalid", "A frame must be text.")
        if len(text) > MAX_FRAME_BYTES or len(text.encode("utf-8", "replace")) > MAX_FRAME_BYTES:
            raise CommandError("too_large", f"A frame may have {MAX_FRAME_BYTES} bytes.")
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CommandError("invalid", "A frame must be a JSON object.") from error
        if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
            raise CommandError("invalid", "A frame must be a JSON object with a type.")
        return frame

    def _handle(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "ack":
                self._ack(_cursor_text(frame))
            case "ping":
                self.subscription.say({"type": "pong"})
            case "subscribe":
                self._subscribe(_id_of(frame), _cursor_text(frame))
            case "unsubscribe":
                names = frame.get("streams")
                if not isinstance(names, list) or not all(is_stream(name) for name in names):
                    raise CommandError("invalid", "streams must be a list of stream names.")
                self._serial.add(self._unsubscribe(names))
            case _:
                self._command(frame)

    def _ack(self, text: str) -> None:
        try:
            cursor = _parse_ack(text)
        except BadCursor as error:
            self._reply_malformed(CommandError("invalid", str(error), fields={"cursor": str(error)}))
            return
        if cursor.epoch in (None, self._hub.epoch):
            self.subscription.ack(cursor.positions)

    def _subscribe(self, id: str | None, text: str) -> None:
        try:
            cursor = parse_cursor(text)
        except BadCursor as error:
            raise CommandError("invalid", str(error), fields={"cursor": str(error)}) from error
        if len(cursor.positions) > MAX_STREAMS_ASKED:
            raise CommandError("too_large", f"One frame may subscribe to {MAX_STREAMS_ASKED} streams.")
        if wait := self._commands.take():
            self._refuse_rate(id, wait)
            return

        async def subscribe() -> None:
            try:
                await self.subscription.subscribe(cursor)
            except Exception as error:
                self.subscription.fail(error)

        self._serial.add(subscribe())

    async def _unsubscribe(self, names: list[str]) -> None:
        self.subscription.unsubscribe(names)

    def _command(self, frame: dict[str, Any]) -> None:
        id, name = _id_of(frame), frame["type"]
        if wait := self._commands.take():
            self._refuse_rate(id, wait)
            return
        if self._under_way >= MAX_COMMANDS_UNDER_WAY:
            self._refuse_rate(id, 1.0)
            return
        self._under_way += 1
        work = self._execute(id, name, frame.get("data"))
        if commands.is_batched(name):
            self._hub.spawn(work)
        else:
            self._serial.add(work)

    async def _execute(self, id: str | None, name: str, data: Any) -> None:
        try:
            if self.subscription.ended is Close.SIGNED_OUT:
                return  # what still waited for its turn is not theirs to do any more
            reply = await commands.execute(self._identity, name, data)
        except CommandError as error:
            self._reply(name, id, {"ok": False, "error": error.payload()})
        else:
            self._reply(name, id, {"ok": True, "data": reply})
        finally:
            self._under_way -= 1

    def _reply(self, name: str, id: str | None, answer: dict[str, Any]) -> None:
        if self.subscription.ended is None and not (id is None and commands.is_silent(name)):
            self.subscription.say({"type": "reply", "id": id, **answer})

    def _refuse_rate(self, id: str | None, wait: float) -> None:
        error = CommandError("rate_limited", "Too many requests at once. Wait a moment.", retry_after=wait)
        metrics.COMMANDS.labels("rate_limited").inc()
        self.subscription.say({"type": "reply", "id": id, "ok": False, "error": error.payload()})
        if self._refusals.take():
            self._end_for_frames()

    def _end_for_frames(self) -> None:
        self.subscription.end(Close.TOO_MANY, "too_many_frames", TOO_MANY_FRAMES_SECONDS)

    def _reply_malformed(self, error: CommandError) -> None:
        metrics.COMMANDS.labels(error.code).inc()
        self.subscription.say({"type": "reply", "id": None, "ok": False, "error": error.payload()})
        if self._malformed.take():
            self.subscription.end(Close.PROTOCOL, "protocol_violation")


@lru_cache(ACKS_REMEMBERED)
def _parse_ack(text: str) -> Cursor:
    return parse_cursor(text)


def _id_of(frame: dict[str, Any]) -> str | None:
    id = frame.get("id")
    if id is not None and not (isinstance(id, str) and len(id) <= MAX_ID_CHARACTERS and _is_text(id)):
        raise CommandError("invalid", f"id must be a string of up to {MAX_ID_CHARACTERS} characters.")
    return id


def _is_text(value: str) -> bool:
    """Whether this can be sent back: JSON's escapes can name half a character, and UTF-8 cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _cursor_text(frame: dict[str, Any]) -> str:
    cursor = frame.get("cursor")
    if not isinstance(cursor, str):
        raise CommandError("invalid", "cursor must be a string.", fields={"cursor": "must be a string"})
    return cursor


def _refuse(sink: Sink, refusal: Refused) -> None:
    """Says why, then closes: a browser cannot see why a handshake failed."""
    wait = {} if refusal.retry_after is None else {"retry_after": refusal.retry_after}
    sink.write(frame(b"[" + encode({"type": "bye", "reason": refusal.reason, **wait}) + b"]"))
    metrics.CLOSED.labels(str(int(refusal.code))).inc()
    sink.close(int(refusal.code))


async def _until_disconnect(receive: Any, hear: Any) -> None:
    while (event := await receive())["type"] != "websocket.disconnect":
        hear(event.get("text"))
