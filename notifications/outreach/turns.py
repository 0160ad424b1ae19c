"""Who is called when something urgent comes to a topic: those on its list, one after the other."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from project.accounts.models import User

from .. import queries
from ..models import Mute, Notification, Occurrence, Priority, Subscription

ALONE = timedelta(minutes=10)
"""How long one person is called before the next one is too."""


class Duty(NamedTuple):
    """One person's part in something urgent.

    `repeats`: they are called until somebody acknowledges it. `since` is when the first of what nobody has acknowledged
    happened. `called_at`: not before then, as others come first. `taken`: all of it is acknowledged already.
    """

    repeats: bool = False
    since: datetime | None = None
    called_at: datetime | None = None
    taken: bool = False


def duty_of(row: Notification) -> Duty:
    """What this notification asks of its person. Who follows a topic with a list but is not on it is only told."""
    if row.priority < Priority.URGENT:
        return Duty()
    since = _left_since(row)
    if since is None:
        return Duty(taken=True)
    turns = _turns(row, since)
    if not turns:
        return Duty(repeats=True, since=since)
    if row.recipient_id not in turns:
        return Duty()
    return Duty(repeats=True, since=since, called_at=since + ALONE * turns.index(row.recipient_id))


def _left_since(row: Notification) -> datetime | None:
    """When the first of what this tells of happened that nobody who was told of it has acknowledged; None: there is
    none. One that was taken care of says nothing about the next."""
    taken = Occurrence.objects.filter(
        dedupe_key=OuterRef("dedupe_key"), notification__acknowledged_at__isnull=False
    )
    return row.occurrences.exclude(Exists(taken)).order_by("pk").values_list("at", flat=True).first()


def _turns(row: Notification, since: datetime) -> list[int]:
    """The people on the list of this topic that can be called, in their order: not who came to it later, nor who was
    told of the same by another way, which has its own list."""
    kind, _, name = row.source.partition(".")
    if kind != "topic":
        return []
    listed = Subscription.objects.filter(topic__name=name, turn__isnull=False, created_at__lte=since)
    listed = listed.filter(user__in=queries.reachable(User.objects.all()))
    muted = Mute.objects.filter(source=row.source, user=OuterRef("user"))
    keys = row.occurrences.values("dedupe_key")
    otherwise = Occurrence.objects.filter(recipient=OuterRef("user"), dedupe_key__in=keys)
    otherwise = otherwise.exclude(notification__source=row.source)
    called = listed.exclude(Exists(muted)).exclude(Exists(otherwise)).order_by("turn", "user")
    return list(called.values_list("user", flat=True))
