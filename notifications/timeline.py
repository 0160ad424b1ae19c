"""What became of one notification, moment by moment: for whoever asks why something did not reach somebody."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from project.jobs.models import Job, State

from .actions.copies import copies_key
from .actions.reading import wake_key
from .actions.telling import ladder_key
from .models import Delivery, DeliveryState, Notification, Settings


class Moment(NamedTuple):
    """Something that happened, or that is going to."""

    at: datetime
    what: str


def moments_of(row: Notification) -> list[Moment]:
    """All that is known of a notification, in order."""
    return sorted([*_own(row), *_deliveries(row), *_ahead(row)])


def _own(row: Notification) -> Iterator[Moment]:
    for occurrence in row.occurrences.order_by("pk"):
        yield Moment(occurrence.at, f"Told: {occurrence.title}")
    for at, what in (
        (row.read_at, "Read"),
        (row.acknowledged_at, "Acknowledged"),
        (row.withdrawn_at, "Withdrawn"),
        (row.snoozed_until, "Snoozed until now"),
        (row.woke_at, "Back from a snooze"),
        (row.expires_at, "Its time is over"),
    ):
        if at:
            yield Moment(at, what)
    seen_seq = Settings.objects.filter(user=row.recipient_id).values_list("seen_seq", flat=True).first() or 0
    if row.read_at is None and seen_seq >= row.news_seq:
        yield Moment(row.updated_at, "Seen since, in an open page or a push")


def _deliveries(row: Notification) -> Iterator[Moment]:
    for delivery in row.deliveries.select_related("device").order_by("pk"):
        where = _where(delivery)
        yield Moment(delivery.created_at, f"{where} put into the queue")
        if delivery.attempted_at:
            tries = f"tried {delivery.attempts} times" if delivery.attempts > 1 else "tried"
            yield Moment(delivery.attempted_at, f"{where} {tries}")
        if delivery.finished_at:
            state = DeliveryState(delivery.state).label.lower()
            yield Moment(delivery.finished_at, f"{where}: {state}{_because(delivery)}")
        elif delivery.error:
            yield Moment(delivery.attempted_at or delivery.created_at, f"{where} not yet{_because(delivery)}")


def what_is(delivery: Delivery) -> str:
    """What is brought to somebody by it, and how."""
    channel = delivery.get_channel_display().lower()
    if delivery.withdraws:
        return f"Withdrawal by {channel}"
    if delivery.digest_at:
        return f"Digest by {channel}"
    told = "Correction to revision" if delivery.corrects else "Revision"
    return f"{told} {delivery.revision} by {channel}"


def _where(delivery: Delivery) -> str:
    to = delivery.address or (str(delivery.device) if delivery.device else "a device that is gone")
    return f"{what_is(delivery)} to {to}"


def _because(delivery: Delivery) -> str:
    return f" ({delivery.error})" if delivery.error else ""


def _ahead(row: Notification) -> Iterator[Moment]:
    keys = [ladder_key(row.pk), ladder_key(row.pk, rung=1), wake_key(row.pk), copies_key(row.pk)]
    jobs = Job.objects.filter(key__in=keys)
    says = {
        "ladder": "Will be looked at again, and sent on if it is not seen",
        "wake": "Will wait again",
        "copies": "Pushed copies will be taken back, or corrected",
    }
    for job in jobs:
        failed = " (failed for good: see the jobs)" if job.state == State.FAILED else ""
        yield Moment(job.due_at, says[job.name] + failed)
