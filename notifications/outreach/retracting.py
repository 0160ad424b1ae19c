"""Taking back copies that were pushed: what is read, put off or withdrawn is to vanish from every lock screen."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Max, Q

from project.jobs.registry import job
from project.jobs.running import Running

from ..models import Channel, Delivery, DeliveryState
from . import deliveries

ARRIVED = Q(state__in=(DeliveryState.SENDING, DeliveryState.DELIVERED))
SHOW_EVERYTHING = ("push.apple.com",)
"""Safari ends the subscription of a site whose pushes show nothing, so it keeps copies until they are touched."""


@job("retract")
def retract(running: Running) -> None:
    """Tells each device that got a copy of this notification to take it back."""
    with transaction.atomic():
        running.finish()
        rows = Delivery.objects.filter(notification=running.args["notification"], channel=Channel.PUSH)
        last = rows.filter(ARRIVED).exclude(device=None).values("device").annotate(
            shown=Max("pk", filter=Q(withdraws=False)), gone=Max("pk", filter=Q(withdraws=True))
        )  # fmt: skip
        shown = [one["shown"] for one in last if (one["shown"] or 0) > (one["gone"] or 0)]
        _take_back(Delivery.objects.filter(pk__in=shown).select_related("device"))


def if_over(row: Delivery) -> None:
    """Takes a copy back that has just arrived, where its person has seen it elsewhere while it was under way. In the
    caller's transaction."""
    row.notification.refresh_from_db()
    if not row.withdraws and not deliveries.is_needed(row):
        _take_back([row])


def _take_back(copies: Iterable[Delivery]) -> None:
    deliveries.put(
        Delivery(
            notification_id=copy.notification_id,
            channel=Channel.PUSH,
            device=copy.device,
            revision=copy.revision,
            withdraws=True,
        )
        for copy in copies
        if copy.device and not (urlsplit(copy.device.endpoint).hostname or "").endswith(SHOW_EVERYTHING)
    )
