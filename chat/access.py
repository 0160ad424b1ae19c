"""Who may do what in which room. Every refusal is a CommandError in the words of the protocol.

A room that somebody may not even find is `not_found`, exactly as if it did not exist.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from project.accounts.models import User
from project.realtime import streams
from project.realtime.errors import CommandError
from project.realtime.streams import Presence, Question, Retention, StreamKind, Verdict

from .models import Kind, Membership, Message, Role, Room

# History lives in the messages table for good; the log only has to bridge an absence. Past either bound
# a client loads the newest page instead, which is cheaper for everyone than a longer replay.
RETENTION = Retention(days=30, count=10_000)


def room_to_change(room_id: int) -> Room:
    """The room, locked until the transaction ends: whoever changes it or its people takes this lock first.

    Sending takes no such lock. Raises `not_found`.
    """
    room = Room.objects.select_for_update(no_key=True).filter(pk=room_id).first()
    if room is None:
        raise no_such_room()
    return room


def member_of(room: Room, actor: User, *, as_staff: bool = False) -> Membership:
    """The actor's membership. Raises `forbidden` for an open room to join first, else `not_found`.

    `as_staff` is for the admin site, which has checked its own permissions: its people act with an
    owner's rights in rooms they need not be in, by a membership that is never saved.
    """
    if as_staff:
        return Membership(room=room, user=actor, role=Role.OWNER)
    membership = Membership.objects.filter(room=room, user=actor).first()
    if membership is None:
        raise outsider(room)
    membership.room, membership.user = room, actor
    return membership


def moderator_of(room: Room, actor: User, *, as_staff: bool = False) -> Membership:
    """The same for what only owners and moderators may do."""
    membership = member_of(room, actor, as_staff=as_staff)
    if not membership.may_moderate:
        raise CommandError("forbidden", "Only owners and moderators of this room may do that.")
    return membership


def owner_of(room: Room, actor: User, *, as_staff: bool = False) -> Membership:
    """The same for what only owners may do."""
    membership = member_of(room, actor, as_staff=as_staff)
    if not membership.is_owner:
        raise CommandError("forbidden", "Only owners of this room may do that.")
    return membership


def membership_in(room_id: int, user_id: int) -> Membership:
    """For reads: the membership with its room, in one query for members. Refuses like `member_of`."""
    if room_id >= 2**63:  # an address can name any number, and SQLite raises for this one
        raise no_such_room()
    membership = Membership.objects.select_related("room").filter(room_id=room_id, user_id=user_id).first()
    if membership is None:
        raise outsider(Room.objects.filter(pk=room_id).first())
    return membership


class Sender(NamedTuple):
    """Somebody who is in the room they send to. `user` has what others see, `room` its name, kind and state."""

    user: User
    is_active: bool
    room: Room


def members_to_send(room_id: int, user_ids: Iterable[int]) -> dict[int, Sender]:
    """Those of these people who are in the room.

    Their memberships stay locked until the transaction ends, so that one person's sends, on however many
    processes, come one after the other: what is counted or looked up for them stays true.
    """
    locked = Membership.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    rows = locked.filter(room_id=room_id, user_id__in=set(user_ids)).values_list(
        "user_id",
        "user__username",
        "user__display_name",
        "user__avatar",
        "user__is_active",
        "room__name",
        "room__kind",
        "room__archived_at",
    )
    return {
        pk: Sender(
            User(id=pk, username=username, display_name=name, avatar=avatar),
            active,
            Room(id=room_id, name=room, kind=kind, archived_at=archived_at),
        )
        for pk, username, name, avatar, active, room, kind, archived_at in rows
    }


def locked_message(message_id: int) -> Message:
    """The message with its room and author, locked until the transaction ends. Raises `not_found`."""
    rows = Message.objects.select_for_update(no_key=True, of=("self",)).select_related("room", "author")
    message = rows.filter(pk=message_id).first()
    if message is None:
        raise no_such_message()
    return message


def message_to_change(message_id: int, actor: User, *, as_staff: bool = False) -> tuple[Message, Membership]:
    """The message, locked until the transaction ends, and the actor's membership in its room.

    Raises `not_found` for a message in a room the actor is not in.
    """
    message = locked_message(message_id)
    try:
        return message, member_of(message.room, actor, as_staff=as_staff)
    except CommandError:
        raise no_such_message() from None


def require_open_for_changes(room: Room) -> None:
    """Raises `conflict` in an archived room: it can be read, and nothing more."""
    if room.is_archived:
        raise archived()


def require_changeable(message: Message) -> None:
    """Raises `conflict` for a message that was deleted, or is in an archived room."""
    require_open_for_changes(message.room)
    if message.is_deleted:
        raise CommandError("conflict", "This message was deleted.")


def require_not_direct(room: Room, what: str) -> None:
    """Raises `forbidden`: a direct room stays what its people made it."""
    if room.is_direct:
        raise CommandError("forbidden", f"{what} a direct room is not possible.")


def outsider(room: Room | None) -> CommandError:
    """What somebody who is not a member is told."""
    if room is not None and room.kind == Kind.OPEN:
        return CommandError("forbidden", "Join this room first.")
    return no_such_room()


def archived() -> CommandError:
    return CommandError("conflict", "This room is archived.")


def no_such_room() -> CommandError:
    return CommandError("not_found", "There is no such room.")


def no_such_message() -> CommandError:
    return CommandError("not_found", "There is no such message.")


def verdicts(questions: Sequence[Question]) -> Mapping[Question, Verdict]:
    """May these people follow the streams of these rooms? Two queries."""
    ids = {key: int(key) for _, key in questions if key.isascii() and key.isdigit() and str(int(key)) == key}
    rooms = Room.objects.filter(pk__in=[pk for pk in ids.values() if pk < 2**63])
    kinds = dict(rooms.values_list("pk", "kind"))
    users = {user for user, _ in questions}
    rows = Membership.objects.filter(room__in=kinds, user__in=users).values_list("room", "user")
    members = set(rows)

    def verdict(user: int, room: int | None) -> Verdict:
        if (room, user) in members:
            return Verdict.OK
        found = room is not None and kinds.get(room) == Kind.OPEN
        return Verdict.FORBIDDEN if found else Verdict.NOT_FOUND

    return {(user, key): verdict(user, ids.get(key)) for user, key in questions}


def streams_of(user_ids: Sequence[int]) -> Iterable[str]:
    """The streams of all rooms these people are in."""
    rooms = Membership.objects.filter(user__in=user_ids).values_list("room", flat=True).distinct()
    return [f"room.{pk}" for pk in rooms]


def members_of(names: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """The people of each of these rooms' streams."""
    people: dict[str, list[int]] = defaultdict(list)
    ids = [int(name.removeprefix("room.")) for name in names]
    for room_id, user_id in Membership.objects.filter(room__in=ids).values_list("room", "user"):
        people[f"room.{room_id}"].append(user_id)
    return people


def register() -> None:
    """Makes `room.<room id>` a stream people can follow."""
    streams.register(
        StreamKind(
            prefix="room",
            verdicts=verdicts,
            retention=RETENTION,
            redacting=frozenset({"message.deleted"}),
            presence=Presence(streams_of=streams_of, members_of=members_of),
        )
    )
