"""One message on its way: waiting, being sent, and how it ended.

That it is about to be sent is committed before it is sent. So whatever dies in between, it shows; and it is sent
again, since nobody knows whether it arrived.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from project.jobs import queue
from project.jobs.running import Running

from .. import queries
from ..actions.copies import check_copies
from ..haste import Haste
from ..models import Channel, Delivery, DeliveryState, Device, Notification
from . import attention, metrics
from .turns import duty_of

OVER = (DeliveryState.DELIVERED, DeliveryState.SKIPPED)
ERROR_MAX = 500  # characters


def put(rows: Iterable[Delivery], priority: int = Haste.NORMAL) -> None:
    """Adds these to the queue, in the caller's transaction."""
    made = Delivery.objects.bulk_create(rows)
    by_channel: dict[str, list[Delivery]] = {}
    for row in made:
        by_channel.setdefault(str(row.channel), []).append(row)
    for channel, mine in by_channel.items():
        jobs = [({"delivery": row.pk}, f"delivery.{row.pk}", None) for row in mine]
        queue.put_many(channel, jobs, priority)


def begin(running: Running) -> Delivery | None:
    """Commits that this one is about to be sent; ends the job where it is not needed any more."""
    with transaction.atomic():
        row = Delivery.objects.filter(pk=running.args["delivery"]).select_related("device").first()
        if row is None or row.state in OVER:
            running.finish()
            return None
        # Locked, so that whoever reads or withdraws it either is seen here or sees that a copy is under way.
        row.notification = locked(row.notification_id) or row.notification
        if not is_needed(row):
            row.state = DeliveryState.SKIPPED
            _save(row)
            check_copies([row.notification_id] if row.attempts else [])  # an attempt may have arrived
            running.finish()
            return None
        row.state = DeliveryState.SENDING
        row.revision = row.notification.revision
        row.attempts += 1
        row.attempted_at = timezone.now()
        row.save(update_fields=("state", "revision", "attempts", "attempted_at"))
    return row


def locked(notification_id: int) -> Notification | None:
    """The notification as it is now, and stays until the transaction ends."""
    rows = Notification.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("recipient").filter(pk=notification_id).first()


def is_over(told: Notification) -> bool:
    """Whether its person need not be reached any more."""
    return attention.is_over(told, attention.settings_of(told.recipient_id), duty_of(told))


def is_gone(told: Notification) -> bool:
    """Whether no copy of it belongs on any screen."""
    return attention.is_gone(told, duty_of(told))


def is_needed(row: Delivery) -> bool:
    """Whether its person still needs to be told, and wants to be told there; or, if it takes a copy back, still does
    not; or, if it corrects one, whether that still says what is true no longer."""
    told = row.notification
    if row.channel == Channel.PUSH and not _takes_push(row.device, told):
        return False
    if row.corrects:
        return not is_gone(told) and _is_outdated(row)
    over = is_over(told)
    if row.withdraws:
        return over or told.read_at is not None
    if row.channel == Channel.EMAIL and row.address != attention.address_of(told.recipient):
        return False  # no longer theirs
    return not over and attention.wants(told, Channel(row.channel))


def _takes_push(device: Device | None, told: Notification) -> bool:
    """Whether that browser is still there, and its person signed in."""
    return device is not None and device.user_id == told.recipient_id and bool(queries.signed_in([device]))


def _is_outdated(row: Delivery) -> bool:
    """Whether what the device got last, apart from this, is a copy of an older revision."""
    others = row.notification.deliveries.filter(device=row.device, state=DeliveryState.DELIVERED)
    last = others.exclude(pk=row.pk).order_by("finished_at", "pk").last()
    return last is None or (not last.withdraws and last.revision < row.notification.revision)


def end(running: Running, row: Delivery, state: DeliveryState, error: str = "") -> None:
    """Commits how it ended, and the job's end with it."""
    with transaction.atomic():
        row.state, row.error = state, error[:ERROR_MAX]
        _save(row)
        running.finish()


def fail(running: Running, row: Delivery, error: str) -> None:
    """Notes what went wrong; the caller raises, so that it is tried again. After the last attempt it has failed, and
    its job stays in the queue for somebody to look at."""
    row.error = error[:ERROR_MAX]
    if running.is_last:
        row.state = DeliveryState.FAILED
    _save(row)


def _save(row: Delivery) -> None:
    if row.state not in (DeliveryState.WAITING, DeliveryState.SENDING):
        row.finished_at = timezone.now()
        transaction.on_commit(lambda: metrics.ended(row))
    row.save(update_fields=("state", "error", "finished_at"))
