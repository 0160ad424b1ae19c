"""Server-Sent Events: one item an event, the whole cursor as its id.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from typing import Any

from django.conf import settings

from project.realtime import metrics
from project.realtime.database import UNREACHABLE
from project.realtime.feed import Batch
from project.realtime.protocol import Close, format_cursor
from project.realtime.subscription import Subscription
from project.realtime.transports.door import headers_of, let_in
from project.realtime.transports.http import HttpTransport, Send, begin, cursor_of, query_of

MAX_AGE_SECONDS = 600.0
"""No acknowledgement says whether anybody still reads. A response that ends makes the client say it."""
RETRY_MS = 1000


class SseSubscription(Subscription):
    transport = "sse"


class SseConsumer(HttpTransport):
    """`GET /events/`. `Last-Event-ID` wins over `?cursor=`."""

    async def respond(self, scope: dict[str, Any], send: Send) -> None:
        cursor = cursor_of(headers_of(scope).get("last-event-id") or query_of(scope).get("cursor", ""))
        guest = await let_in(scope, takes_links=True)
        hub = guest.hub
        subscription = SseSubscription(hub, guest.identity, guest.address, settings.LIMIT_STREAMS_PER_REQUEST)
        hub.connections.add(subscription)
        try:
            subscription.hello()
            await subscription.subscribe(cursor)
            if hub.access_news != guest.news:
                hub.guard.recheck([subscription])
            await begin(send, 200, "text/event-stream")
            await self._stream(subscription, send)
        finally:
            subscription.close()

    async def _stream(self, subscription: Subscription, send: Send) -> None:
        now = subscription.hub.loop.time
        ends_at = now() + MAX_AGE_SECONDS
        left = settings.LIMIT_STREAM_BYTES or float("inf")
        # Both without an empty line after them: some clients, httpx-sse among them, would make an event of it.
        body = f"retry: {RETRY_MS}\n".encode() + self._said(subscription)
        while left > 0 and now() < ends_at:
            batch = await self._next_batch(subscription)
            # What was said meanwhile goes after the batch: its id is a cursor that has the batch behind it.
            body += (_events(subscription, batch) if batch else b"") + self._said(subscription)
            if body:
                await send({"type": "http.response.body", "body": body, "more_body": True})
            left -= len(body)
            body = b""
            if subscription.ended is not None:
                break
            if batch is None and not await subscription.wait(
                min(settings.HEARTBEAT_SECONDS, max(ends_at - now(), 0))
            ):
                body = b":\n"  # a comment: shows proxies and both ends that the connection lives
        await send({"type": "http.response.body", "body": self._said(subscription), "more_body": False})

    async def _next_batch(self, subscription: Subscription) -> Batch | None:
        try:
            return None if subscription.ended is not None else await subscription.next_batch()
        except UNREACHABLE:
            subscription.end(Close.UNAVAILABLE, "unavailable", 1.0)
            return None

    def _said(self, subscription: Subscription) -> bytes:
        items = subscription.take_said()
        cursor = subscription.cursor()
        return b"".join(_event(cursor, json.loads(item)["type"], item) for item in items)


def _events(subscription: Subscription, batch: Batch) -> bytes:
    """The batch's events, each with the cursor of a client that has handled it and nothing later."""
    metrics.DELIVERED.labels("sse").inc(len(batch.events))
    positions = dict(subscription.positions)
    parts = []
    for event in batch.events:
        positions[batch.stream] = event.seq
        parts.append(_event(format_cursor(subscription.hub.epoch, positions), event.type, event.item))
    return b"".join(parts)


def _event(cursor: str, type: str, item: bytes) -> bytes:
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (cursor.encode(), type.encode(), item)
