"""What was shown to a person elsewhere, and is over or says something else now."""

from collections.abc import Collection

from django.db.models import Q

from project.jobs import queue

from ..haste import haste
from ..models import Channel, Delivery, DeliveryState, Priority

PUSHED = Q(state__in=(DeliveryState.SENDING, DeliveryState.DELIVERED)) | Q(
    state=DeliveryState.SKIPPED, attempts__gt=0
)


def check_copies(ids: Collection[int]) -> None:
    """Has the pushed copies of these notifications taken back or corrected, where there are any: a job `copies` for
    each."""
    pushed = Delivery.objects.filter(PUSHED, notification__in=ids, channel=Channel.PUSH, withdraws=False)
    found = sorted(set(pushed.values_list("notification", flat=True)))
    jobs = [({"notification": pk}, copies_key(pk), None) for pk in found]
    queue.put_many("copies", jobs, haste(Priority.NORMAL, len(found)))


def copies_key(notification_id: int) -> str:
    """The key of the job that brings a notification's pushed copies up to date."""
    return f"copies.{notification_id}"
