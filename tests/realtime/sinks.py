"""A WebSocket client that is only a list: what it was sent, and what it does about it."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from project.accounts.authentication import Identity
from project.realtime.hub import Hub
from project.realtime.live import LiveSubscription
from project.realtime.protocol import parse_cursor
from project.realtime.subscription import Subscription
from project.realtime.transports.longpoll import LongPollSubscription
from project.realtime.transports.sse import SseSubscription
from project.serving.frames import payload
from tests.realtime.conftest import eventually, identity


class ListSink:
    """Takes everything at once, unless it is blocked."""

    def __init__(self) -> None:
        self.blocked = False
        self.buffered = 0
        self.items: list[dict[str, Any]] = []
        self.closed_with: int | None = None

    def write(self, frame: bytes) -> bool:
        if self.closed_with is None:
            self.items += json.loads(payload(frame))
        return not self.blocked

    def on_writable(self, callback: Callable[[], None]) -> None:
        self.unblocked = callback

    def close(self, code: int) -> None:
        self.closed_with = code


class Receiver:
    """A live subscription with its sink, joined to the hub as a connection is."""

    def __init__(self, hub: Hub, who: Identity | None = None) -> None:
        self.sink = ListSink()
        self.subscription = LiveSubscription(hub, who or identity(), "1.2.3.4", self.sink)
        hub.connections.add(self.subscription)

    async def subscribe(self, cursor: str) -> None:
        await self.subscription.subscribe(parse_cursor(cursor))

    async def follow(self, cursor: str) -> None:
        """Subscribes and waits until everything due has come."""
        await self.subscribe(cursor)
        await eventually(lambda: self.subscription.live, "going live")

    def ack(self, cursor: str) -> None:
        self.subscription.ack(parse_cursor(cursor).positions)

    def ack_everything(self) -> None:
        """Acknowledges what came, as a client does."""
        handled = {item["stream"]: item["seq"] for item in self.sink.items if "seq" in item}
        self.subscription.ack(handled)

    def block(self) -> None:
        self.sink.blocked = True

    def unblock(self) -> None:
        self.sink.blocked = False
        self.subscription.notify()

    def seqs(self, stream: str = "lab.1") -> list[int]:
        return [item["seq"] for item in self.sink.items if "seq" in item and item["stream"] == stream]

    def said(self, type: str) -> list[dict[str, Any]]:
        return [item for item in self.sink.items if item["type"] == type]

    async def has(self, *seqs: int, stream: str = "lab.1") -> None:
        """Waits until these are among what it was sent."""
        await eventually(lambda: set(seqs) <= set(self.seqs(stream)), f"{seqs} among {self.seqs(stream)}")


def _sse(hub: Hub, who: Identity) -> Subscription:
    return _connected(SseSubscription(hub, who, "1.2.3.4", 50))


def _longpoll(hub: Hub, who: Identity) -> Subscription:
    return _connected(LongPollSubscription(hub, who, "1.2.3.4", 50))


def _connected(subscription: Subscription) -> Subscription:
    subscription.hub.connections.add(subscription)
    return subscription


CONNECT: dict[str, Callable[[Hub, Identity], Subscription]] = {
    "websocket": lambda hub, who: Receiver(hub, who).subscription,
    "sse": _sse,
    "longpoll": _longpoll,
}
"""A connection of somebody's, on each transport."""


async def settle() -> None:
    """Lets what is ready run, several steps deep."""
    for _ in range(20):
        await asyncio.sleep(0)
