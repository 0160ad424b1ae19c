"""What is measured, and how. Every function adds to the results; each is bounded in time."""

import time
from dataclasses import dataclass

from bench.fanout import machine
from bench.fanout.load import Load
from bench.fanout.peers.peer import Peer
from bench.fanout.results import Results


@dataclass(frozen=True)
class Shape:
    """How the messages of a fan-out run come."""

    key: str
    title: str
    senders: int
    in_flight: int


ONE = Shape("one", "one in flight", 1, 1)
STREAM = Shape("stream", "32 in flight, one sender", 1, 32)
CROWD = Shape("crowd", "32 senders, one in flight each", 32, 1)
SHAPES = (ONE, STREAM, CROWD)

PERSISTED = Shape("persisted", "10 senders, 8 in flight each", 10, 8)
PERSISTED_RECEIVERS = 100

CALM_RATE = 40  # messages a second: a busy room of people
WARM_CLIENTS = 50  # connected and closed again before memory is read: what a server allocates once
BURST = 2000
STORM = 1000
AWAY_MESSAGES = 20  # sent while the clients of the storm are away


@dataclass(frozen=True)
class Length:
    """Seconds of measuring."""

    fanout: float
    calm: float
    idle: float
    persisted: float


FULL = Length(fanout=1.2, calm=3, idle=25, persisted=3)
QUICK = Length(fanout=0.8, calm=2, idle=5, persisted=1.5)


def fan_out(peer: Peer, results: Results, receivers: list[int], length: Length) -> None:
    """Memory a connection, then all shapes at all numbers of receivers, on one fresh server."""
    with peer.serving(), peer.load() as load:
        load.open(WARM_CLIENTS)
        load.close()
        memory, most = machine.memory_kb(peer.pid), max(receivers)
        load.open(most)
        results.add(peer.key, f"memory-{most}", {"kb": (machine.memory_kb(peer.pid) - memory) / most})
        for count in sorted(receivers, reverse=True):
            load.close(count)
            for shape in SHAPES:
                if peer.fast or shape is ONE or count <= 100:
                    results.add(peer.key, f"{shape.key}-{count}", _shape(peer, load, shape, length.fanout))
            if peer.fast and count == most:
                results.add(peer.key, f"calm-{count}", load.rate(CALM_RATE, length.calm))


def _shape(peer: Peer, load: Load, shape: Shape, seconds: float) -> dict[str, float]:
    began, cpu = time.monotonic(), machine.cpu_seconds(peer.pid)
    result = load.run(shape.senders, shape.in_flight, seconds)
    return result | {"server_cpu": (machine.cpu_seconds(peer.pid) - cpu) / (time.monotonic() - began)}


def persisted(peer: Peer, results: Results, length: Length) -> None:
    """Messages a second through the whole site, each written before anybody gets it."""
    with peer.serving(), peer.load() as load:
        load.open(PERSISTED_RECEIVERS)
        results.add(peer.key, "persisted", _shape(peer, load, PERSISTED, length.persisted))


def burst(peer: Peer, results: Results) -> None:
    """All clients connect at once."""
    with peer.serving(), peer.load() as load:
        results.add(peer.key, "burst", load.burst(BURST, BURST))


def idle(peer: Peer, results: Results, length: Length) -> None:
    """What the server uses of its core while connected clients only answer its pings."""
    with peer.serving(), peer.load() as load:
        load.open(BURST)
        time.sleep(2)  # what connecting has left to do
        cpu = machine.cpu_seconds(peer.pid)
        time.sleep(length.idle)
        results.add(peer.key, "idle", {"server_cpu": (machine.cpu_seconds(peer.pid) - cpu) / length.idle})


def handshakes(peer: Peer, results: Results, *, subscribe: bool) -> None:
    """A thousand clients connect at once, and nothing more."""
    with peer.serving(), peer.load(subscribe=subscribe) as load:
        results.add(peer.key, "handshakes", load.burst(STORM, STORM))


def storm(peer: Peer, results: Results) -> None:
    """A thousand clients lose their connection, miss some messages, and come back at once with their cursors.

    The time is until the last of them has all that it missed.
    """
    with peer.serving(), peer.load() as load:
        load.open(STORM)
        load.send(5)  # so that everyone has a cursor
        load.close(keep=1)
        load.send(AWAY_MESSAGES)
        results.add(peer.key, "storm", load.burst(STORM, STORM))
