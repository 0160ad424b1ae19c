"""Small ASGI applications for the server's tests. The path says which one; nothing here knows Django."""

import asyncio
import gc
import resource
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from project.serving.drain import draining, on_drain
from project.serving.frames import frame
from project.serving.lifecycle import on_start

events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
audience: set[Any] = set()
CHUNK = b"x" * 16_384


async def started() -> None:
    events["started"].set()


async def goodbye() -> None:
    for writer in audience:
        writer.write(frame(b"bye"))
    events["draining"].set()


on_start(started)
on_drain(goodbye)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    _, kind, *names = scope["path"].split("/")
    query = dict(parse_qsl(scope["query_string"].decode()))
    await APPLICATIONS[scope["type"], kind](*names, scope=scope, receive=receive, send=send, **query)


# HTTP


async def answer(send: Any, text: object = "") -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(text).encode()})


async def wait(name: str, *, send: Any, **_: Any) -> None:
    """Answers when the event has happened."""
    await events[name].wait()
    await answer(send, name)


async def happen(name: str, *, send: Any, **_: Any) -> None:
    events[name].set()
    await answer(send)


async def memory(*, send: Any, **_: Any) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])  # noqa: ASYNC240  nothing on a disk
    await answer(send, pages * resource.getpagesize())


async def garbage(*, send: Any, **_: Any) -> None:
    """How much may gather until it is looked for; nothing if it never is."""
    await answer(send, gc.get_threshold()[0] if gc.isenabled() else "")


async def threads(*, send: Any, **_: Any) -> None:
    """Leaves a thread behind that never ends."""
    asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)
    await answer(send)


async def stream(*, send: Any, chunks: str, **_: Any) -> None:
    """Sends so many chunks as fast as it is let."""
    try:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(int(chunks)):
            if number == 100:
                events["streaming"].set()
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        await send({"type": "http.response.body"})
    finally:
        events["stream-over"].set()


async def upload(*, receive: Any, send: Any, **_: Any) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    await answer(send, size)


async def forever(*, receive: Any, **_: Any) -> None:
    """Takes no notice of anything but its cancellation."""
    events["forever"].set()
    await asyncio.Event().wait()


# WebSocket


def extension(scope: dict[str, Any]) -> Any:
    return scope["extensions"]["watchroom.frames"]["writer"]


async def accepted(receive: Any, send: Any) -> None:
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})


async def gone(receive: Any) -> int:
    message = await receive()
    assert message["type"] == "websocket.disconnect", message
    return int(message["code"])


async def echo(*, receive: Any, send: Any, **_: Any) -> None:
    """The ordinary ASGI way."""
    await accepted(receive, send)
    while (message := await receive())["type"] == "websocket.receive":
        await send(
            {"type": "websocket.send", "text": message.get("text") or f"{len(message['bytes'])} bytes"}
        )


async def quick(*, scope: dict[str, Any], receive: Any, send: Any, **_: Any) -> None:
    """The same through the writer: texts come to a callback, the rest and the end through `receive`."""
    writer = extension(scope)

    def hear(text: str) -> None:
        if text == "raise":
            raise ValueError(text)
        if text.startswith("close "):
            writer.close(int(text.split()[1]), text.split()[2] * 200)
        writer.write(frame(text.encode()))

    writer.receive_with(hear)
    await accepted(receive, send)
    while (message := await receive())["type"] == "websocket.receive":
        writer.write(frame(b"%d bytes" % len(message["bytes"])))
    events[f"gone-{message['code']}"].set()


async def mixture(*, scope: dict[str, Any], receive: Any, send: Any, count: str, **_: Any) -> None:
    """Numbers, sent in every way there is, whether the connection is blocked or not; then a close frame."""
    writer = extension(scope)
    autobahn = writer._connection
    await accepted(receive, send)
    writer.on_writable(events["writable"].set)
    for number in range(int(count)):
        text = f"{number:08}" + "." * (number * 37 % 9000)
        if number % 11 == 3:
            autobahn.sendPing(text[:8].encode())
        elif number % 7 == 2:
            autobahn.sendMessage(text.encode())
        elif number % 401 == 5:
            await send({"type": "websocket.send", "text": text})
        elif writer.write(frame(text.encode())) is False:
            events["blocked"].set()
    writer.close(4400, "that was all")
    assert writer.write(frame(b"never")) is False
    await gone(receive)


async def broadcast(*, scope: dict[str, Any], receive: Any, send: Any, **_: Any) -> None:
    """Joins the audience of /pour."""
    writer = extension(scope)
    await accepted(receive, send)
    audience.add(writer)
    events["audience"].set()
    code = await gone(receive)
    audience.discard(writer)
    events[f"gone-{code}"].set()


async def pour(*, send: Any, megabytes: str, **_: Any) -> None:
    """So much to everybody, skipping who is blocked. Whoever reads is waited for."""
    chunk = frame(b"x" * 65_536)
    for _number in range(int(megabytes) * 16):
        for writer in list(audience):
            if not writer.blocked:
                writer.write(chunk)
        await asyncio.sleep(0)
    await answer(send)


async def torrent(*, receive: Any, send: Any, **_: Any) -> None:
    """Sends without end in the ordinary way."""
    await accepted(receive, send)
    over = asyncio.ensure_future(gone(receive))
    while not over.done():
        await send({"type": "websocket.send", "bytes": CHUNK})
    events["torrent-over"].set()


async def unread(*, receive: Any, send: Any, **_: Any) -> None:
    """Reads nothing until /happen/read, then all; answers with how many came in order."""
    await accepted(receive, send)
    await events["read"].wait()
    number = 0
    while (text := (await receive())["text"]) != "end":
        assert int(text.split()[0]) == number
        number += 1
    await send({"type": "websocket.send", "text": str(number)})
    await gone(receive)


async def listen(*, scope: dict[str, Any], receive: Any, send: Any, **_: Any) -> None:
    """Part of the audience, and says whether the server is draining when it ends."""
    writer = extension(scope)
    await accepted(receive, send)
    audience.add(writer)
    writer.write(frame(b"hello"))
    assert await gone(receive) == 1012
    assert draining()


HTTP = (wait, happen, memory, garbage, threads, stream, upload, forever, pour)
WEBSOCKET = (echo, quick, mixture, broadcast, torrent, unread, listen)
APPLICATIONS: dict[tuple[str, str], Any] = {("http", function.__name__): function for function in HTTP}
APPLICATIONS |= {("websocket", function.__name__): function for function in WEBSOCKET}
