"""What is over for a person: read, put off, taken back. Copies of it on their screens are to go."""

from collections.abc import Collection

from project.jobs import queue

from ..models import Channel, Delivery, DeliveryState

PUSHED = (DeliveryState.SENDING, DeliveryState.DELIVERED)


def settle(ids: Collection[int]) -> None:
    """Has the pushed copies of these notifications taken back, where there are any: a job `retract` for each."""
    pushed = Delivery.objects.filter(
        notification__in=ids, channel=Channel.PUSH, withdraws=False, state__in=PUSHED
    )
    found = sorted(set(pushed.values_list("notification", flat=True)))
    queue.put_many("retract", [({"notification": pk}, f"retract.{pk}", None) for pk in found])
