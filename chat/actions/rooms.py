"""Rooms themselves: made, renamed, archived."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications import actions as inbox
from project.accounts.models import User
from project.realtime import log
from project.realtime.errors import CommandError

from .. import access, events
from ..models import DIRECT_MAX, DIRECT_MIN, Kind, Membership, Role, Room
from . import news, notices


def create_room(
    actor: User, name: str, kind: Kind, members: Collection[int] = (), *, at: datetime | None = None
) -> Room:
    """Makes a room with the actor as its owner, and brings `members` in.

    A direct room has no name and no owner; for people who have one already, that one is returned. Into others
    people are invited; `at` is for a room made earlier, of which nobody is notified.
    """
    people = _people(actor, members)
    if kind != Kind.DIRECT:
        fields = {"name": name, "kind": kind, "created_at": at or timezone.now()}
        return _create(actor, people, Role.OWNER, invite=at is None, **fields)
    if not DIRECT_MIN <= len(people) <= DIRECT_MAX:
        message = f"A direct room is for {DIRECT_MIN} to {DIRECT_MAX} people, you among them."
        raise CommandError("invalid", message, fields={"members": message})
    return _direct_room(actor, people, at or timezone.now())


@transaction.atomic
def rename_room(actor: User, room_id: int, name: str, *, as_staff: bool = False) -> Room:
    """Gives a room another name. For owners and moderators."""
    room = access.room_to_change(room_id)
    access.moderator_of(room, actor, as_staff=as_staff)
    access.require_not_direct(room, "Renaming")
    access.require_open_for_changes(room)
    if room.name != name:
        room.name = name
        _save(room, "name")
    return room


@transaction.atomic
def archive_room(actor: User, room_id: int, *, as_staff: bool = False) -> Room:
    """Closes a room for good, or until it is unarchived: everything stays readable, nothing is added."""
    room = access.room_to_change(room_id)
    access.moderator_of(room, actor, as_staff=as_staff)
    access.require_not_direct(room, "Archiving")
    if not room.is_archived:
        room.archived_at = timezone.now()
        _save(room, "archived_at")
    return room


@transaction.atomic
def unarchive_room(actor: User, room_id: int, *, as_staff: bool = False) -> Room:
    """Opens an archived room again."""
    room = access.room_to_change(room_id)
    access.moderator_of(room, actor, as_staff=as_staff)
    if room.is_archived:
        room.archived_at = None
        _save(room, "archived_at")
    return room


def _save(room: Room, field: str) -> None:
    room.save(update_fields=(field,))
    log.append(room.stream, "room.updated", events.room_updated(room))


def _people(actor: User, members: Collection[int]) -> list[User]:
    others = set(members) - {actor.pk}
    found = {user.pk: user for user in User.objects.filter(pk__in=others, is_active=True)}
    if unknown := sorted(others - set(found)):
        message = f"Nobody here has the id {', '.join(map(str, unknown))}."
        raise CommandError("invalid", "Some of these people are not here.", fields={"members": message})
    return [actor, *(found[pk] for pk in sorted(found))]


def _direct_room(actor: User, people: list[User], at: datetime) -> Room:
    key = Room.direct_key_of({user.pk for user in people})
    room = Room.objects.filter(direct_key=key).first()
    if room is None:
        try:
            room = _create(actor, people, Role.MEMBER, kind=Kind.DIRECT, direct_key=key, created_at=at)
        except IntegrityError:  # somebody else of these people made it at the same time
            room = Room.objects.get(direct_key=key)
    return room


@transaction.atomic
def _create(
    actor: User, people: list[User], own_role: Role, *, invite: bool = False, **fields: object
) -> Room:
    room = Room.objects.create(created_by=actor, **fields)
    memberships = [
        Membership(
            room=room, user=user, role=own_role if user == actor else Role.MEMBER, joined_at=room.created_at
        )
        for user in people
    ]
    Membership.objects.bulk_create(memberships)
    news.tell_room(room, [("member.joined", membership) for membership in memberships])
    news.tell_joined(room, [user.pk for user in people])
    if invite:
        inbox.notify(notices.of_invitation(room, actor), [user.pk for user in people])
    return room
