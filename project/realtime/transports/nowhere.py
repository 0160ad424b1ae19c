"""Addresses that no transport serves. Channels would raise for them."""

from typing import Any

from project.realtime.protocol import Close, encode


async def no_websocket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Says that there is nothing here, and closes for good."""
    await receive()
    await send({"type": "websocket.accept"})
    await send(
        {
            "type": "websocket.send",
            "text": "[" + encode({"type": "bye", "reason": "not_found"}).decode() + "]",
        }
    )
    await send({"type": "websocket.close", "code": int(Close.PROTOCOL)})
