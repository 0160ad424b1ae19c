"""What several actions tell: who came and went, in the room and in the inboxes of those concerned."""

from collections.abc import Iterable, Mapping, Sequence

from notifications.access import stream_of
from project.realtime import access as connections
from project.realtime import log
from project.realtime.log import Entry

from .. import events, queries
from ..events import Payload
from ..models import Membership, Room


def tell_room(room: Room, changes: Sequence[tuple[str, Membership]]) -> None:
    """Appends `(member.joined | member.updated | member.left, membership)` to the room's stream."""
    entries = [Entry(type, events.member(membership)) for type, membership in changes]
    log.append_batch(room.stream, len(entries), lambda _: entries)


def tell_joined(room: Room, user_ids: Iterable[int]) -> None:
    """Tells each of these people that they are in the room now. After `tell_room`: counts include it."""
    _tell_inboxes("room.joined", queries.rooms_for(room, user_ids))


def tell_left(membership: Membership, room: Payload) -> None:
    """Tells somebody that they are out, and ends what of the room's stream they still follow.

    `room` is the room as they last saw it.
    """
    _tell_inboxes("room.left", {membership.user_id: room})
    connections.changed(user=membership.user_id, stream=membership.room.stream)


def _tell_inboxes(type: str, rooms: Mapping[int, Payload]) -> None:
    for user_id in sorted(rooms, key=stream_of):
        log.append(stream_of(user_id), type, {"room": rooms[user_id]})
