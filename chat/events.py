"""Payloads: how rooms, people and messages look on the wire, whether in an event, a reply, a read or a page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from project.accounts.models import User
from project.realtime.log import timestamp

from .models import Membership, Message, Pin, Room

Payload = dict[str, Any]


def person(user: User) -> Payload:
    """Somebody, as others see them."""
    return {"id": user.pk, "name": user.name, "avatar": user.avatar_url}


def message(
    message: Message,
    author: Mapping[str, Any],
    mentions: Sequence[int] = (),
    reactions: Sequence[Payload] = (),
    pin: Payload | None = None,
) -> Payload:
    """A whole message. `author` is their `person()`, made once for many messages."""
    return {
        "id": message.pk,
        "room": message.room_id,
        "seq": message.seq,
        "author": author,
        "body": message.body,
        "html": message.html,
        "client_id": str(message.client_id),
        "reply_to": message.reply_to_id,
        "created_at": timestamp(message.created_at),
        "edited_at": _moment(message.edited_at),
        "deleted_at": _moment(message.deleted_at),
        "mentions": list(mentions),
        "mentions_room": message.mentions_room,
        "reactions": list(reactions),
        "attachments": message.attachments,
        "pin": pin,
    }


def without_content(data: Mapping[str, Any], deleted_at: datetime) -> Payload:
    """What an older payload of a message becomes once it is deleted: its place, and nothing of what it said."""
    gone: Payload = {"body": "", "html": "", "mentions": [], "mentions_room": False, "reactions": []}
    return {**data, **gone, "attachments": [], "pin": None, "deleted_at": _moment(deleted_at)}


def reactions(pairs: Iterable[tuple[str, int]]) -> list[Payload]:
    """`(emoji, user id)` pairs, oldest first, as a list of emojis with their people."""
    users: dict[str, list[int]] = {}
    for emoji, user_id in pairs:
        users.setdefault(emoji, []).append(user_id)
    return [{"emoji": emoji, "users": ids} for emoji, ids in users.items()]


def reactions_to(message: Message, pairs: Iterable[tuple[str, int]]) -> Payload:
    """All reactions to one message."""
    return {"message": message.pk, "reactions": reactions(pairs)}


def reaction(message: Message, emoji: str, user_id: int, pairs: Iterable[tuple[str, int]]) -> Payload:
    """A change of one reaction, with all that the message has now."""
    change: Payload = {"seq": message.seq, "emoji": emoji, "user": user_id}
    return change | reactions_to(message, pairs)


def pin(pin: Pin) -> Payload:
    """When charts show a message, and who wanted that."""
    return {"at": timestamp(pin.at), "by": person(pin.by)}


def pinned(message: Message, pin: Payload | None) -> Payload:
    """A change of a message's pin; None where it has none any more."""
    return {"message": message.pk, "seq": message.seq, "pin": pin}


def member(membership: Membership) -> Payload:
    """Somebody in a room: for member.joined, member.updated, member.left."""
    user, role = person(membership.user), str(membership.role)
    return {"room": membership.room_id, "user": user, "role": role}


def room_updated(room: Room) -> Payload:
    """What everyone in a room sees of it, the same for all."""
    return {"room": room.pk, "name": room.name, "kind": str(room.kind), "archived": room.is_archived}


def room(
    membership: Membership,
    *,
    members: Sequence[int],
    name: str,
    unread: int = 0,
    mentions: int = 0,
    head: int,
) -> Payload:
    """A room as one member sees it.

    `name` is the room's, or for a direct room that of the others. `unread`, and the `mentions` among it,
    count everything up to the stream's seq `head`; a client counts on from the events after that.
    """
    room = membership.room
    return {
        "id": room.pk,
        "name": name,
        "kind": str(room.kind),
        "archived": room.is_archived,
        "members": list(members),
        "role": str(membership.role),
        "involvement": str(membership.involvement),
        "read_seq": membership.read_seq,
        "unread": unread,
        "mentions": mentions,
        "head": head,
        "stream": room.stream,
    }


def direct_name(others: Iterable[str]) -> str:
    """What a direct room is called by somebody who is in it with these others."""
    return ", ".join(sorted(others, key=str.casefold))


def read_moved(room_id: int, read_seq: int, unread: int, mentions: int, head: int) -> Payload:
    """How far somebody has read; the counts are as in `room()`."""
    return {"room": room_id, "read_seq": read_seq, "unread": unread, "mentions": mentions, "head": head}


def _moment(at: datetime | None) -> str | None:
    return timestamp(at) if at else None
