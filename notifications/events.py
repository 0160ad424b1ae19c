"""Payloads: how notifications look on the wire, whether in an event, a reply, a read or a page."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from project.accounts.models import User
from project.realtime.log import Entry, timestamp

from .models import Notification

Payload = dict[str, Any]
ACT = "notification.act"
"""The command that presses a button which has this site POST something."""


def person(user: User) -> Payload:
    """Somebody, as others see them."""
    return {"id": user.pk, "name": user.name, "avatar": user.avatar_url}


def people(ids: Iterable[int | None]) -> dict[int | None, Payload]:
    """These people by id. One query, or none where there is nobody to look for."""
    wanted = {pk for pk in ids if pk is not None}
    return {user.pk: person(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}


def notification(row: Notification, actor: Payload | None) -> Payload:
    """A whole notification. `actor` is their `person()`."""
    return {
        "id": row.pk,
        "seq": row.seq,
        "news_seq": row.news_seq,
        "kind": row.kind,
        "priority": int(row.priority),
        "title": row.title,
        "body": row.body,
        "link": row.link,
        "source": row.source,
        "source_name": row.source_name,
        "actor": actor,
        "actions": [_action(action, index) for index, action in enumerate(row.actions)],
        "count": row.count,
        "revision": row.revision,
        "created_at": timestamp(row.created_at),
        "updated_at": timestamp(row.updated_at),
        "expires_at": moment(row.expires_at),
        "snoozed_until": moment(row.snoozed_until),
        "read_at": moment(row.read_at),
        "acknowledged_at": moment(row.acknowledged_at),
        "withdrawn_at": moment(row.withdrawn_at),
    }


def notifications(rows: Sequence[Notification]) -> list[Payload]:
    """These notifications, with their actors. One query."""
    actors = people(row.actor_id for row in rows)
    return [notification(row, actors.get(row.actor_id)) for row in rows]


def created(payload: Payload, unread: int) -> Entry:
    """A notification is new."""
    return Entry("notification.created", payload | {"unread": unread}, subject(payload["id"]))


def updated(payload: Payload, unread: int) -> Entry:
    """A notification has changed, in whatever way."""
    return Entry("notification.updated", payload | {"unread": unread}, subject(payload["id"]))


def read(ids: Sequence[int], at: datetime, unread: int) -> Entry:
    """These notifications are read, and snoozed no more."""
    return Entry("notification.read", {"ids": list(ids), "read_at": timestamp(at), "unread": unread})


def read_up_to(seq: int, at: datetime, unread: int) -> Entry:
    """What was open and not snoozed, and last changed with this seq or before, is read."""
    return Entry("notification.read", {"up_to": seq, "read_at": timestamp(at), "unread": unread})


def restored(read_at: datetime, unread: int) -> Entry:
    """What was read at this moment, and not acknowledged, waits again."""
    return Entry("notification.restored", {"read_at": timestamp(read_at), "unread": unread})


def settings_changed(shown: Payload) -> Entry:
    """What somebody wants in general is this now."""
    return Entry("settings.changed", shown)


def preference_changed(kind: str, channel: str, wanted: bool) -> Entry:
    """One kind may use one channel now, or not."""
    return Entry("preference.changed", {"kind": kind, "channel": channel, "wanted": wanted})


def mute_changed(source: str, source_name: str, muted: bool) -> Entry:
    """A source is muted now, or not."""
    return Entry("mute.changed", {"source": source, "source_name": source_name, "muted": muted})


def subscription_changed(topic: str, follows: bool) -> Entry:
    """A topic is followed now, or not."""
    return Entry("subscription.changed", {"topic": topic, "follows": follows})


def subject(notification_id: int) -> str:
    """Finds the events that carry a notification's text again when it is withdrawn."""
    return f"notification.{notification_id}"


def moment(at: datetime | None) -> str | None:
    """A moment as the wire writes it, where there is one."""
    return timestamp(at) if at else None


def _action(action: Payload, index: int) -> Payload:
    """A button as its person sees it: where a POST goes, and what it says, is between the site and the sender."""
    if action["url"]:
        return {"label": action["label"], "url": action["url"]}
    return {"label": action["label"], "command": ACT, "action": index}
