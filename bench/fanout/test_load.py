"""The load generator notices what a server does wrong. Run: pytest bench"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from bench.fanout.load import Load, faults

Broadcast = Callable[[set[ServerConnection], str], None]


@contextmanager
def server(broadcast: Broadcast, clients: int, greeting: str | None = None) -> Iterator[int]:
    """A server whose `broadcast(connections, text)` decides who gets what; yields its port.

    It reads nothing until all its clients are there.
    """
    connections: set[ServerConnection] = set()
    complete = threading.Barrier(clients)

    def handle(connection: ServerConnection) -> None:
        connections.add(connection)
        if greeting:
            connection.send(greeting)
        complete.wait(10)
        with suppress(ConnectionClosed):
            for text in connection:
                broadcast(connections, str(text))

    with serve(handle, "127.0.0.1", 0, compression=None) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running.socket.getsockname()[1]
        running.shutdown()
        thread.join()


def to_all(connections: set[ServerConnection], text: str) -> None:
    for connection in connections:
        connection.send(text)


def test_an_honest_server_has_no_faults():
    with server(to_all, 3) as port, Load("raw", port, "/") as load:
        load.open(3)
        result = load.send(50)
    assert faults(result) == {}
    assert (result["messages"], result["deliveries"]) == (50, 150)


def test_a_message_that_one_receiver_never_gets_is_lost():
    def skip_one(connections: set[ServerConnection], text: str) -> None:
        to_all(set(list(connections)[1:]) if "load:0:7:" in text else connections, text)

    with server(skip_one, 3) as port, Load("raw", port, "/") as load:
        load.open(3)
        assert faults(load.send(50)) == {"missing": 1, "lost": 1}


def test_a_message_that_comes_twice_is_doubled():
    def repeat_one(connections: set[ServerConnection], text: str) -> None:
        to_all(connections, text)
        if "load:0:7:" in text:
            to_all(connections, text)

    with server(repeat_one, 3) as port, Load("raw", port, "/") as load:
        load.open(3)
        assert faults(load.send(50)) == {"doubled": 3}


class Room:
    """A Watchroom of one room: events with a `seq`, from one frame to the next."""

    def __init__(self) -> None:
        self.seq = 0
        self.acked: list[int] = []
        self.leave_out = 0

    def take(self, connections: set[ServerConnection], text: str) -> None:
        frame = json.loads(text)
        if frame["type"] == "subscribe":
            to_all(
                connections, json.dumps([{"type": "subscribed", "stream": "room.1", "head": 0, "oldest": 1}])
            )
        elif frame["type"] == "ack":
            self.acked.append(int(frame["cursor"].rpartition(":")[2]))
        else:
            self.seq += 2 if self.seq + 1 == self.leave_out else 1
            event = {"stream": "room.1", "seq": self.seq, "type": "message.created", "data": frame["data"]}
            reply = {"type": "reply", "id": frame["id"], "ok": True, "data": {"seq": self.seq}}
            to_all(connections, json.dumps([event]))
            to_all(connections, json.dumps([reply]))


@pytest.fixture
def room() -> Room:
    return Room()


@contextmanager
def clients(room: Room) -> Iterator[Load]:
    hello = json.dumps([{"type": "hello", "epoch": "abc", "user": 1}])
    with server(room.take, 1, hello) as port, Load("watchroom", port, "/", room="room.1") as load:
        load.open(1)
        yield load


def test_a_hole_in_the_sequence_is_lost(room: Room):
    room.leave_out = 20
    with clients(room) as load:
        assert faults(load.send(50)) == {"lost": 1}


def test_clients_acknowledge_every_64_events(room: Room):
    with clients(room) as load:
        assert faults(load.send(200)) == {}
    gaps = [later - sooner for sooner, later in zip([0, *room.acked], room.acked, strict=False)]
    assert room.acked[-1] >= 192
    assert max(gaps) <= 64
