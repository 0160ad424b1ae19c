"""Saying something in a room, for those who do not know what a room is. The chat offers it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from project.accounts.models import User

from .attachments import Attachment


class Place(NamedTuple):
    """A room somebody may choose."""

    room: int
    name: str


class Posted(NamedTuple):
    """A message that stands in a room, and the page's address of it."""

    message: int
    seq: int
    url: str


class Rooms(Protocol):
    """What the chat does for others."""

    def post(
        self, room: int, author: User, body: str, attachments: Sequence[Attachment], client_id: UUID
    ) -> Posted:
        """Says this as `author`, who is brought into the room if need be. The same `client_id` again says nothing.

        Raises CommandError where that room cannot be written to.
        """
        ...

    def change(self, message: int, body: str, attachments: Sequence[Attachment]) -> None:
        """Has a message that was posted here say something else. One that was deleted stays so."""
        ...

    def places(self, user: User) -> list[Place]:
        """The rooms `user` may have something posted in, by name."""
        ...

    def names(self, rooms: Collection[int]) -> dict[int, str]:
        """What these rooms are called, for staff; those that are not there are left out."""
        ...

    def may_read(self, user: User, room: int) -> bool:
        """Whether `user` may see what is said there."""
        ...


_offered: list[Rooms] = []


def offer(rooms: Rooms) -> None:
    """Says who does it. Called once, from an app's `ready()`."""
    if _offered:
        raise ValueError("rooms are offered already")
    _offered.append(rooms)


def rooms() -> Rooms:
    """Who was offered.

    Raises LookupError where no app offers rooms.
    """
    if not _offered:
        raise LookupError("no app offers rooms")
    return _offered[0]
