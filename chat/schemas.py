"""The shape of what the chat sends, for replies, reads, and the API description."""

from typing import Any
from uuid import UUID

from ninja import Schema

from .models import Involvement, Kind, Role


class Person(Schema):
    """Somebody, as others see them. `avatar` is a path on this site."""

    id: int
    name: str
    avatar: str | None


class Profile(Person):
    """Somebody in a list of people. `online`: has a connection now."""

    username: str
    is_bot: bool
    time_zone: str
    online: bool


class Member(Profile):
    """Somebody in a room."""

    role: Role


class ReactionOut(Schema):
    """One emoji on a message, and whose it is, oldest first."""

    emoji: str
    users: list[int]


class PinOut(Schema):
    """When charts show a message, and who wanted that."""

    at: str
    by: Person


class MessageOut(Schema):
    """A message. `mentions_room` says that it mentions everyone by `@room`. What is in an attachment depends on its
    `type`."""

    id: int
    room: int
    seq: int
    author: Person
    body: str
    html: str
    client_id: UUID
    reply_to: int | None
    created_at: str
    edited_at: str | None
    deleted_at: str | None
    mentions: list[int]
    mentions_room: bool
    reactions: list[ReactionOut]
    attachments: list[dict[str, Any]]
    pin: PinOut | None


class Quote(Schema):
    """What a reply quotes."""

    id: int
    seq: int
    author: Person
    excerpt: str
    deleted: bool


class QuotingMessage(MessageOut):
    """A message as reads give it, with what it replies to."""

    quote: Quote | None


class RoomOut(Schema):
    """A room as you see it. The counts include everything up to the stream's seq `head`."""

    id: int
    name: str
    kind: Kind
    archived: bool
    members: list[int]
    role: Role
    involvement: Involvement
    read_seq: int
    unread: int
    mentions: int
    head: int
    stream: str


class FoundRoom(Schema):
    """An open room, with the number of its people and whether you are one of them."""

    id: int
    name: str
    kind: Kind
    people: int
    joined: bool


class Me(Profile):
    """Yourself, and the stream of your own news."""

    stream: str
    scopes: list[str]


class Rooms(Schema):
    """Your rooms, the one with the newest message first; `cursor` follows them all, and your inbox."""

    rooms: list[RoomOut]
    cursor: str


class OneRoom(Schema):
    """One of your rooms."""

    room: RoomOut
    cursor: str


class FoundRooms(Schema):
    """Open rooms."""

    rooms: list[FoundRoom]


class Messages(Schema):
    """Messages by ascending `seq`; `has_more` says whether there are more in the direction asked for."""

    messages: list[QuotingMessage]
    has_more: bool
    has_before: bool
    has_after: bool
    cursor: str


class OneMessage(Schema):
    """One message."""

    message: QuotingMessage
    cursor: str


class Suggestion(Schema):
    """A word that what is being typed may become, and what to say of it."""

    word: str
    note: str


class Suggestions(Schema):
    """The best first."""

    suggestions: list[Suggestion]


class People(Schema):
    """People by name, and whether there are others."""

    people: list[Profile]
    has_more: bool


class Members(Schema):
    """The people of a room by name."""

    people: list[Member]
    cursor: str


class JoinedOrLeft(Schema):
    """Whether you are in this room now."""

    room: int
    member: bool


class RoomAndUser(Schema):
    """Who was brought in or taken out, where."""

    room: int
    user: int


class RoomRole(RoomAndUser):
    """Somebody's role."""

    role: Role


class RoomInvolvement(Schema):
    """How much of a room you are told of."""

    room: int
    involvement: Involvement


class RoomChanged(Schema):
    """What everyone in a room sees of it."""

    room: int
    name: str
    kind: Kind
    archived: bool


class Reactions(Schema):
    """All reactions to a message."""

    message: int
    reactions: list[ReactionOut]


class Pinned(Schema):
    """A message's pin, or null where it has none."""

    message: int
    seq: int
    pin: PinOut | None


class ReadMark(Schema):
    """How far you have read, and the counts up to the stream's seq `head`."""

    room: int
    read_seq: int
    unread: int
    mentions: int
    head: int
