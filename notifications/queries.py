"""Reads: what waits for somebody, what they were told, whom a notice would reach."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from project.accounts.authentication import Identity, still_valid
from project.accounts.models import User
from project.realtime import log

from . import events
from .access import stream_of
from .models import Audience, Broadcast, Device, Notification, Settings

PAGE = 50  # notifications: two screens of a tall window
PAGE_MAX = 200
WAITING = Q(read_at=None, withdrawn_at=None, snoozed_until=None)
"""What counts as unread: not read, not taken back, not put off."""


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """How many notifications wait for each of these people. One query."""
    counts = dict.fromkeys(user_ids, 0)
    rows = Notification.objects.filter(WAITING, recipient__in=list(counts)).values_list("recipient")
    counts.update(rows.annotate(Count("pk")).order_by())
    return counts


def unread(user_id: int) -> int:
    """How many notifications wait for somebody."""
    return Notification.objects.filter(WAITING, recipient=user_id).count()


def position(user_id: int) -> int:
    """Where somebody's inbox stream stands."""
    stream = stream_of(user_id)
    return log.heads([stream])[stream].head


class Wanted(NamedTuple):
    """Which of somebody's notifications to show; what is not given is not looked at."""

    kind: str = ""
    priority: int = 0
    unread: bool = False
    snoozed: bool = False
    source: str = ""
    search: str = ""


EVERYTHING = Wanted()


class Page(NamedTuple):
    """Notifications, the one that changed last first, and whether there are older ones."""

    notifications: list[Notification]
    has_more: bool


def page(user_id: int, wanted: Wanted = EVERYTHING, before: int = 0, limit: int = PAGE) -> Page:
    """Somebody's notifications below the one with the id `before`; snoozed ones only where they are asked for."""
    rows = inbox(user_id).filter(snoozed_until__isnull=not wanted.snoozed)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.priority:
        rows = rows.filter(priority__gte=wanted.priority)
    if wanted.unread:
        rows = rows.filter(read_at=None)
    if wanted.source:
        rows = rows.filter(source=wanted.source)
    for word in wanted.search.split():
        rows = rows.filter(
            Q(title__icontains=word) | Q(body__icontains=word) | Q(source_name__icontains=word)
        )
    above = inbox(user_id).filter(pk=before).values_list("updated_at", flat=True).first() if before else None
    if above:
        rows = rows.filter(Q(updated_at__lt=above) | Q(updated_at=above, pk__lt=before))
    found = list(rows.order_by("-updated_at", "-pk")[: limit + 1])
    return Page(found[:limit], len(found) > limit)


def inbox(user_id: int) -> QuerySet[Notification]:
    """All that somebody was told and that was not taken back."""
    return Notification.objects.filter(recipient=user_id, withdrawn_at=None)


def reachable(people: QuerySet[User]) -> QuerySet[User]:
    """Those of these people who can be told anything: no bots, nobody who has left."""
    return people.filter(is_active=True, is_bot=False)


def audience(kind: str, key: str, people: Sequence[int] = ()) -> QuerySet[User]:
    """The people a broadcast to such an audience is for."""
    everyone = reachable(User.objects.all())
    if kind == Audience.TOPIC:
        return everyone.filter(topic_subscriptions__topic__name=key)
    if kind == Audience.GROUP:
        return everyone.filter(groups__name=key)
    return everyone.filter(pk__in=people) if kind == Audience.PEOPLE else everyone


def next_of(broadcast: Broadcast, most: int) -> list[int]:
    """The ids of the next people a broadcast is for, in order."""
    if broadcast.audience == Audience.PEOPLE:
        return [pk for pk in broadcast.people if pk > broadcast.done_up_to][:most]
    people = audience(broadcast.audience, broadcast.audience_key).filter(pk__gt=broadcast.done_up_to)
    return list(people.order_by("pk").values_list("pk", flat=True)[:most])


def signed_in(devices: Sequence[Device]) -> list[Device]:
    """Those of these browsers that are still signed in as when push was turned on in them. Three queries at most."""
    proofs = [Identity(one.user_id, "", frozenset(), one.session, one.token) for one in devices]
    return [one for one, valid in zip(devices, still_valid(proofs), strict=True) if valid]


def source_name(user_id: int, source: str) -> str:
    """What the newest notification from a source called it."""
    rows = Notification.objects.filter(recipient=user_id, source=source).order_by("-pk")
    return rows.values_list("source_name", flat=True).first() or ""


def shown(own: Settings) -> events.Payload:
    """Somebody's settings as their pages show them."""
    return {
        "quiet_from": _clock(own.quiet_from),
        "quiet_until": _clock(own.quiet_until),
        "digest": str(own.digest),
        "digest_at": _clock(own.digest_at),
        "sound": own.sound,
    }


def _clock(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at else None
