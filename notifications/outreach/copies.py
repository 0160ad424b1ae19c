"""Copies that were pushed: what is read, put off or withdrawn vanishes from every lock screen, and what says something
that is true no longer is replaced there, without a sound."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q

from project.jobs.registry import job
from project.jobs.running import Running

from ..models import Channel, Delivery, DeliveryState, Device, Notification
from . import deliveries

PERHAPS_THERE = Q(state=DeliveryState.DELIVERED) | Q(state=DeliveryState.SKIPPED, attempts__gt=0)
"""What was tried, and not needed any more when it was to be tried again, may have arrived the first time."""
SHOW_EVERYTHING = ("push.apple.com",)
"""Safari ends the subscription of a site whose pushes show nothing, so it keeps copies until they are touched."""


@job("copies")
def copies(running: Running) -> None:
    """Brings what each device shows of this notification up to date. What is being sent just now is looked at when it
    has arrived: see `after`."""
    with transaction.atomic():
        running.finish()
        # Locked, as by whoever notes that a copy has arrived: one of the two sees the other.
        if told := deliveries.locked(running.args["notification"]):
            _set_right(told, _shown(told), gone=deliveries.is_gone(told))


def after(row: Delivery) -> None:
    """Sets a copy right that has arrived just now, where its person has seen it elsewhere while it was under way, or it
    has changed. In the transaction that says how it ended, with the notification locked before."""
    told = row.notification
    if not row.withdraws:
        gone = deliveries.is_gone(told) if row.corrects else deliveries.is_over(told)
        _set_right(told, [row], gone=gone)


def _shown(told: Notification) -> list[Delivery]:
    """What each device of its person was sent last, if that was no withdrawal."""
    sent = told.deliveries.filter(PERHAPS_THERE, channel=Channel.PUSH, device__user=told.recipient_id)
    last = {row.device_id: row for row in sent.select_related("device").order_by("finished_at", "pk")}
    return [row for row in last.values() if not row.withdraws]


def _set_right(told: Notification, shown: Iterable[Delivery], *, gone: bool) -> None:
    deliveries.put(
        Delivery(
            notification=told,
            channel=Channel.PUSH,
            device=copy.device,
            revision=told.revision,
            withdraws=gone,
            corrects=not gone,
        )
        for copy in shown
        if copy.device and (_can_vanish(copy.device) if gone else copy.revision < told.revision)
    )


def _can_vanish(device: Device) -> bool:
    return not (urlsplit(device.endpoint).hostname or "").endswith(SHOW_EVERYTHING)
