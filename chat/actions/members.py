"""Who is in a room, as what, and how far they have read."""

from django.db import transaction

from notifications import actions as inbox
from notifications.access import stream_of
from project.accounts.models import User
from project.realtime import log
from project.realtime.errors import CommandError

from .. import access, events, queries
from ..events import Payload
from ..models import Kind, Membership, Role, Room
from . import active, news, notices


@transaction.atomic
def join(actor: User, room_id: int) -> Membership:
    """Lets the actor into an open room. Joining again changes nothing."""
    room = access.room_to_change(room_id)
    membership = Membership.objects.filter(room=room, user=actor).first()
    if room.kind != Kind.OPEN and not membership:
        raise access.no_such_room()
    access.require_not_direct(room, "Joining")
    return membership or _admit(room, actor)


@transaction.atomic
def invite(actor: User, room_id: int, user_id: int, *, as_staff: bool = False) -> Membership:
    """Brings somebody into a room. Any member may, except into a direct room. Twice changes nothing."""
    room = access.room_to_change(room_id)
    access.member_of(room, actor, as_staff=as_staff)
    access.require_not_direct(room, "Inviting people to")
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise CommandError("not_found", "There is no such person.", fields={"user": "Not known here."})
    return Membership.objects.filter(room=room, user=user).first() or _invite(room, actor, user)


@transaction.atomic
def bring_in(room_id: int, user: User) -> None:
    """Makes somebody a member whom the site itself needs there. Twice changes nothing."""
    room = access.room_to_change(room_id)
    access.require_not_direct(room, "Coming into")
    if not Membership.objects.filter(room=room, user=user).exists():
        _admit(room, user)


@transaction.atomic
def leave(actor: User, room_id: int) -> None:
    """Takes the actor out of a room. When the last owner goes, see `_heir`.

    Nobody leaves a direct room, and the last person archives the room instead: without anyone in it,
    nobody could ever let people in again.
    """
    room = access.room_to_change(room_id)
    membership = access.member_of(room, actor)
    access.require_not_direct(room, "Leaving")
    if room.memberships.count() == 1:
        raise CommandError("conflict", "You are the last one here. Archive the room instead.")
    _dismiss(membership)


@transaction.atomic
def remove(actor: User, room_id: int, user_id: int, *, as_staff: bool = False) -> None:
    """Takes somebody else out. Owners may remove anyone, moderators plain members only."""
    room = access.room_to_change(room_id)
    own = access.moderator_of(room, actor, as_staff=as_staff)
    access.require_not_direct(room, "Removing people from")
    membership = _other_member(room, user_id)
    if user_id == actor.pk and not as_staff:
        raise CommandError("conflict", "To go yourself, leave the room.")
    if not own.may_remove(membership):
        raise CommandError("forbidden", "Moderators may remove members only.")
    _dismiss(membership)


@transaction.atomic
def set_role(actor: User, room_id: int, user_id: int, role: Role, *, as_staff: bool = False) -> Membership:
    """Makes somebody owner, moderator or member. Only owners may, and the last one stays owner."""
    room = access.room_to_change(room_id)
    access.owner_of(room, actor, as_staff=as_staff)
    access.require_not_direct(room, "Changing roles in")
    membership = _other_member(room, user_id)
    if membership.role != role:
        others = room.memberships.filter(role=Role.OWNER).exclude(pk=membership.pk)
        if membership.is_owner and not others.exists():
            raise CommandError("conflict", "A room needs an owner. Make somebody else owner first.")
        membership.role = role
        membership.save(update_fields=("role",))
        news.tell_room(room, [("member.updated", membership)])
    return membership


@transaction.atomic
def set_involvement(actor: User, room_id: int, involvement: str) -> Membership:
    """How much of a room the actor wants to be told of."""
    membership = access.membership_in(room_id, actor.pk)
    if membership.involvement != involvement:
        membership.involvement = involvement
        Membership.objects.filter(pk=membership.pk).update(involvement=involvement)
        data = {"room": room_id, "involvement": str(involvement)}
        log.append(stream_of(actor.pk), "involvement.changed", data)
    return membership


@transaction.atomic
def mark_read(actor: User, room_id: int, seq: int) -> Payload:
    """Moves the actor's reading mark forward to `seq`, or to the newest message where that is less.

    It never moves back. Tells their other devices, with exact counts; returns the same.
    """
    membership = access.membership_in(room_id, actor.pk)
    read_seq = min(seq, membership.room.newest_seq())
    further = Membership.objects.filter(pk=membership.pk, read_seq__lt=read_seq)
    moved = further.update(read_seq=read_seq) == 1  # else another device was further already
    now = queries.counts(membership)
    if now is None:  # removed meanwhile
        raise access.no_such_room()
    data = events.read_moved(room_id, now.read_seq, now.unread, now.mentions, now.head)
    if moved:
        log.append(stream_of(actor.pk), "read.moved", data)
        active.note([actor.pk])
    inbox.read_source(actor.pk, membership.room.stream, now.read_seq)
    return data


def _other_member(room: Room, user_id: int) -> Membership:
    membership = room.memberships.select_related("user").filter(user=user_id).first()
    if membership is None:
        raise CommandError("not_found", "This person is not in the room.")
    return membership


def _admit(room: Room, user: User) -> Membership:
    access.require_open_for_changes(room)
    # What was said before somebody came is there to be read, but is not news to them.
    membership = Membership.objects.create(room=room, user=user, read_seq=room.newest_seq())
    news.tell_room(room, [("member.joined", membership)])
    news.tell_joined(room, [user.pk])
    return membership


def _invite(room: Room, actor: User, user: User) -> Membership:
    membership = _admit(room, user)
    inbox.notify(notices.of_invitation(room, actor), [user.pk])
    return membership


def _dismiss(membership: Membership) -> None:
    room, as_seen = membership.room, queries.room_of(membership.user_id, membership.room_id)
    heir = _heir(membership)
    _lock(membership, *([heir] if heir else []))
    Membership.objects.filter(pk=membership.pk).delete()
    changes = [("member.left", membership)]
    if heir:
        heir.role = Role.OWNER
        heir.save(update_fields=("role",))
        changes.append(("member.updated", heir))
    news.tell_room(room, changes)
    inbox.withdraw_source(room.stream, [membership.user_id])
    news.tell_left(membership, as_seen)


def _heir(leaving: Membership) -> Membership | None:
    """Who becomes owner when the last one goes: the moderator, or else the member, who is there longest."""
    if not leaving.is_owner:
        return None
    others = (
        leaving.room.memberships.exclude(pk=leaving.pk).select_related("user").order_by("joined_at", "pk")
    )
    if others.filter(role=Role.OWNER).exists():
        return None
    return others.filter(role=Role.MODERATOR).first() or others.first()


def _lock(*memberships: Membership) -> None:
    """Locks these rows in the order in which a batch of sends locks its authors'."""
    rows = Membership.objects.select_for_update(no_key=True).order_by("pk")
    list(rows.filter(pk__in=[membership.pk for membership in memberships]))
