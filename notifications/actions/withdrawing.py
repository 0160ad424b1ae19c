"""Taking back what people were told. What it said goes too, from the tables and from the events kept in the log."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from project.jobs import queue
from project.realtime import log
from project.realtime.log import Entry

from .. import events, metrics
from ..access import stream_of
from ..models import BODY_MAX, Audience, Broadcast, Deed, Notification, Occurrence
from . import inboxes
from .copies import check_copies
from .notices import clipped, titled

AT_ONCE = 200
"""People in one transaction. Beyond it the rest is a job's, so that taking back a message never takes long."""

SHOWN = (
    *("title", "many", "body", "link", "actor", "actions", "position", "count", "revision"),
    *("updated_at", "seq", "news_seq"),
)
ROWS_AT_ONCE = 200
"""Rows of values of their own in a statement: Django takes some milliseconds to write one down."""


@transaction.atomic
def withdraw(keys: str | Collection[str], recipients: Collection[int] | None = None) -> int:
    """Takes what happened under these dedupe keys back, from all or these people; returns how many they are.

    A notification that stands for others too goes on with those; else it is withdrawn. Without `recipients`, what is
    still being broadcast stops, and people beyond AT_ONCE follow in the background. The keys are free at once: what is
    told under them from now on is new, and stays.
    """
    keys = _listed(keys)
    if recipients is None:
        stop_broadcasts(keys)
    people = _told_of(keys, recipients)
    _withdraw(keys, people[:AT_ONCE] if recipients is None else people)
    if recipients is None and len(people) > AT_ONCE:
        queue.put("withdraw", {"keys": _set_aside(keys)})
    return len(people)


@transaction.atomic
def withdraw_rest(keys: Collection[str]) -> None:
    """Takes the next back of what was set aside, and puts the job for those who are left then."""
    people = _told_of(keys)
    _withdraw(keys, people[:AT_ONCE])
    if len(people) > AT_ONCE:
        queue.put("withdraw", {"keys": sorted(keys)})


def _set_aside(keys: Collection[str]) -> list[str]:
    """Gives what is left under these keys other ones, that nothing will ever be told under; returns those."""
    aside = {}
    for key in Occurrence.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True).distinct():
        aside[key] = f"withdrawn.{secrets.token_hex(16)}"
        Occurrence.objects.filter(dedupe_key=key).update(dedupe_key=aside[key])
    return sorted(aside.values())


def _told_of(keys: Collection[str], among: Collection[int] | None = None) -> list[int]:
    found = Occurrence.objects.filter(dedupe_key__in=keys)
    if among is not None:
        found = found.filter(recipient__in=among)
    return sorted(found.values_list("recipient", flat=True).distinct())


def _listed(keys: str | Collection[str]) -> list[str]:
    return [keys] if isinstance(keys, str) else sorted(keys)


def _withdraw(keys: Collection[str], people: Sequence[int]) -> None:
    found = Occurrence.objects.filter(dedupe_key__in=keys)

    def build(seqs: Mapping[int, range]) -> Mapping[int, Sequence[Entry]]:
        gone = list(found.filter(recipient__in=people).values_list("pk", "notification_id"))
        Occurrence.objects.filter(pk__in=[pk for pk, _ in gone]).delete()
        return _tell_of(Counter(pk for _, pk in gone), seqs)

    inboxes.write(dict.fromkeys(people, len(keys)), build)


def withdraw_source(source: str, recipients: Iterable[int]) -> None:
    """Takes back everything from a source that these people have not read, and keeps what apps are still telling of it
    from reaching them. In the caller's transaction."""
    people = set(recipients)
    leave_out(Q(notice__source=source), people)
    rows = Notification.objects.filter(recipient__in=people, source=source)
    _withdraw_rows(rows, Q(read_at=None, withdrawn_at=None))


@transaction.atomic
def withdraw_notifications(ids: Collection[int]) -> int:
    """Takes these notifications back, read or not; returns how many there were."""
    rows = Notification.objects.filter(pk__in=ids)
    count = rows.filter(withdrawn_at=None).count()
    _withdraw_rows(rows, Q(withdrawn_at=None))
    return count


@transaction.atomic
def expire(ids: Collection[int]) -> None:
    """Takes back those of these notifications whose time is over and that nobody has read."""
    due = Q(read_at=None, withdrawn_at=None, expires_at__lte=timezone.now())
    _withdraw_rows(Notification.objects.filter(pk__in=ids), due)


def _withdraw_rows(rows: QuerySet[Notification], which: Q) -> None:
    most = dict(rows.filter(which).order_by().values_list("recipient").annotate(Count("pk")))

    def build(seqs: Mapping[int, range]) -> Mapping[int, Sequence[Entry]]:
        mine: dict[int, list[int]] = {user_id: [] for user_id in seqs}
        for pk, user_id in rows.filter(which, recipient__in=list(seqs)).values_list("pk", "recipient"):
            mine[user_id].append(pk)
        ids = [pk for user_id, own in mine.items() for pk in own[: len(seqs[user_id])]]
        Occurrence.objects.filter(notification__in=ids).delete()
        return _tell_of(Counter(ids), seqs)

    inboxes.write(most, build)


