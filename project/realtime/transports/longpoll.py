"""Long-polling: one answer a request, as soon as there is something to say."""

from typing import Any

from django.conf import settings

from project.realtime import metrics
from project.realtime.errors import CommandError
from project.realtime.protocol import encode
from project.realtime.subscription import Subscription
from project.realtime.transports.door import let_in
from project.realtime.transports.http import HttpTransport, Send, begin, cursor_of, query_of

MAX_WAIT_SECONDS = 55
"""Proxies commonly end a silent response after a minute."""
DEFAULT_WAIT_SECONDS = 25
MAX_ANSWER_BYTES = 256 * 1024
"""What does not fit comes with the next request."""


class LongPollSubscription(Subscription):
    transport = "longpoll"

    spoke_up = False
    """Whether something was said that the client must act on."""

    def say(self, item: dict[str, Any]) -> None:
        super().say(item)
        if item["type"] not in ("hello", "subscribed"):
            self.spoke_up = True

    def whisper(self, key: str, item: bytes) -> None:
        super().whisper(key, item)
        self.spoke_up = True


class LongPollConsumer(HttpTransport):
    """`GET /poll/?cursor=&wait=`."""

    async def respond(self, scope: dict[str, Any], send: Send) -> None:
        query = query_of(scope)
        seconds = _wait_of(query)
        cursor = cursor_of(query.get("cursor", ""))
        guest = await let_in(scope, takes_links=True)
        hub = guest.hub
        subscription = LongPollSubscription(
            hub, guest.identity, guest.address, settings.LIMIT_STREAMS_PER_REQUEST
        )
        hub.connections.add(subscription)
        try:
            subscription.hello()
            await subscription.subscribe(cursor)
            if hub.access_news != guest.news:
                hub.guard.recheck([subscription])
            items = await self._gather(subscription, 0.0 if cursor.epoch is None else seconds)
            body = (
                b'{"items":[' + b",".join(items) + b'],"cursor":' + _encode_text(subscription.cursor()) + b"}"
            )
        finally:
            subscription.close()
        await begin(send, 200, "application/json")
        await send({"type": "http.response.body", "body": body})

    async def _gather(self, subscription: LongPollSubscription, seconds: float) -> list[bytes]:
        """Everything there is, or the first thing that comes."""
        items: list[bytes] = []
        ends_at = subscription.hub.loop.time() + seconds
        size = 0
        while True:
            items += subscription.take_said()
            while (
                size < MAX_ANSWER_BYTES
                and subscription.ended is None
                and (batch := await subscription.next_batch())
            ):
                items += subscription.take_said()
                items += [event.item for event in batch.events]
                size += batch.mark.bytes
                metrics.DELIVERED.labels("longpoll").inc(batch.mark.events)
            left = ends_at - subscription.hub.loop.time()
            if size or subscription.spoke_up or left <= 0 or not await subscription.wait(left):
                return items + subscription.take_said()


def _encode_text(text: str) -> bytes:
    """A JSON string."""
    return encode({"": text})[4:-1]


def _wait_of(query: dict[str, str]) -> float:
    text = query.get("wait", str(DEFAULT_WAIT_SECONDS))
    if not text.isascii() or not text.isdigit() or int(text) > MAX_WAIT_SECONDS:
        problem = f"must be a whole number of seconds from 0 to {MAX_WAIT_SECONDS}"
        raise CommandError("invalid", f"wait {problem}.", fields={"wait": problem})
    return float(text)
