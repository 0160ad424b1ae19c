"""What a digest tells of, each as a delivery: so that it is to be seen of each notification whether it was in one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from ..models import Channel, Delivery, DeliveryState, Notification
from . import metrics
from .deliveries import ERROR_MAX

UNDER_WAY = (DeliveryState.WAITING, DeliveryState.SENDING)


class Parts:
    """The deliveries of one person's digest of one moment."""

    def __init__(self, user_id: int, at: datetime) -> None:
        self._user_id = user_id
        self._at = at

    @transaction.atomic
    def begin(self, told: Sequence[Notification], address: str) -> None:
        """Commits that these are about to be sent, and nothing else that an attempt before was to tell."""
        rows = self._rows()
        rows.exclude(notification__in=told).update(state=DeliveryState.SKIPPED, finished_at=timezone.now())
        Delivery.objects.bulk_create(
            [
                Delivery(notification=row, channel=Channel.EMAIL, address=address, digest_at=self._at)
                for row in told
            ],
            ignore_conflicts=True,  # from an attempt before
        )
        revision = Notification.objects.filter(pk=OuterRef("notification")).values("revision")
        rows.filter(notification__in=told).update(
            state=DeliveryState.SENDING,
            address=address,
            revision=Subquery(revision),
            attempts=F("attempts") + 1,
            attempted_at=timezone.now(),
            finished_at=None,
        )

    def end(self, state: DeliveryState, error: str = "") -> None:
        """Says how it ended. In the transaction that ends the job."""
        rows = self._rows().filter(state__in=UNDER_WAY)
        if rows.update(state=state, error=error[:ERROR_MAX], finished_at=timezone.now()):
            metrics.DELIVERIES.labels(str(Channel.EMAIL), str(state)).inc()

    def note(self, error: str) -> None:
        """Keeps what kept it from being sent this time."""
        self._rows().filter(state__in=UNDER_WAY).update(error=error[:ERROR_MAX])

    def _rows(self) -> QuerySet[Delivery]:
        return Delivery.objects.filter(digest_at=self._at, notification__recipient=self._user_id)
