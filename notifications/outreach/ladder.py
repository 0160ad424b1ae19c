"""The ladder: how far a notification goes, and when, as long as it is not seen.

Each rung is one job and one transaction: what it sends, and the job of the next rung.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from project.jobs import queue
from project.jobs.registry import job
from project.jobs.running import Running

from .. import queries
from ..actions.telling import ladder_key
from ..haste import Haste
from ..models import Channel, Delivery, Notification, Priority, Settings
from . import attention, deliveries
from .turns import Duty, duty_of


class Rung(NamedTuple):
    """What is tried, and how long after the first thing that was not seen, or after the person's quiet hours, or a
    snooze."""

    channel: Channel
    after: timedelta


PUSH_AFTER = timedelta(seconds=30)
"""Time to see it on a page that is open."""
LADDERS: dict[int, list[Rung]] = {
    Priority.NORMAL: [Rung(Channel.PUSH, PUSH_AFTER), Rung(Channel.EMAIL, timedelta(minutes=10))],
    Priority.HIGH: [Rung(Channel.PUSH, PUSH_AFTER), Rung(Channel.EMAIL, timedelta(minutes=10))],
    Priority.URGENT: [Rung(Channel.PUSH, timedelta(0)), Rung(Channel.EMAIL, timedelta(minutes=2))],
}
FIRST_REPEAT = len(LADDERS[Priority.URGENT])
REPEAT = timedelta(minutes=5)
REPEAT_FOR = timedelta(hours=24)
"""Nobody is at the other end of a phone that has rung for a day."""
BREATH = timedelta(minutes=2)
"""After the first rung there is always time to react, also where that came late."""
MAIL_AGAIN = timedelta(hours=4)
"""What keeps growing unseen is pushed each time, but mailed only this often."""


@job("ladder")
def climb(running: Running) -> None:
    """Takes the rung that is due, unless its person has seen it, or wants quiet, or another one is called first."""
    with transaction.atomic():
        running.finish()
        rows = Notification.objects.select_related("recipient")
        row = rows.filter(pk=running.args["notification"]).first()
        if row is None:
            return
        own = attention.settings_of(row.recipient_id)
        duty = duty_of(row)
        if attention.is_over(row, own, duty):
            return
        urgent = row.priority >= Priority.URGENT
        _take(row, own, duty, running.args["rung"], Haste.FIRST if urgent else running.priority)


def _take(row: Notification, own: Settings, duty: Duty, number: int, priority: int) -> None:
    put = partial(_put, row, priority)
    now = timezone.now()
    if not duty.repeats and (end := attention.quiet_until(row.recipient, own, now)):
        return put(number, end)
    awake = None if duty.repeats else attention.awake_since(row.recipient, own, now)
    since = duty.since or attention.unseen_since(row, own)
    starts = max(filter(None, (since, duty.called_at, row.woke_at, awake)))
    rungs = _rungs(row, duty)
    if number >= len(rungs):
        return None
    channel, after = rungs[number]
    if now < starts + after:
        return put(number, starts + after)
    if attention.wants(row, channel):
        _send(row, channel, priority, repeated=max(number - FIRST_REPEAT + 1, 0))
    for following in range(number + 1, len(rungs)):
        due = starts + rungs[following].after
        if following < FIRST_REPEAT or due > now:  # repeats that were missed are not made up for
            return put(following, max(filter(None, (due, _breath(row, starts)))))
    return None


def _rungs(row: Notification, duty: Duty) -> list[Rung]:
    """All of them, the repeats too."""
    if duty.repeats:
        repeats = (Rung(Channel.PUSH, REPEAT * times) for times in range(1, REPEAT_FOR // REPEAT + 1))
        return [*LADDERS[Priority.URGENT], *repeats]
    return LADDERS.get(min(Priority(row.priority), Priority.HIGH), [])


def _breath(row: Notification, starts: datetime) -> datetime | None:
    """Until when there must be time to react to the first that was sent; None where nothing was."""
    first = row.deliveries.filter(created_at__gte=starts, digest_at=None).order_by("created_at")
    sent = first.values_list("created_at", flat=True).first()
    return sent + BREATH if sent else None


def _put(row: Notification, priority: int, number: int, due: datetime) -> None:
    args = {"notification": row.pk, "rung": number}
    queue.put("ladder", args, key=ladder_key(row.pk, number), due=due, priority=priority)


def _send(row: Notification, channel: Channel, priority: int, repeated: int) -> None:
    message = partial(Delivery, notification=row, channel=channel, revision=row.revision, step=repeated)
    if channel == Channel.PUSH:
        devices = queries.signed_in(list(row.recipient.devices.order_by("pk")))
        deliveries.put((message(device=device) for device in devices), priority)
        return
    address = attention.address_of(row.recipient)
    since = timezone.now() - MAIL_AGAIN
    recent = row.deliveries.filter(channel=channel, digest_at=None, created_at__gt=since)
    if address and not recent.exists():
        deliveries.put([message(address=address)], priority)
