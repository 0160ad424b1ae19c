"""A client that knows an inbox only by one read and the events after it."""

import json
from typing import Any

from notifications import events, queries
from notifications.access import stream_of
from project.accounts.models import User
from project.realtime import log

MANY = 10_000


class Mirror:
    """What one person's client shows: their notifications, and how many wait."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.stream = stream_of(user.pk)
        self.position = log.heads([self.stream])[self.stream].head
        rows = list(queries.inbox(user.pk).order_by("pk"))
        self.inbox = {payload["id"]: payload for payload in events.notifications(rows)}
        self.unread = queries.unread(user.pk)

    def catch_up(self) -> None:
        """Applies every event since the last time."""
        for event in log.read(self.stream, self.position, MANY):
            assert event.seq == self.position + 1
            self.position = event.seq
            self._apply(event.type, json.loads(event.item)["data"], event.seq)

    def _apply(self, type: str, data: dict[str, Any], seq: int) -> None:
        if not type.startswith("notification."):
            return
        self.unread = data.pop("unread")
        if type == "notification.read":
            self._read(data)
        elif type == "notification.restored":
            self._restored(data)
        elif data["withdrawn_at"]:
            self.inbox.pop(data["id"], None)
        else:
            assert data["seq"] == seq
            assert (type == "notification.created") == (data["id"] not in self.inbox)
            self.inbox[data["id"]] = data

    def _read(self, data: dict[str, Any]) -> None:
        for shown in self.inbox.values():
            waits = not shown["read_at"] and not shown["snoozed_until"]
            if shown["id"] in data.get("ids", ()) or (waits and shown["seq"] <= data.get("up_to", 0)):
                shown |= {"read_at": data["read_at"], "snoozed_until": None}

    def _restored(self, data: dict[str, Any]) -> None:
        for shown in self.inbox.values():
            if shown["read_at"] == data["read_at"] and not shown["acknowledged_at"]:
                shown["read_at"] = None

    def shown(self) -> dict[str, Any]:
        """All of it, in a form in which two mirrors that show the same are equal."""
        assert self.unread == sum(
            not one["read_at"] and not one["snoozed_until"] for one in self.inbox.values()
        )
        return {"inbox": self.inbox, "unread": self.unread}
