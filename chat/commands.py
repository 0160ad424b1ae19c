"""What a client may ask for: each a schema and a call into `actions`."""

from collections.abc import Mapping, Sequence
from typing import Any

from project.accounts.models import User
from project.realtime import ephemeral
from project.realtime.commands import Request, batch_command, command

from . import access, actions, events, queries, requests, schemas
from .actions import Draft
from .models import Kind, Role

Reply = Mapping[str, Any]


@command("room.create", requests.CreateRoom, reply=schemas.RoomOut)
def create_room(actor: User, data: requests.CreateRoom) -> Reply:
    """Makes a room. For the same people, a direct room is made once and returned from then on."""
    room = actions.create_room(actor, data.name, Kind(data.kind), data.members)
    return queries.room_of(actor.pk, room.pk)


@command("room.join", requests.InRoom, reply=schemas.JoinedOrLeft)
def join_room(actor: User, data: requests.InRoom) -> Reply:
    """Joins an open room."""
    actions.join(actor, data.room)
    return {"room": data.room, "member": True}


@command("room.leave", requests.InRoom, reply=schemas.JoinedOrLeft)
def leave_room(actor: User, data: requests.InRoom) -> Reply:
    """Leaves a room. If no owner is left, the one who is there longest becomes owner, moderators first."""
    actions.leave(actor, data.room)
    return {"room": data.room, "member": False}


@command("room.invite", requests.PersonInRoom, reply=schemas.RoomAndUser)
def invite_to_room(actor: User, data: requests.PersonInRoom) -> Reply:
    """Brings somebody into a room you are in."""
    actions.invite(actor, data.room, data.user)
    return {"room": data.room, "user": data.user}


@command("room.remove", requests.PersonInRoom, reply=schemas.RoomAndUser)
def remove_from_room(actor: User, data: requests.PersonInRoom) -> Reply:
    """Takes somebody out of a room. Owners may remove anyone, moderators plain members."""
    actions.remove(actor, data.room, data.user)
    return {"room": data.room, "user": data.user}


@command("room.rename", requests.RenameRoom, reply=schemas.RoomChanged)
def rename_room(actor: User, data: requests.RenameRoom) -> Reply:
    """Gives a room another name. For owners and moderators."""
    return events.room_updated(actions.rename_room(actor, data.room, data.name))


@command("room.archive", requests.InRoom, reply=schemas.RoomChanged)
def archive_room(actor: User, data: requests.InRoom) -> Reply:
    """Keeps a room readable, and closed to anything new. For owners and moderators."""
    return events.room_updated(actions.archive_room(actor, data.room))


@command("room.unarchive", requests.InRoom, reply=schemas.RoomChanged)
def unarchive_room(actor: User, data: requests.InRoom) -> Reply:
    """Opens an archived room again. For owners and moderators."""
    return events.room_updated(actions.unarchive_room(actor, data.room))


@command("room.role", requests.SetRole, reply=schemas.RoomRole)
def set_role(actor: User, data: requests.SetRole) -> Reply:
    """Makes somebody owner, moderator or member. For owners."""
    membership = actions.set_role(actor, data.room, data.user, Role(data.role))
    return {"room": data.room, "user": data.user, "role": str(membership.role)}


@command("room.involvement", requests.SetInvolvement, reply=schemas.RoomInvolvement)
def set_involvement(actor: User, data: requests.SetInvolvement) -> Reply:
    """Sets how much of a room you are told of: everything, mentions, or nothing."""
    membership = actions.set_involvement(actor, data.room, data.involvement)
    return {"room": data.room, "involvement": str(membership.involvement)}


@command("room.read", requests.ReadUpTo, reply=schemas.ReadMark)
def mark_read(actor: User, data: requests.ReadUpTo) -> Reply:
    """Moves your reading mark forward. It never moves back, nor past the newest message."""
    return actions.mark_read(actor, data.room, data.seq)


@batch_command(
    "message.send", requests.SendMessage, stream=lambda data: f"room.{data.room}", reply=schemas.MessageOut
)
def send_messages(batch: Sequence[Request]) -> Sequence[Any]:
    """Sends a message. Sending the same `client_id` again returns the first result."""
    drafts = [Draft(r.actor_id, r.data.body, r.data.client_id, r.data.reply_to) for r in batch]
    return actions.send_messages(batch[0].data.room, drafts)


@command("message.edit", requests.EditMessage, reply=schemas.MessageOut)
def edit_message(actor: User, data: requests.EditMessage) -> Reply:
    """Replaces the text of your own message."""
    return actions.edit_message(actor, data.message, data.body)


@command("message.delete", requests.OneMessage, reply=schemas.MessageOut)
def delete_message(actor: User, data: requests.OneMessage) -> Reply:
    """Deletes a message, and what it said from the log. For its author and the room's moderators."""
    return actions.delete_message(actor, data.message)


@command("reaction.add", requests.OneReaction, reply=schemas.Reactions)
def add_reaction(actor: User, data: requests.OneReaction) -> Reply:
    """Adds your emoji to a message."""
    return actions.add_reaction(actor, data.message, data.emoji)


@command("reaction.remove", requests.OneReaction, reply=schemas.Reactions)
def remove_reaction(actor: User, data: requests.OneReaction) -> Reply:
    """Takes your emoji back."""
    return actions.remove_reaction(actor, data.message, data.emoji)


@command("message.pin", requests.PinMessage, reply=schemas.Pinned)
def pin_message(actor: User, data: requests.PinMessage) -> Reply:
    """Has charts show a message at a time. For everyone in its room; pinning it again moves it."""
    return actions.pin_message(actor, data.message, data.at)


@command("message.unpin", requests.OneMessage, reply=schemas.Pinned)
def unpin_message(actor: User, data: requests.OneMessage) -> Reply:
    """Takes that back. For who pinned it, its author, and the room's moderators."""
    return actions.unpin_message(actor, data.message)


@command("typing.start", requests.InRoom, silent=True)
def start_typing(actor: User, data: requests.InRoom) -> None:
    """Shows the others that you are writing, for six seconds."""
    _tell_typing("typing.started", actor, data.room)


@command("typing.stop", requests.InRoom, silent=True)
def stop_typing(actor: User, data: requests.InRoom) -> None:
    """Takes that back."""
    _tell_typing("typing.stopped", actor, data.room)


def _tell_typing(type: str, actor: User, room_id: int) -> None:
    room = access.membership_in(room_id, actor.pk).room
    data = {"user": {"id": actor.pk, "name": actor.name}}
    ephemeral.send(room.stream, type, data, key=f"typing.{actor.pk}")
