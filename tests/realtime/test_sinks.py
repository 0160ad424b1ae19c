"""Writing to a server that takes no finished frames: in order, bounded, and quiet once the client is gone."""

import asyncio
import json
from typing import Any

from project.realtime.serial import Serial
from project.realtime.transports.sinks import ASGI_QUEUE_FRAMES, AsgiSink
from project.serving.frames import frame
from tests.realtime.conftest import eventually


class Server:
    """An ASGI `send` that takes its time, or fails."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.ready = asyncio.Event()
        self.broken = False

    async def __call__(self, event: dict[str, Any]) -> None:
        await self.ready.wait()
        if self.broken:
            raise OSError("gone")
        self.sent.append(event)


async def test_what_is_written_goes_out_in_order_and_the_close_last() -> None:
    server = Server()
    sink = AsgiSink(server)
    for number in range(3):
        sink.write(frame(b"[%d]" % number))
    sink.close(4501)
    server.ready.set()
    await eventually(lambda: len(server.sent) == 4)
    assert [json.loads(event["text"]) for event in server.sent[:3]] == [[0], [1], [2]]
    assert server.sent[3] == {"type": "websocket.close", "code": 4501}


async def test_a_server_that_is_slow_blocks_and_says_when_it_is_not() -> None:
    server = Server()
    sink = AsgiSink(server)
    told: list[bool] = []
    sink.on_writable(lambda: told.append(sink.blocked))
    while sink.write(frame(b"[]")):
        continue
    assert sink.blocked
    assert sink.buffered == 2 * (ASGI_QUEUE_FRAMES + 1)
    server.ready.set()
    await eventually(lambda: told)
    assert told == [False]


async def test_a_restart_is_said_in_a_code_that_every_server_may_send() -> None:
    server = Server()
    server.ready.set()
    AsgiSink(server).close(1012)
    await eventually(lambda: server.sent)
    assert server.sent == [{"type": "websocket.close", "code": 4503}]


async def test_nothing_is_kept_for_a_client_that_is_gone() -> None:
    server = Server()
    server.broken = True
    sink = AsgiSink(server)
    for _ in range(5):
        sink.write(frame(b"[]"))
    server.ready.set()
    await eventually(lambda: sink.buffered == 0)
    assert server.sent == []


async def test_a_connections_work_is_done_one_after_another_even_when_some_fails() -> None:
    done: list[int] = []
    tasks: list[asyncio.Task[None]] = []
    serial = Serial(lambda work: tasks.append(asyncio.create_task(work)))

    async def work(number: int, pauses: int) -> None:
        for _ in range(pauses):
            await asyncio.sleep(0)
        if number == 2:
            raise ZeroDivisionError
        done.append(number)

    for number, pauses in enumerate((5, 3, 1, 0)):
        serial.add(work(number, pauses))
    await eventually(lambda: len(done) == 3)
    serial.add(work(9, 0))
    await eventually(lambda: done[-1] == 9)
    assert done == [0, 1, 3, 9]
