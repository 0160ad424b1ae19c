"""This process's link to the channel layer: one channel, joined publishing, and a pulse that shows silent loss.

The pub/sub layer loses what is published while its connection is away and tells nobody. Only a message sent to oneself
through the layer shows that it works.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from channels.layers import InMemoryChannelLayer, get_channel_layer

from project.realtime import metrics, relay

logger = logging.getLogger(__name__)

PULSE_SECONDS = 0.5
"""How often a message is sent to oneself; one that is not back before the next means the layer is down."""
CALL_SECONDS = 2.0
"""A layer call that takes longer is a layer that is down."""
MAX_JOINED_EVENTS = 256
"""In one message. More would make one so large that everything behind it waits."""
MAX_PENDING = 10_000
"""Announcements that wait to be published. Beyond it the oldest are left to the log."""


class LayerLink:
    """Publishes what this process announces and passes on what the others do. Never raises: the log is the truth."""

    def __init__(self, take: Callable[[dict[str, Any]], None], changed: Callable[[], None]) -> None:
        self.up = False
        self._take = take
        self._changed = changed
        self._layer = get_channel_layer()
        self._origin = secrets.token_hex(8)
        self._channel: str | None = None
        self._wanted: set[str] = set()
        self._joined: set[str] = set()
        self._settling: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._pending: list[dict[str, Any]] = []
        self._something = asyncio.Event()
        self._pulse = 0
        self._echo = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def reaches_others(self) -> bool:
        """Whether announcements of other processes arrive here. Never through the in-memory layer."""
        return self.up and not isinstance(self._layer, InMemoryChannelLayer)

    async def start(self) -> None:
        """Opens the channel where the layer is there, and goes on trying where it is not."""
        await self._beat()
        self._tasks = [
            asyncio.create_task(self._publish_forever()),
            asyncio.create_task(self._pulse_forever()),
        ]

    def stop(self) -> None:
        """Ends all of it."""
        for task in self._tasks:
            task.cancel()

    def publish(self, message: dict[str, Any]) -> None:
        """Sends this to every other process, joined with what else is waiting."""
        self._pending.append(message | {"origin": self._origin})
        if len(self._pending) > MAX_PENDING:
            del self._pending[: MAX_PENDING // 2]
        self._something.set()

    async def join(self, stream: str) -> None:
        """Starts receiving a stream's announcements; tried again with each pulse while the layer is down."""
        self._wanted.add(stream)
        await self._settle(stream)

    async def leave(self, stream: str) -> None:
        """Stops receiving a stream's announcements."""
        self._wanted.discard(stream)
        await self._settle(stream)

    async def _settle(self, stream: str) -> bool:
        """Makes the layer agree with what is wanted of a stream; False where it cannot be reached.

        One call at a time for each stream: two that overtook each other would leave it joined and unheard. Whoever
        changes what is wanted meanwhile comes here too, and waits for this one.
        """
        async with self._settling.setdefault(stream, asyncio.Lock()):
            if self._channel is None:
                return False
            if stream in self._wanted and stream not in self._joined:
                if not await self._call("group_add", relay.group(stream), self._channel):
                    return False
                self._joined.add(stream)
            elif stream in self._joined and stream not in self._wanted:
                self._joined.discard(stream)
                return await self._call("group_discard", relay.group(stream), self._channel)
        return True

    async def _call(self, method: str, *args: Any) -> bool:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await getattr(self._layer, method)(*args)
        except Exception as error:
            self._set_up(False, error)
            return False
        return True

    async def _receive_forever(self, channel: str) -> None:
        while True:
            try:
                message = await self._layer.receive(channel)
            except Exception as error:
                self._set_up(False, error)
                await asyncio.sleep(PULSE_SECONDS)
                continue
            if message["type"] == "pulse":
                self._echo = message["number"]
                if self._wanted <= self._joined:
                    self._set_up(True)
            elif message.get("origin") != self._origin:
                try:
                    self._take(message)
                except Exception:
                    logger.exception("An announcement could not be taken")

    async def _publish_forever(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            await self.flush()

    async def flush(self) -> None:
        """Publishes what is waiting now."""
        waiting, self._pending = self._pending, []
        for message in _joined(waiting):
            if await self._call("group_send", relay.group(message["stream"]), message):
                metrics.ANNOUNCED.inc(len(message.get("events", ())))

    async def _pulse_forever(self) -> None:
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            await self._beat()

    async def _beat(self) -> None:
        """Judges the last pulse, mends what is missing, and sends the next one."""
        if self._channel is None:
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    self._channel = await self._layer.new_channel()
            except Exception as error:
                self._set_up(False, error)
                return
            self._tasks.append(asyncio.create_task(self._receive_forever(self._channel)))
        elif self._echo != self._pulse:
            self._set_up(False, "no echo")
        else:
            for stream in self._wanted - self._joined:
                if not await self._settle(stream):
                    break  # a layer that hangs would take as long for each of them; the next beat goes on
        self._pulse += 1
        await self._call("send", self._channel, {"type": "pulse", "number": self._pulse})

    def _set_up(self, up: bool, reason: object = "") -> None:
        if up != self.up:
            self.up = up
            metrics.LAYER_UP.set(up)
            logger.log(
                logging.INFO if up else logging.WARNING,
                "The channel layer is up"
                if up
                else "The channel layer is down (%s): reading the log instead",
                *([] if up else [reason]),
            )
            self._changed()


def _joined(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same announcements, with consecutive events of a stream put into one message."""
    result: list[dict[str, Any]] = []
    last: dict[str, dict[str, Any]] = {}
    for message in messages:
        if message["type"] != "events":
            result.append(message)
            continue
        before = last.get(message["stream"])
        follows = before and before["first"] + len(before["events"]) == message["first"]
        if before and follows and len(before["events"]) < MAX_JOINED_EVENTS:
            before["events"] += message["events"]
        else:
            last[message["stream"]] = message | {"events": list(message["events"])}
            result.append(last[message["stream"]])
    return result
