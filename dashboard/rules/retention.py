"""Forgets what happened to alerts long ago."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from dashboard.models import AlertChange, Post, Silence

KEPT = timedelta(days=90)
"""A quarter: to see in a review how often something fired."""
ROWS_AT_ONCE = 5_000


def prune() -> None:
    """Removes changes, silences that are over, and what is known of messages, that are older. Alerts stay."""
    before = timezone.now() - KEPT
    changes = AlertChange.objects.filter(at__lt=before).order_by("pk")
    while old := list(changes.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        AlertChange.objects.filter(pk__in=old).delete()
    Silence.objects.filter(Q(until__lt=before) | Q(ended_at__lt=before)).delete()
    Post.objects.filter(ended_at__lt=before).delete()
