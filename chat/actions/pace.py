"""How fast somebody says things in a room, new ones and edits alike."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Value
from django.utils import timezone

from project.realtime import log
from project.realtime.errors import CommandError

from .. import access
from ..models import Membership, Message, Room

PACE = timedelta(seconds=10)  # the window in which LIMIT_MESSAGES_PER_ROOM messages may be sent or edited


class Pace:
    """Exact for these people, as long as their memberships in this room were locked before `now`."""

    def __init__(self, room_id: int, author_ids: Iterable[int], now: datetime, limit: int) -> None:
        self.now, self.limit = now, limit
        self.recent: dict[int, deque[datetime]] = defaultdict(lambda: deque(maxlen=max(limit, 1)))
        if limit:
            for at, author_id in sorted(_said(room_id, list(author_ids), now - PACE)):
                self.recent[author_id].append(at)

    def refusal(self, author_id: int) -> CommandError | None:
        """Counts one more message or edit of this author, or says when there is room for it."""
        recent = self.recent[author_id]
        if self.limit and len(recent) == self.limit:
            wait = (recent[0] + PACE - self.now).total_seconds()
            return CommandError("rate_limited", "You are sending too fast. Wait a moment.", retry_after=wait)
        recent.append(self.now)
        return None


def refusal_now(room_id: int, author_id: int, limit: int) -> CommandError | None:
    """What somebody who said something here just now would be told. Under the lock it is asked again."""
    memberships = Membership.objects.filter(room=room_id, user=author_id, user__is_active=True)
    if not memberships.exists():
        return access.outsider(Room.objects.filter(pk=room_id).first())
    return Pace(room_id, [author_id], timezone.now(), limit).refusal(author_id)


def _said(room_id: int, author_ids: list[int], since: datetime) -> Iterator[tuple[datetime, int]]:
    """When each of them sent or edited something. A message remembers only its last edit; the log has them all."""
    theirs = Message.objects.filter(author__in=author_ids, room=room_id)
    sent = theirs.filter(created_at__gt=since).values_list("created_at", "author_id", Value(0))
    edited = theirs.filter(edited_at__gt=since).values_list("edited_at", "author_id", "pk")
    edits: dict[str, int] = {}
    for at, author_id, pk in sent.union(edited, all=True):  # one query: this is asked at every send
        if pk:
            edits[Message(pk=pk).subject] = author_id
        else:
            yield at, author_id
    if edits:
        for subject, at in log.moments(f"room.{room_id}", "message.edited", edits, since):
            yield at, edits[subject]
