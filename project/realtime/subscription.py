"""One connection's read position in each of its streams: replay, then live, in order, each event once."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from project.accounts.authentication import Identity
from project.realtime import metrics, streams
from project.realtime.feed import Batch, Feed, Truncated
from project.realtime.group_commit import GroupCommit
from project.realtime.protocol import Close, Cursor, encode, format_cursor
from project.realtime.streams import Question, Verdict
from project.realtime.withheld import in_public

if TYPE_CHECKING:
    from project.realtime.hub import Hub

MAX_EPHEMERALS = 64
"""What a slow reader may find waiting of what is worth nothing tomorrow; older ones make room."""

_together = GroupCommit[list[Question], dict[Question, Verdict]]()


class Subscription:
    """A connection that fetches: it is told that there is something, and takes it at its own pace."""

    transport = ""

    def __init__(self, hub: "Hub", identity: Identity, address: str, max_streams: int) -> None:
        self.hub = hub
        self.identity = identity
        self.address = address
        self.max_streams = max_streams
        self.positions: dict[str, int] = {}
        self.ended: Close | None = None
        self.closed = False
        self._wake = asyncio.Event()
        self._from_oldest: dict[str, int] = {}
        self._said: list[bytes] = []
        self._ephemerals: dict[str, bytes] = {}
        self._expiry = self._end_in_time()

    # --- Items that concern this connection alone

    def say(self, item: dict[str, Any]) -> None:
        """Sends an item of this connection's own, after everything said before."""
        self._said.append(encode(item))
        self._wake.set()

    def hello(self) -> None:
        """The first item of every connection."""
        limits = {
            "streams": self.max_streams,
            "commands_per_second": settings.LIMIT_COMMANDS_PER_SECOND,
            "messages_per_room": settings.LIMIT_MESSAGES_PER_ROOM,
            "unacked_bytes": settings.LIMIT_UNACKED_BYTES,
        }
        user = self.identity.user_id or None
        beat = settings.HEARTBEAT_SECONDS
        self.say(
            {"type": "hello", "epoch": self.hub.epoch, "user": user, "heartbeat": beat, "limits": limits}
        )

    # --- Which streams, from where

    async def subscribe(self, cursor: Cursor) -> None:
        """Answers for every stream of the cursor, and follows those that may be read and can be served.

        A stream that is followed already starts again from the position given now. Raises the ORM's errors while the
        database is away; then nothing is followed that was not before.
        """
        names = list(cursor.positions)
        news = self.hub.access_news
        if cursor.epoch and cursor.epoch != self.hub.epoch:
            await self.hub.look_at_epoch()
        verdicts = await self._verdicts(names)
        feeds = await self.hub.follow(self, self._within_limit(names, verdicts))
        try:
            for name in names:
                if name in feeds:
                    await self._place(feeds[name], cursor)
                else:
                    verdict = verdicts[name]
                    reason = "limit" if verdict is Verdict.OK else verdict.value
                    self.say({"type": "denied", "stream": name, "reason": reason})
        finally:  # placed or not: the connection may be over meanwhile, or the database away
            self.unsubscribe([name for name in feeds if self.closed or name not in self.positions])
        if self.hub.access_news != news:
            self.hub.guard.recheck([self])

    def unsubscribe(self, names: Iterable[str]) -> None:
        """Stops following; a stream that is not followed is no error."""
        for name in names:
            self.positions.pop(name, None)
            self._from_oldest.pop(name, None)
            self.hub.unfollow(self, name)

    async def _verdicts(self, names: list[str]) -> dict[str, Verdict]:
        user, only = self.identity.user_id, self.identity.only
        allowed = [name for name in names if name == only or "read" in self.identity.scopes]
        answers = await _together.submit("verdicts", _verdicts, [(user, name) for name in allowed])
        return dict.fromkeys(names, Verdict.FORBIDDEN) | {name: answers[user, name] for name in allowed}

    def _within_limit(self, names: list[str], verdicts: dict[str, Verdict]) -> list[str]:
        allowed = [name for name in names if verdicts[name] is Verdict.OK]
        room = self.max_streams - len(self.positions) if self.max_streams else len(names)
        new = [name for name in allowed if name not in self.positions][: max(room, 0)]
        return [name for name in allowed if name in self.positions or name in new]

    async def _place(self, feed: Feed, cursor: Cursor) -> None:
        """Says where the stream stands and sets the position, or says why that cannot be."""
        seq = cursor.positions[feed.name]
        if seq and seq > feed.head:
            await self.hub.catch_up(feed)
        if feed.head and seq is not None and (seq == 0 or seq + 1 < feed.oldest):
            await feed.look_again()
        while not self._is_fed_by(feed):  # it was ended meanwhile by a reset, or by access that was lost
            feed = (await self.hub.follow(self, [feed.name]))[feed.name]
        if seq and cursor.epoch and cursor.epoch != self.hub.epoch:
            self.reset(feed, "epoch")
        elif seq and seq > feed.head:
            self.reset(feed, "ahead")
        elif seq and seq + 1 < feed.oldest:
            self.reset(feed, "truncated")
        else:
            self.say({"type": "subscribed", "stream": feed.name, "head": feed.head, "oldest": feed.oldest})
            self.positions[feed.name] = feed.head if seq is None else max(seq, feed.oldest - 1)
            if seq == 0:
                self._from_oldest[feed.name] = self.positions[feed.name]

    def _is_fed_by(self, feed: Feed) -> bool:
        return self.hub.feeds.get(feed.name) is feed and (self in feed.waiting or self in feed.live)

    # --- What ends a stream, or everything

    def reset(self, feed: Feed, reason: str) -> None:
        """This position cannot be served: the client must load a snapshot. The stream is not followed any more."""
        metrics.RESETS.labels(reason).inc()
        self.unsubscribe([feed.name])
        item = {
            "type": "reset",
            "stream": feed.name,
            "reason": reason,
            "head": feed.head,
            "oldest": feed.oldest,
        }
        self.say(item)

    def revoke(self, name: str) -> None:
        """Read access ended: nothing of this stream is sent from here on."""
        if name in self.positions:
            self.unsubscribe([name])
            self.say({"type": "revoked", "stream": name})

    def end(self, code: Close, reason: str, retry_after: float | None = None) -> None:
        """Says goodbye and has the transport close; `retry_after` in seconds, where coming back makes sense."""
        if self.ended is None:
            self.say(
                {"type": "bye", "reason": reason}
                | ({} if retry_after is None else {"retry_after": retry_after})
            )
            self.ended = code
            metrics.CLOSED.labels(str(int(code))).inc()
            self._wake.set()

    def _end_in_time(self) -> asyncio.TimerHandle | None:
        """Has this end when what let it in expires, where that is known beforehand."""
        if self.identity.until is None:
            return None
        left = (self.identity.until - timezone.now()).total_seconds()
        return self.hub.loop.call_later(max(left, 0.0), self.end, Close.SIGNED_OUT, "session_ended")

    def close(self) -> None:
        """Lets go of everything. The connection is over."""
        self.closed = True
        if self._expiry:
            self._expiry.cancel()
        self.hub.connections.discard(self)
        self.unsubscribe(list(self.positions))

    # --- Fetching

    def cursor(self) -> str:
        """Everything handed to the transport so far."""
        return format_cursor(self.hub.epoch, self.positions)

    def notify(self) -> None:
        """There is something new in one of the streams."""
        self._wake.set()

    def whisper(self, key: str, item: bytes) -> None:
        """Keeps an ephemeral item until it is taken; a newer one of its key replaces it."""
        self._ephemerals[key] = item
        if len(self._ephemerals) > MAX_EPHEMERALS:
            del self._ephemerals[next(iter(self._ephemerals))]
            metrics.DROPPED.labels("ephemeral").inc()
        self._wake.set()

    def take_said(self) -> list[bytes]:
        """This connection's own items, and ephemeral ones, that are due."""
        items = self._said + list(self._ephemerals.values())
        self._said = []
        self._ephemerals.clear()
        return items

    async def next_batch(self) -> Batch | None:
        """The next events of any stream that is behind its head, or None where all are caught up.

        Does not suspend in a pass that finds all streams caught up, so that answer is true when it is given.
        """
        looked: set[str] = set()
        while (behind := await self._first_behind(looked)) is not None:
            name, seq, batch = behind
            if batch and self.positions.get(name) == seq:
                self.positions[name] = batch.last
                return in_public(batch) if self.identity.link else batch
        return None

    async def _first_behind(self, looked: set[str]) -> tuple[str, int, Batch | None] | None:
        """The first stream that is behind, from where, and its next events: none where it must be asked again."""
        for name, seq in list(self.positions.items()):
            if name not in self.positions:
                continue  # since an earlier one was waited for
            feed = self.hub.feeds[name]
            try:
                batch = await feed.after(seq)
            except Truncated:
                await self._truncated(feed, seq, looked)
                return name, seq, None
            if batch:
                return name, seq, batch
        return None

    async def _truncated(self, feed: Feed, seq: int, looked: set[str]) -> None:
        """What follows `seq` is not kept, as far as this process knows. The log knows better, and is asked once.

        Who asked for all that is kept, and has had nothing of it yet, begins with what is kept by now.
        """
        name, first_look = feed.name, feed.name not in looked
        looked.add(name)
        await feed.look_again()
        if self.positions.get(name) != seq:
            return
        if self._from_oldest.get(name) == seq and seq + 1 < feed.oldest:
            self.positions[name] = self._from_oldest[name] = feed.oldest - 1
        elif seq + 1 < feed.oldest or not first_look:
            self.reset(feed, "truncated")

    async def wait(self, seconds: float) -> bool:
        """Waits until there may be something to take; False when the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        self._wake.clear()
        return True


def _verdicts(requests: Sequence[list[Question]]) -> list[dict[Question, Verdict]]:
    """One look for all who subscribe at the same time."""
    answers = streams.verdicts({question for request in requests for question in request})
    return [answers] * len(requests)
