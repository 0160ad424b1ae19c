"""A client that knows the chat only by one snapshot and the events after it."""

import json
from typing import Any

from chat import history, queries
from notifications.access import stream_of
from project.accounts.models import User
from project.realtime import log

MANY = 10_000


class Mirror:
    """What one person's client shows: their rooms, and the messages in them."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.inbox = stream_of(user.pk)
        self.positions = {self.inbox: log.heads([self.inbox])[self.inbox].head}
        self.rooms: dict[int, dict[str, Any]] = {}
        self.messages: dict[int, dict[int, dict[str, Any]]] = {}
        for room in queries.rooms_of(user):
            self._enter(room)

    def _enter(self, room: dict[str, Any]) -> None:
        """Loads a room's messages, and follows it from where its payload stands: applying twice does no harm."""
        self.positions[room["stream"]] = room["head"]
        self.rooms[room["id"]] = room
        page = history.newest(room["id"], MANY)
        self.messages[room["id"]] = {m["id"]: m for m in history.payloads(page.messages)}

    def catch_up(self) -> None:
        """Applies every event since the last time; the inbox first, since it tells which rooms there are."""
        for event in self._new(self.inbox):
            self._inbox_event(event["type"], event["data"])
        for room_id in list(self.rooms):
            for event in self._new(f"room.{room_id}"):
                self._room_event(room_id, event["type"], event["data"])
            self._count(room_id)

    def _new(self, stream: str) -> list[dict[str, Any]]:
        events = [json.loads(event.item) for event in log.read(stream, self.positions[stream], MANY)]
        if events:
            self.positions[stream] = events[-1]["seq"]
        return events

    def _inbox_event(self, type: str, data: dict[str, Any]) -> None:
        if type == "room.joined":
            self._enter(data["room"])
        elif type == "room.left":
            self.rooms.pop(data["room"]["id"], None)
            self.messages.pop(data["room"]["id"], None)
        elif type == "read.moved":
            self.rooms[data["room"]]["read_seq"] = data["read_seq"]
        elif type == "involvement.changed":
            self.rooms[data["room"]]["involvement"] = data["involvement"]
        elif not type.startswith("notification."):
            raise AssertionError(f"an inbox does not know {type}")

    def _room_event(self, room_id: int, type: str, data: dict[str, Any]) -> None:
        room, messages = self.rooms[room_id], self.messages[room_id]
        if type in ("message.created", "message.edited", "message.deleted"):
            messages[data["id"]] = data
        elif type in ("message.pinned", "message.unpinned"):
            messages[data["message"]]["pin"] = data["pin"]
        elif type in ("reaction.added", "reaction.removed"):
            messages[data["message"]]["reactions"] = data["reactions"]
        elif type == "room.updated":
            room |= {key: data[key] for key in ("name", "kind", "archived")}
        elif type in ("member.joined", "member.updated"):
            room["members"] = sorted({*room["members"], data["user"]["id"]})
            if data["user"]["id"] == self.user.pk:
                room["role"] = data["role"]
        elif type == "member.left":
            room["members"] = sorted({*room["members"]} - {data["user"]["id"]})
        else:
            raise AssertionError(f"a room does not know {type}")

    def _count(self, room_id: int) -> None:
        room, me = self.rooms[room_id], self.user.pk
        unread = [
            message
            for message in self.messages[room_id].values()
            if message["seq"] > room["read_seq"]
            and message["author"]["id"] != me
            and not message["deleted_at"]
        ]
        room["unread"] = len(unread)
        room["mentions"] = sum(m["mentions_room"] or me in m["mentions"] for m in unread)

    def shown(self) -> dict[str, Any]:
        """All of it, in a form in which two mirrors that show the same are equal."""
        rooms = {
            pk: {**room, "members": sorted(room["members"]), "head": None} for pk, room in self.rooms.items()
        }
        return {"rooms": rooms, "messages": self.messages}
