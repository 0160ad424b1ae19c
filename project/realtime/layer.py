"""This process's link to the channel layer: one channel, joined publishing, and a pulse that shows silent loss.

The pub/sub layer loses what is published while its connection is away and tells nobody. Only a message sent to oneself
through the layer shows that it works.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import InMemoryChannelLayer, channel_layers, get_channel_layer

from project.realtime import metrics, relay

logger = logging.getLogger(__name__)

PULSE_SECONDS = 0.5
"""How often a message is sent to oneself; one that is not back before the next means the layer is down."""
DEAF_SECONDS = 15.0
"""The layer takes what is sent, and none of it comes back: its receiver is dead, and it starts no other. One that has
only lost its connection is back within some seconds."""
MAX_REST_SECONDS = 5.0
"""Between attempts to open a channel at a layer that is not there: each costs connections."""
CALL_SECONDS = 2.0
"""A layer call that takes longer is a layer that is down."""
MAX_PENDING = 10_000
"""Announcements that wait to be published. Beyond it the oldest are left to the log."""


def fresh_layer() -> Any:
    """The channel layer of the settings, with connections of its own; from here on it is the process's."""
    layer = channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)
    channel_layers.set(DEFAULT_CHANNEL_LAYER, layer)
    return layer


class LayerLink:
    """Publishes what this process announces and passes on what the others do. Never raises: the log is the truth."""

    def __init__(
        self,
        take: Callable[[dict[str, Any]], None],
        changed: Callable[[], None],
        make: Callable[[], Any] = fresh_layer,
    ) -> None:
        self.up = False
        self._take = take
        self._changed = changed
        self._make = make
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
        self._deaf_since: float | None = None
        self._rest = 0.0
        self._try_at = 0.0
        self._receiving: asyncio.Task[None] | None = None
        self._retiring: set[asyncio.Task[None]] = set()
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
        for task in [*self._tasks, self._receiving]:
            if task:
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
            channel = self._channel
            if channel is None:
                return False
            if stream in self._wanted and stream not in self._joined:
                if (
                    not await self._call("group_add", relay.group(stream), channel)
                    or channel != self._channel
                ):
                    return False
                self._joined.add(stream)
            elif stream in self._joined and stream not in self._wanted:
                self._joined.discard(stream)
                return await self._call("group_discard", relay.group(stream), channel)
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
                self._deaf_since = None  # late, perhaps, but not deaf
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
        for message in relay.joined(waiting):
            if await self._call("group_send", relay.group(message["stream"]), message):
                metrics.ANNOUNCED.inc(len(message.get("events", ())))

    async def _pulse_forever(self) -> None:
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            await self._beat()

    async def _beat(self) -> None:
        """Judges the last pulse, mends what is missing, and sends the next one."""
        now = asyncio.get_running_loop().time()
        if self._channel is None:
            if now < self._try_at or not await self._open():
                return
        elif self._echo != self._pulse:
            self._set_up(False, "no echo")
            if self._deaf_since is not None and now - self._deaf_since >= DEAF_SECONDS:
                logger.warning("The channel layer takes what is sent and delivers nothing: opening another")
                self._begin_anew()
                return
        else:
            self._deaf_since = None
            for stream in self._wanted - self._joined:
                if not await self._settle(stream):
                    break  # a layer that hangs would take as long for each of them; the next beat goes on
        self._pulse += 1
        if not await self._call("send", self._channel, {"type": "pulse", "number": self._pulse}):
            self._deaf_since = None  # it is the server that is away
        elif self._deaf_since is None:
            self._deaf_since = now

    async def _open(self) -> bool:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                channel = await self._layer.new_channel()
        except Exception as error:
            self._set_up(False, error)
            await _flush(self._layer)  # a failed attempt leaves a queue behind in it
            self._rest = min(2 * self._rest or PULSE_SECONDS, MAX_REST_SECONDS)
            self._try_at = asyncio.get_running_loop().time() + self._rest
            return False
        self._rest = 0.0
        self._channel = channel
        self._receiving = asyncio.create_task(self._receive_forever(channel))
        return True

    def _begin_anew(self) -> None:
        """Takes another layer, with nothing joined yet; the old one's connections are closed as far as possible."""
        if self._receiving:
            self._receiving.cancel()
        retiring = asyncio.create_task(_retire(self._layer))
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)
        self._layer, self._channel, self._receiving, self._deaf_since = self._make(), None, None, None
        self._joined.clear()

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


async def _flush(layer: Any) -> None:
    with contextlib.suppress(Exception):  # it is not in order: that is why
        async with asyncio.timeout(CALL_SECONDS):
            await layer.flush()


async def _retire(layer: Any) -> None:
    await _flush(layer)
    # It has hung itself on the loop's `close`, to be flushed once more: with a dead receiver, that would raise.
    getattr(layer, "_layers", {}).clear()
