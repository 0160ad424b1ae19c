"""Whom a message, a reaction or an invitation concerns, and what they are told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse

from notifications.actions import Notice
from project.accounts.models import User

from .. import kinds, markdown
from ..models import Involvement, Membership, Message, Room

EXCERPT_MAX = 300  # characters of a message that a notification shows

Told = tuple[Notice, Collection[int]]


class Said(NamedTuple):
    """A message, and whom it names. `replied_to` is who wrote what it replies to; `at` is for what was said earlier."""

    message: Message
    author: User
    mentions: Sequence[int]
    replied_to: int | None
    at: datetime | None = None

    @property
    def concerns_all(self) -> bool:
        return self.message.mentions_room

    @property
    def concerns_some(self) -> bool:
        return bool(self.mentions) or self.replied_to is not None


def of_messages(room: Room, said: Sequence[Said]) -> list[Told]:
    """What to tell whom of these messages. No query where none of them concerns anybody in particular, else one."""
    if not room.is_direct:
        said = [one for one in said if one.concerns_all or one.concerns_some]
    if not said:
        return []
    members = Membership.objects.filter(room=room).exclude(involvement=Involvement.NOTHING)
    if not room.is_direct and not any(one.concerns_all for one in said):
        members = members.filter(user__in={pk for one in said for pk in (*one.mentions, one.replied_to)})
    listening = list(members.order_by("user").values_list("user", flat=True))
    return [told for one in said for told in _of_message(room, one, listening)]


def _of_message(room: Room, said: Said, listening: Sequence[int]) -> list[Told]:
    people: dict[str, list[int]] = {}
    for user_id in listening:
        kind = _kind(room, said, user_id)
        if kind and user_id != said.author.pk:
            people.setdefault(kind, []).append(user_id)
    return [(_notice(room, said, kind, len(listening)), found) for kind, found in people.items()]


def _kind(room: Room, said: Said, user_id: int) -> str | None:
    """Of all that a message is to somebody, what concerns them most."""
    if room.is_direct:
        return kinds.DIRECT
    if user_id in said.mentions:
        return kinds.MENTION
    if user_id == said.replied_to:
        return kinds.REPLY
    return kinds.ROOM if said.concerns_all else None


def _notice(room: Room, said: Said, kind: str, listening: int) -> Notice:
    name, where = said.author.name, place(room)
    pair = f"{{count}} new messages from {name}"
    several = f"{{count}} new messages from {name} and others"
    titles = {
        kinds.DIRECT: (name, pair if listening <= 2 else several),
        kinds.MENTION: (f"{name} mentioned you in {where}", f"{{count}} new mentions in {where}"),
        kinds.REPLY: (f"{name} replied to you in {where}", f"{{count}} new replies in {where}"),
        kinds.ROOM: (f"{name} called everyone in {where}", f"{{count}} new calls to everyone in {where}"),
    }
    return Notice(
        kind=kind,
        title=titles[kind][0],
        many=titles[kind][1],
        body=excerpt(said.message),
        link=link(said.message),
        actor_id=said.author.pk,
        source=room.stream,
        source_name=where or name,
        position=said.message.seq,
        dedupe_key=message_key(said.message.pk),
        collapse_key=f"{kind}.{room.stream}",
        at=said.at,
    )


def of_reaction(message: Message, actor: User, emoji: str, position: int) -> Notice:
    """What the author of a message is told of a reaction to it."""
    where = place(message.room)
    return Notice(
        kind=kinds.REACTION,
        title=f"{actor.name} reacted with {emoji} to your message",
        many="{count} new reactions to your message",
        body=excerpt(message),
        link=link(message),
        actor_id=actor.pk,
        source=message.stream,
        source_name=where or actor.name,
        position=position,
        dedupe_key=reaction_key(message.pk, actor.pk, emoji),
        collapse_key=f"reaction.message.{message.pk}",
    )


def of_invitation(room: Room, actor: User) -> Notice:
    """What somebody is told whom the actor brought into a room."""
    return Notice(
        kind=kinds.INVITATION,
        title=f"{actor.name} invited you to {place(room)}",
        link=reverse("room", args=[room.pk]),
        actor_id=actor.pk,
        source=room.stream,
        source_name=place(room),
    )


def place(room: Room) -> str:
    """What a room is called; a direct one is called by who speaks."""
    return "" if room.is_direct else f"#{room.name}"


def link(message: Message) -> str:
    """The message's own place on the room's page."""
    return permalink(message.room_id, message.seq)


def permalink(room_id: int, seq: int) -> str:
    """The same for a message that is not at hand."""
    return f"{reverse('room', args=[room_id])}?at={seq}"


def excerpt(message: Message) -> str:
    """The beginning of what a message says."""
    return markdown.excerpt(message.html, EXCERPT_MAX)


def message_key(message_id: int) -> str:
    """Whatever somebody is told of a message, they are told once."""
    return f"message.{message_id}"


def reaction_key(message_id: int, user_id: int, emoji: str) -> str:
    """One person's one emoji on one message."""
    return f"reaction.{message_id}.{user_id}.{emoji}"


def keys_of(message: Message, reactions: Collection[tuple[str, int]]) -> list[str]:
    """All that people may have been told of a message and of these `(emoji, user id)` reactions to it."""
    return [
        message_key(message.pk),
        *(reaction_key(message.pk, user_id, emoji) for emoji, user_id in reactions),
    ]
