"""Scripted clients that follow docs/protocol.md over each transport, and remember whatever broke it."""

from tests.support.clients.client import Client, Refused
from tests.support.clients.longpoll import LongPollClient
from tests.support.clients.sse import SSEClient
from tests.support.clients.state import RoomState, fetch_messages
from tests.support.clients.websocket import WebSocketClient

TRANSPORTS: tuple[type[Client], ...] = (WebSocketClient, SSEClient, LongPollClient)

__all__ = [
    "TRANSPORTS",
    "Client",
    "LongPollClient",
    "Refused",
    "RoomState",
    "SSEClient",
    "WebSocketClient",
    "fetch_messages",
]
