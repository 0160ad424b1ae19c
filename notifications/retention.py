"""Forgets notifications that nobody will look for any more, and with them how they were delivered."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from project.realtime import retention

from .models import Broadcast, Device, Notification

SETTLED_DAYS = 90
"""What was read or taken back: long enough to look up what happened last quarter."""
UNREAD_DAYS = 365
"""What nobody read in a year, nobody will."""
DEVICE_DAYS = 90
"""A browser that was not here for so long has been signed out long since."""
BATCH_ROWS = 500
"""One transaction: occurrences and deliveries go along. Longer ones would hold the write lock of an SQLite site."""


def prune() -> int:
    """Removes what is older than that, and returns how many notifications and finished broadcasts that were.

    Inboxes are not told: no page shows what is that old, and a page that does loads it again when it is opened.
    """
    now = timezone.now()
    settled = Q(read_at__isnull=False) | Q(withdrawn_at__isnull=False)
    old = Q(updated_at__lt=now - timedelta(days=UNREAD_DAYS))
    old |= settled & Q(updated_at__lt=now - timedelta(days=SETTLED_DAYS))
    removed = 0
    while ids := list(
        Notification.objects.filter(old).order_by("pk").values_list("pk", flat=True)[:BATCH_ROWS]
    ):
        with transaction.atomic():
            Notification.objects.filter(pk__in=ids).delete()
        removed += len(ids)
    Device.objects.filter(last_seen__lt=now - timedelta(days=DEVICE_DAYS)).delete()
    done = Broadcast.objects.filter(finished_at__lt=now - timedelta(days=SETTLED_DAYS))
    return removed + done.delete()[0]


def register() -> None:
    """Has this done whenever the site forgets."""
    retention.register(prune)
