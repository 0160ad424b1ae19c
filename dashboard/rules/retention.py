"""Forgets what happened to alerts long ago."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dashboard.models import Alert, AlertChange, Post, Silence, State

KEPT = timedelta(days=90)
"""A quarter: to see in a review how often something fired."""
ROWS_AT_ONCE = 5_000


def prune() -> None:
    """Removes what has been over for longer: changes, silences, what is known of messages, and alerts that are ok."""
    before = timezone.now() - KEPT
    changes = AlertChange.objects.filter(at__lt=before).order_by("pk")
    while old := list(changes.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        AlertChange.objects.filter(pk__in=old).delete()
    while _forget_alerts(int(before.timestamp())) == ROWS_AT_ONCE:
        pass
    Silence.objects.filter(Q(until__lt=before) | Q(ended_at__lt=before)).delete()
    Post.objects.filter(ended_at__lt=before).delete()


@transaction.atomic
def _forget_alerts(before: int) -> int:
    # Locked: one that begins to fire meanwhile stays.
    quiet = Alert.objects.filter(state=State.OK, since__lt=before).select_for_update().order_by("pk")
    old = list(quiet.values_list("pk", flat=True)[:ROWS_AT_ONCE])
    Alert.objects.filter(pk__in=old).delete()
    return len(old)