@transaction.atomic
def amend(keys: str | Collection[str], recipients: Collection[int], body: str) -> None:
    """Replaces what happened under these dedupe keys says, where these people were told of it: nobody is told again,
    but what is on their screens is corrected."""
    keys, people, body = _listed(keys), sorted(recipients), clipped(body, BODY_MAX)

    def build(seqs: Mapping[int, range]) -> Mapping[int, Sequence[Entry]]:
        rows = Occurrence.objects.filter(dedupe_key__in=keys, recipient__in=people).exclude(body=body)
        ids = set(rows.values_list("notification_id", flat=True))
        rows.update(body=body)
        return _tell_of(Counter(dict.fromkeys(ids, 0)), seqs)

    inboxes.write(dict.fromkeys(people, len(keys)), build)


def _tell_of(gone: Counter[int], seqs: Mapping[int, range]) -> dict[int, list[Entry]]:
    """Makes notifications show what is left of them, after so many of their occurrences have gone."""
    rows = list(Notification.objects.filter(pk__in=gone, withdrawn_at=None).order_by("pk"))
    left = _left(rows)
    mine = inboxes.numbered(rows, seqs)
    now = timezone.now()
    shown = [row for row in rows if row.pk in left]
    for row in shown:
        _show(row, *left[row.pk])
    Notification.objects.bulk_update(shown, SHOWN, batch_size=ROWS_AT_ONCE)
    _empty([row for row in rows if row.pk not in left], now)
    _forget(rows)
    check_copies([row.pk for row in rows])
    withdrawn = sum(row.withdrawn_at is not None for row in rows)
    transaction.on_commit(partial(metrics.WITHDRAWN.inc, withdrawn))
    return inboxes.entries_of(mine)


def _left(rows: Iterable[Notification]) -> dict[int, tuple[int, Occurrence]]:
    """How many occurrences each of these still has, and the last one. There may be thousands of one notification."""
    own = Occurrence.objects.filter(notification__in=rows).order_by().values("notification")
    ends = {
        one["notification"]: (one["count"], one["last"])
        for one in own.annotate(count=Count("pk"), last=Max("pk"))
    }
    last = Occurrence.objects.in_bulk([pk for _, pk in ends.values()])
    return {pk: (count, last[end]) for pk, (count, end) in ends.items()}


def _empty(rows: Sequence[Notification], now: datetime) -> None:
    nothing: dict[str, Any] = dict.fromkeys(("title", "many", "body", "link"), "")
    nothing |= {"actions": [], "withdrawn_at": now, "snoozed_until": None}
    for row in rows:
        for name, value in nothing.items():
            setattr(row, name, value)
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(**nothing)
    Notification.objects.bulk_update(rows, ("seq",), batch_size=ROWS_AT_ONCE)


def _show(row: Notification, count: int, last: Occurrence) -> None:
    before = _shown(row)
    row.count = count
    row.title = titled(last.title, row.many, row.count)
    row.body, row.link, row.actor_id, row.position = last.body, last.link, last.actor_id, last.position
    row.actions, row.news_seq = last.actions, last.seq
    row.revision += _shown(row) != before


def _shown(row: Notification) -> tuple[Any, ...]:
    return row.count, row.title, row.body, row.link, row.actor_id, row.actions


def _forget(rows: Sequence[Notification]) -> None:
    """Makes older events about these notifications say no more than the newest does."""
    now_said = {events.subject(row.pk): events.notification(row, None) for row in rows}

    def rewrite(subject: str, _: str, data: dict[str, Any]) -> dict[str, Any]:
        return data | {key: now_said[subject][key] for key in ("title", "body", "link", "actions")}

    log.redact_each([(stream_of(row.recipient_id), events.subject(row.pk)) for row in rows], rewrite)


def stop_broadcasts(keys: Collection[str]) -> None:
    """Waits for the batch that is under way: whom it reaches is found then, and nobody comes after. What these said is
    forgotten."""
    for row in Broadcast.objects.filter(dedupe_key__in=keys).select_for_update().order_by("pk"):
        _stop(row)


def leave_out(which: Q, people: Collection[int]) -> None:
    """Keeps those of these broadcasts that are to tell people by name from reaching these people. Waits like
    `stop_broadcasts`; one that has nobody left stops."""
    coming = Broadcast.objects.filter(which, deed=Deed.TELL, finished_at=None, audience=Audience.PEOPLE)
    for row in coming.select_for_update().order_by("pk"):
        row.people = [pk for pk in row.people if pk not in people]
        row.save(update_fields=("people",))
        if not row.people:
            _stop(row)


def _stop(row: Broadcast) -> None:
    if row.has_no_sender:
        row.delete()
        return
    row.finished_at = row.finished_at or timezone.now()
    row.notice |= {"title": "", "many": "", "body": "", "link": "", "actions": []}
    row.save(update_fields=("finished_at", "notice"))
