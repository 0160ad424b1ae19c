"""What the chat does for the other apps, see project/between: it says things in rooms, and tells what was pinned."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from project.accounts.models import User
from project.between.annotations import Annotation
from project.between.attachments import Attachment
from project.between.rooms import Place, Posted
from project.realtime.errors import CommandError

from . import actions, markdown
from .actions import Draft, notices
from .models import Kind, Membership, Pin, Room

LABEL_MAX = 140  # characters of a message beside a chart: two lines


class Rooms:
    """The chat's rooms. What is posted here is not counted by the limit that people have."""

    def post(
        self, room: int, author: User, body: str, attachments: Sequence[Attachment], client_id: UUID
    ) -> Posted:
        """Says this as `author`; into a direct room nobody is brought."""
        if not Membership.objects.filter(room=room, user=author).exists():
            actions.bring_in(room, author)
        draft = Draft(author.pk, body, client_id, attachments=attachments)
        (outcome,) = actions.send_messages(room, [draft], paced=False)
        if isinstance(outcome, CommandError):
            raise outcome
        return Posted(outcome["id"], outcome["seq"], notices.permalink(room, outcome["seq"]))

    def change(self, message: int, body: str, attachments: Sequence[Attachment]) -> None:
        """Edits it. In an archived room nothing changes any more."""
        actions.change_message(message, body, attachments)

    def places(self, user: User) -> list[Place]:
        """The rooms somebody is in that are neither direct nor archived."""
        mine = Membership.objects.filter(user=user, room__archived_at=None).exclude(room__kind=Kind.DIRECT)
        return [Place(*row) for row in mine.order_by("room__name", "room").values_list("room", "room__name")]

    def names(self, rooms: Collection[int]) -> dict[int, str]:
        """As the admin names them."""
        return {room.pk: str(room) for room in Room.objects.filter(pk__in=rooms)}

    def may_read(self, user: User, room: int) -> bool:
        """Whether they are in it."""
        return Membership.objects.filter(room=room, user=user).exists()


def pinned(user: User, start: datetime, end: datetime, limit: int) -> list[Annotation]:
    """What was pinned to these times in the rooms somebody is in."""
    pins = Pin.objects.filter(at__gte=start, at__lte=end, message__room__memberships__user=user)
    rows = pins.select_related("message__author").order_by("at", "pk")[:limit]
    return [
        Annotation(
            id=f"message.{row.message_id}",
            at=row.at,
            text=markdown.excerpt(row.message.html, LABEL_MAX),
            author=row.message.author.name,
            url=notices.permalink(row.message.room_id, row.message.seq),
        )
        for row in rows
    ]
