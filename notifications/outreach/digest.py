"""The digest: one letter a day or a week about what is still unread, put together when it is sent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from project.jobs import queue
from project.jobs.registry import job
from project.jobs.running import Running

from .. import queries
from ..haste import Haste
from ..models import DeliveryState, Digest, Notification, Priority, Settings
from . import addresses, attention, letters, metrics
from .mail import MAX_ATTEMPTS, message_id
from .parts import Parts

SHOWN_MAX = 30  # notifications in one letter; of more, the number is told
MONDAY = 0


def schedule(own: Settings) -> None:
    """Puts the job of this person's next digest, or takes it back where they want none. In the caller's transaction."""
    queue.drop([_key(own.user_id)])
    if own.digest != Digest.OFF:
        due = next_time(own, timezone.now())
        args = {"user": own.user_id, "at": due.isoformat()}
        queue.put("digest", args, key=_key(own.user_id), due=due, priority=Haste.LAST)


def next_time(own: Settings, after: datetime) -> datetime:
    """The first moment after `after` at which this person wants their digest, by the clocks where they are."""
    zone = ZoneInfo(own.user.time_zone)
    day = after.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, own.digest_at, zone)
        fits = own.digest == Digest.DAILY or day.weekday() == MONDAY
        if fits and moment.timestamp() > after.timestamp():
            return moment
        day += timedelta(days=1)


@job("digest", max_attempts=MAX_ATTEMPTS)
def digest(running: Running) -> None:
    """Sends one person's digest, if there is anything new in it, and puts the job of the next.

    That it is about to be sent is committed before. After a crash in between it is sent again, as the same message.
    """
    own = Settings.objects.select_related("user").filter(user=running.args["user"]).first()
    at = parse_datetime(running.args["at"])
    if not own or not at or own.digest == Digest.OFF or not own.user.is_active:
        return _end(running)
    parts = Parts(own.user_id, at)
    try:
        state, error = _send(own, at, parts), ""
    except letters.Undeliverable as undeliverable:  # the address is at fault, today and for this letter alone
        state, error = DeliveryState.FAILED, str(undeliverable)
    except Exception as failure:
        _failed(running, parts, f"{type(failure).__name__}: {failure}")
        raise
    return _end(running, parts, state, error)


def _failed(running: Running, parts: Parts, error: str) -> None:
    if not running.is_last:
        return parts.note(error)
    with transaction.atomic():  # this one has failed for good; the next one has not
        parts.end(DeliveryState.FAILED, error)
        _schedule_next(running)
    return None


@transaction.atomic
def _end(
    running: Running,
    parts: Parts | None = None,
    state: DeliveryState = DeliveryState.SKIPPED,
    error: str = "",
) -> None:
    if parts:
        parts.end(state, error)
    running.finish()
    _schedule_next(running)


def _schedule_next(running: Running) -> None:
    # Under its lock, so that what is chosen meanwhile is either seen here or puts its own.
    latest = Settings.objects.select_for_update(of=("self",)).select_related("user")
    if row := latest.filter(user=running.args["user"]).first():
        schedule(row)


def _send(own: Settings, at: datetime, parts: Parts) -> DeliveryState:
    rows = queries.inbox(own.user_id).filter(queries.WAITING, priority__gt=Priority.QUIET)
    rows = rows.exclude(expires_at__lte=timezone.now())
    rows = rows.select_related("actor").order_by("-priority", "-updated_at")
    period = timedelta(days=1 if own.digest == Digest.DAILY else 7)
    address = attention.address_of(own.user)
    if not address or not rows.filter(updated_at__gt=at - period).exists():
        return DeliveryState.SKIPPED
    found, count = list(rows[:SHOWN_MAX]), rows.count()
    parts.begin(found, address)
    letters.send(
        "digest",
        {
            "name": own.user.name,
            "notes": [(row, addresses.whole(f"/notifications/{row.pk}/open/")) for row in found],
            "count": count,
            "more": count - len(found),
            "inbox": addresses.whole("/notifications/"),
            "period": "day" if own.digest == Digest.DAILY else "week",
        },
        subject=_subject(found, count),
        to=address,
        message_id=message_id("digest", own.user_id, at.isoformat()),
        unsubscribe=addresses.unsubscribe(own.user_id, addresses.DIGEST),
    )
    metrics.DIGESTS.inc()
    return DeliveryState.DELIVERED


def _subject(found: list[Notification], count: int) -> str:
    return f"Unread: {found[0].title}" if count == 1 else f"{count} unread: {found[0].title}"


def _key(user_id: int) -> str:
    return f"digest.{user_id}"
