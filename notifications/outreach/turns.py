"""Who is called when something urgent comes to a topic: those on its list, one after the other."""

from datetime import datetime, timedelta
from typing import NamedTuple

from ..models import Mute, Notification, Occurrence, Priority, Subscription

ALONE = timedelta(minutes=10)
"""How long one person is called before the next one is too."""


class Duty(NamedTuple):
    """One person's part in something urgent.

    `repeats`: they are called until somebody acknowledges it. `called_at`: not before then, as others come first.
    `taken`: somebody has acknowledged it already.
    """

    repeats: bool = False
    called_at: datetime | None = None
    taken: bool = False


def duty_of(row: Notification) -> Duty:
    """What this notification asks of its person. Who follows a topic with a list but is not on it is only told."""
    if row.priority < Priority.URGENT:
        return Duty()
    if _is_taken(row):
        return Duty(taken=True)
    turns = _turns(row)
    if not turns:
        return Duty(repeats=True)
    if row.recipient_id not in turns:
        return Duty()
    return Duty(repeats=True, called_at=row.created_at + ALONE * turns.index(row.recipient_id))


def _is_taken(row: Notification) -> bool:
    """Whether anyone who was told of the same has acknowledged it."""
    keys = row.occurrences.values("dedupe_key")
    same = Occurrence.objects.filter(dedupe_key__in=keys)
    return same.filter(notification__acknowledged_at__isnull=False).exists()


def _turns(row: Notification) -> list[int]:
    """The people on the list of this topic that can be called, in their order."""
    kind, _, name = row.source.partition(".")
    if kind != "topic":
        return []
    listed = Subscription.objects.filter(topic__name=name, turn__isnull=False, user__is_active=True)
    muted = Mute.objects.filter(source=row.source).values("user")
    return list(listed.exclude(user__in=muted).order_by("turn", "user").values_list("user", flat=True))
