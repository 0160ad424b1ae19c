"""What people do with what they were told: read it, put it off, take it upon themselves, look at it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from project.jobs import queue
from project.realtime.log import Entry

from .. import events, kinds, metrics, queries
from ..models import Notification, Occurrence, Settings
from . import inboxes, telling
from .copies import check_copies

OPEN = Q(read_at=None, withdrawn_at=None)


class Read(NamedTuple):
    """How many still wait, and by which moment what was read now is found again; None: nothing was."""

    unread: int
    read_at: datetime | None


def read(user_id: int, ids: Collection[int], up_to: int | None = None) -> int:
    """Marks these notifications read, on all devices; returns how many still wait.

    With `up_to`, only those that did not change after the inbox stream's seq `up_to`.
    """
    limit = Q() if up_to is None else Q(seq__lte=up_to)
    return _read(user_id, Q(pk__in=ids) & limit, events.read).unread


def read_all(user_id: int, up_to: int | None = None) -> Read:
    """Marks everything read that waits, or that waited as of the inbox stream's seq `up_to`."""

    head = queries.position(user_id)
    seq = head if up_to is None else min(up_to, head)

    def entry(ids: Sequence[int], at: datetime, unread: int) -> Entry:
        return events.read_up_to(seq, at, unread)

    return _read(user_id, Q(snoozed_until=None, seq__lte=seq), entry)


def read_source(user_id: int, source: str, position: int) -> int:
    """Marks everything read that comes from a source, as far as `position` in it."""
    return _read(user_id, Q(source=source, position__lte=position), events.read).unread


def _read(user_id: int, which: Q, entry: Callable[[Sequence[int], datetime, int], Entry]) -> Read:
    rows = Notification.objects.filter(OPEN, which, recipient=user_id)
    if not rows.exists():  # mostly, and then nobody's lock is taken
        return Read(queries.unread(user_id), None)
    unread, read_at = 0, None

    def build(seqs: Mapping[int, range]) -> Mapping[int, Sequence[Entry]]:
        nonlocal unread, read_at
        found = list(rows.values_list("pk", "news_seq", "updated_at"))
        ids, now = sorted(pk for pk, _, _ in found), _now()
        Notification.objects.filter(pk__in=ids).update(read_at=now, snoozed_until=None)
        unread = queries.unread(user_id)
        if not ids:
            return {}
        read_at = now
        check_copies(ids)
        _count_seen(user_id, [(seq, at) for _, seq, at in found], now)
        return {user_id: [entry(ids, now, unread)]}

    with transaction.atomic():
        inboxes.write({user_id: 1}, build)
    return Read(unread, read_at)


def _count_seen(user_id: int, told: Collection[tuple[int, datetime]], now: datetime) -> None:
    """Counts what was told with these seqs, at these moments, and was not before this person's eyes until now."""
    seen = Settings.objects.filter(user=user_id).values_list("seen_seq", flat=True).first() or 0
    delays = [now - at for seq, at in told if seq > seen]
    transaction.on_commit(partial(metrics.count_seen, delays))


def _now() -> datetime:
    """To the millisecond: by what the wire says, what was read at once is found again."""
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def unread_all(user_id: int, read_at: datetime) -> int:
    """Makes everything wait again that was read at this moment, as far as nobody has acknowledged it since; returns how
    many wait."""
    rows = Notification.objects.filter(
        recipient=user_id, read_at=read_at, acknowledged_at=None, withdrawn_at=None
    )

    def build(seqs: Mapping[int, range]) -> Mapping[int, Sequence[Entry]]:
        waiting = Notification.objects.filter(OPEN, recipient=user_id).exclude(collapse_key="")
        # What came after these were read waits under their keys.
        rows.filter(collapse_key__in=list(waiting.values_list("collapse_key", flat=True))).update(
            collapse_key=""
        )
        if not rows.update(read_at=None):
            return {}
        return {user_id: [events.restored(read_at, queries.unread(user_id))]}

    if rows.exists():
        with transaction.atomic():
            inboxes.write({user_id: 1}, build)
    return queries.unread(user_id)


def unread(user_id: int, ids: Collection[int]) -> int:
    """Makes these notifications wait again, and no longer acknowledged."""

    def change(rows: Sequence[Notification], now: datetime) -> None:
        for row in rows:
            row.read_at = row.acknowledged_at = None
            if _taken(row):  # what came after it was read waits under this key
                row.collapse_key = ""
            row.save(update_fields=("read_at", "acknowledged_at", "collapse_key", "seq"))

    return _update(user_id, ids, Q(read_at__isnull=False), change)


def _taken(row: Notification) -> bool:
    same = Notification.objects.filter(OPEN, recipient=row.recipient_id, collapse_key=row.collapse_key)
    return bool(row.collapse_key) and same.exclude(pk=row.pk).exists()


