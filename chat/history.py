"""Reads of what was said: pages by `seq` in both directions, and the messages that replies quote."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from . import events, markdown
from .events import Payload
from .models import Membership, Mention, Message, Pin, Reaction

PAGE = 50  # messages: two screens of a tall window
PAGE_MAX = 200  # messages in one answer; more is slower to show than to ask for again
EXCERPT_MAX = 140  # characters of a quoted message: two lines on a narrow screen


class Page(NamedTuple):
    """Messages by ascending `seq`, and whether there are more on either side."""

    messages: list[Message]
    has_before: bool
    has_after: bool


def newest(room_id: int, limit: int = PAGE) -> Page:
    """The end of a room."""
    rows, more = _take(_in(room_id).order_by("-seq"), limit)
    return Page(rows[::-1], more, False)


def before(room_id: int, seq: int, limit: int = PAGE) -> Page:
    """The last messages below `seq`."""
    rows, more = _take(_in(room_id).filter(seq__lt=seq).order_by("-seq"), limit)
    return Page(rows[::-1], more, _in(room_id).filter(seq__gte=seq).exists())


def after(room_id: int, seq: int, limit: int = PAGE) -> Page:
    """The first messages above `seq`."""
    rows, more = _take(_in(room_id).filter(seq__gt=seq).order_by("seq"), limit)
    return Page(rows, _in(room_id).filter(seq__lte=seq).exists(), more)


def around(room_id: int, seq: int, limit: int = PAGE) -> Page:
    """A page with `seq`, or where it would be, near its middle."""
    older, more_before = _take(_in(room_id).filter(seq__lt=seq).order_by("-seq"), limit // 2)
    newer, more_after = _take(_in(room_id).filter(seq__gte=seq).order_by("seq"), limit - limit // 2)
    return Page(older[::-1] + newer, more_before, more_after)


def first_unread(membership: Membership) -> int | None:
    """The `seq` of the first message that somebody has not read and did not write, or None."""
    rows = Message.objects.filter(room=membership.room_id, seq__gt=membership.read_seq, deleted_at=None)
    return rows.exclude(author=membership.user_id).order_by("seq").values_list("seq", flat=True).first()


def payloads(messages: Sequence[Message]) -> list[Payload]:
    """These messages (with their authors loaded) as the wire has them. Three queries, however many."""
    ids = [message.pk for message in messages]
    pins = {pin.message_id: events.pin(pin) for pin in _pins(ids)}
    mentions = _mentions(ids)
    reactions = _reactions(ids)
    authors = {message.author_id: message.author for message in messages}
    people = {pk: events.person(author) for pk, author in authors.items()}
    return [
        events.message(
            m, people[m.author_id], mentions[m.pk], events.reactions(reactions[m.pk]), pins.get(m.pk)
        )
        for m in messages
    ]


def payload(message: Message) -> Payload:
    """One message, with its author loaded."""
    return payloads([message])[0]


def reaction_pairs(message: Message) -> list[tuple[str, int]]:
    """`(emoji, user id)` of one message's reactions, oldest first."""
    return _reactions([message.pk])[message.pk]


def with_quotes(messages: Sequence[Payload]) -> list[Payload]:
    """The same messages, each with the `quote` that it replies to, or None. One query.

    Events have no quotes: a deletion could not reach the copies in them.
    """
    ids = {message["reply_to"] for message in messages} - {None}
    quoted = Message.objects.filter(pk__in=ids).select_related("author").in_bulk() if ids else {}
    return [
        {**message, "quote": _quote(quoted[message["reply_to"]]) if message["reply_to"] in quoted else None}
        for message in messages
    ]


def _quote(message: Message) -> Payload:
    excerpt = markdown.excerpt(message.html, EXCERPT_MAX)
    return {
        "id": message.pk,
        "seq": message.seq,
        "author": events.person(message.author),
        "excerpt": "This message was deleted." if message.is_deleted else excerpt,
        "deleted": message.is_deleted,
    }


def _in(room_id: int) -> QuerySet[Message]:
    return Message.objects.filter(room=room_id).select_related("author")


def _take(rows: QuerySet[Message], limit: int) -> tuple[list[Message], bool]:
    found = list(rows[: limit + 1])
    return found[:limit], len(found) > limit


def _pins(ids: Sequence[int]) -> QuerySet[Pin]:
    return Pin.objects.filter(message__in=ids).select_related("by")


def _mentions(ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = Mention.objects.filter(message__in=ids).order_by("user_id")
    for message_id, user_id in rows.values_list("message_id", "user_id"):
        found[message_id].append(user_id)
    return found


def _reactions(ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = Reaction.objects.filter(message__in=ids).order_by("pk")
    for message_id, emoji, user_id in rows.values_list("message_id", "emoji", "user_id"):
        found[message_id].append((emoji, user_id))
    return found