def snooze(user_id: int, ids: Collection[int], until: datetime | None) -> int:
    """Puts these notifications off until then, or with None makes them wait again."""

    def change(rows: Sequence[Notification], now: datetime) -> None:
        for row in rows:
            row.snoozed_until = until
        Notification.objects.bulk_update(rows, ("snoozed_until", "seq"))
        if until:
            queue.put_many("wake", [({"notification": row.pk}, wake_key(row.pk), until) for row in rows])
            check_copies([row.pk for row in rows])

    which = OPEN if until else OPEN & Q(snoozed_until__isnull=False)
    return _update(user_id, ids, which, change)


def wake_key(notification_id: int) -> str:
    """The key of the job that ends a notification's snooze."""
    return f"wake.{notification_id}"


def wake(notification_id: int) -> datetime | None:
    """Makes a snoozed notification news again when its time has come, or says when that is."""
    row = Notification.objects.filter(OPEN, pk=notification_id, snoozed_until__isnull=False).first()
    if row is None or row.snoozed_until is None:
        return None
    if row.snoozed_until > timezone.now():
        return row.snoozed_until

    def change(rows: Sequence[Notification], now: datetime) -> None:
        for row in rows:
            row.snoozed_until, row.woke_at, row.updated_at, row.news_seq = None, now, now, row.seq
            row.revision += 1
            Occurrence.objects.filter(notification=row).update(seq=row.seq)
        fields = ("snoozed_until", "woke_at", "updated_at", "revision", "seq", "news_seq")
        Notification.objects.bulk_update(rows, fields)
        telling.put_ladders(rows)

    _update(row.recipient_id, [row.pk], OPEN & Q(snoozed_until__lte=timezone.now()), change)
    return None


def acknowledge(user_id: int, ids: Collection[int], *, elsewhere: bool = False) -> int:
    """Says that this person takes care of it: what is urgent is not repeated, and goes to nobody else. With
    `elsewhere`, it was somebody else who does, and this person may have seen nothing of it."""

    def change(rows: Sequence[Notification], now: datetime) -> None:
        if not elsewhere:
            _count_seen(user_id, [(row.news_seq, row.updated_at) for row in rows if row.is_open], now)
        for row in rows:
            row.acknowledged_at, row.snoozed_until = now, None
            row.read_at = row.read_at or now
        Notification.objects.bulk_update(rows, ("acknowledged_at", "snoozed_until", "read_at", "seq"))
        check_copies([row.pk for row in rows])
        _tell_apps(user_id, rows)

    return _update(user_id, ids, Q(acknowledged_at=None, withdrawn_at=None), change)


def _tell_apps(user_id: int, rows: Sequence[Notification]) -> None:
    """Lets the apps know what somebody has acknowledged, that want to."""
    for kind in kinds.registered():
        told = [row for row in rows if row.kind == kind.name]
        if told and kind.acknowledged:
            keys = Occurrence.objects.filter(notification__in=told).order_by("pk")
            kind.acknowledged(user_id, list(keys.values_list("dedupe_key", flat=True)))


def _update(
    user_id: int,
    ids: Collection[int],
    which: Q,
    change: Callable[[Sequence[Notification], datetime], None],
) -> int:
    """Changes somebody's own notifications of these ids, where they are still as `which` says."""
    rows: QuerySet[Notification] = Notification.objects.filter(
        which, recipient=user_id, pk__in=ids, withdrawn_at=None
    )

    def build(seqs: Mapping[int, range]) -> Mapping[int, Sequence[Entry]]:
        found = list(rows.order_by("pk")[: len(seqs[user_id])])
        mine = inboxes.numbered(found, seqs)
        change(found, timezone.now())
        return inboxes.entries_of(mine)

    if rows.exists():
        with transaction.atomic():
            inboxes.write({user_id: len(ids)}, build)
    return queries.unread(user_id)


def seen(user_id: int, seq: int) -> int:
    """Says that this person has looked at their inbox as far as the stream's seq; returns how far they have now.

    Moved by a page that is visible and by a push that is clicked, never by a connection alone. Never moves back.
    """
    seq = min(seq, queries.position(user_id))
    with transaction.atomic():
        Settings.objects.get_or_create(user_id=user_id)
        own = Settings.objects.select_for_update().get(user_id=user_id)
        if own.seen_seq >= seq:
            return own.seen_seq
        before, own.seen_seq = own.seen_seq, seq
        own.save(update_fields=("seen_seq",))
        now = timezone.now()
        rows = Notification.objects.filter(OPEN, recipient=user_id, news_seq__gt=before, news_seq__lte=seq)
        delays = [now - at for at in rows.values_list("updated_at", flat=True)]
        transaction.on_commit(partial(metrics.count_seen, delays))
    return seq
