"""Telling people something, once each."""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from project.accounts.models import User
from project.jobs import queue
from project.realtime.log import Entry, NotInTransaction

from .. import metrics, queries
from ..haste import haste
from ..models import Mute, Notification, Occurrence, Priority
from . import inboxes
from .notices import Notice, titled

SOON = timedelta(seconds=30)
"""From a notification to its first push: time to see it on a page that is open."""

Reached = dict[int, int]
"""Person to notification."""


class Telling(NamedTuple):
    """One person to be told one thing; `place` is that of the notice."""

    place: int
    notice: Notice
    user_id: int
    key: str


def notify(notice: Notice, recipients: Collection[int]) -> Reached:
    """Tells each of these people, and returns who has which notification: see `notify_all`."""
    return notify_all([(notice, recipients)])[0]


def notify_all(notices: Sequence[tuple[Notice, Collection[int]]]) -> list[Reached]:
    """Tells people several things at once, in the caller's transaction, with a fixed number of queries.

    Left out are bots, people who are not active, whoever muted the source, and the actor. Somebody who was told of
    this `dedupe_key` before is not told again: their notification of that time is returned.

    Locks the inboxes of all these people until the transaction ends: call it last, and once.
    Raises NotInTransaction outside `transaction.atomic()`.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("people were to be told something outside a transaction")
    tellings = _tellings(notices) if any(recipients for _, recipients in notices) else []
    writing = _Writing(tellings)
    inboxes.write(Counter(telling.user_id for telling in tellings), writing.build)
    reached: list[Reached] = [{} for _ in notices]
    for telling in tellings:
        reached[telling.place][telling.user_id] = writing.known[telling.key, telling.user_id]
    return reached


def _tellings(notices: Sequence[tuple[Notice, Collection[int]]]) -> list[Telling]:
    found: list[Telling] = []
    asked = [(notice, () if notice.is_over else dict.fromkeys(recipients)) for notice, recipients in notices]
    everyone = {user_id for _, recipients in asked for user_id in recipients}
    there = set(queries.reachable(User.objects.filter(pk__in=everyone)).values_list("pk", flat=True))
    sources = {notice.source for notice, _ in asked} - {""}
    muted = set(
        Mute.objects.filter(user__in=there, source__in=sources).values_list("user_id", "source")
        if sources
        else ()
    )
    for place, (notice, recipients) in enumerate(asked):
        key = notice.dedupe_key or secrets.token_hex(16)
        for user_id in recipients:
            if user_id in there and user_id != notice.actor_id and (user_id, notice.source) not in muted:
                found.append(Telling(place, notice, user_id, key))
    return found


def _known(tellings: Sequence[Telling]) -> dict[tuple[str, int], int]:
    """The notifications of those who were told before."""
    keys = {telling.key for telling in tellings if telling.notice.dedupe_key}
    if not keys:
        return {}
    rows = Occurrence.objects.filter(
        dedupe_key__in=keys, recipient__in={telling.user_id for telling in tellings}
    )
    return {
        (key, user_id): pk
        for key, user_id, pk in rows.values_list("dedupe_key", "recipient_id", "notification_id")
    }


class _Writing:
    """What is written under the lock of the inboxes. `known` is complete once `build` has run."""

    def __init__(self, tellings: Sequence[Telling]) -> None:
        self.tellings = tellings
        self.known: dict[tuple[str, int], int] = {}
        self.now = timezone.now()
        self.waiting: dict[tuple[int, str], Notification] = {}
        self.told: list[tuple[Telling, Notification]] = []

    def build(self, seqs: Mapping[int, range]) -> Mapping[int, Sequence[Entry]]:
        self.known = _known(self.tellings)  # nobody else can tell these people anything now
        self.waiting = self._waiting()
        self._tell()
        rows = list({id(row): row for _, row in self.told}.values())
        by_person = inboxes.numbered(rows, seqs)
        for row in rows:
            row.news_seq = row.seq
        new = self._save(rows)
        self._occur()
        self._reach_out({row.pk: row for telling, row in self.told if telling.notice.at is None})
        transaction.on_commit(partial(metrics.count_told, [row.kind for row in rows if row.pk in new]))
        return inboxes.entries_of(by_person, new)

    def _waiting(self) -> dict[tuple[int, str], Notification]:
        """Unread notifications that what is new may go into."""
        keys = {telling.notice.collapse_key for telling in self.tellings} - {""}
        if not keys:
            return {}
        people = {telling.user_id for telling in self.tellings}
        rows = Notification.objects.filter(
            Q(read_at=None, withdrawn_at=None), recipient__in=people, collapse_key__in=keys
        )
        return {(row.recipient_id, row.collapse_key): row for row in rows}

    def _tell(self) -> None:
        occurred = set(self.known)
        for telling in self.tellings:
            if (telling.key, telling.user_id) in occurred:
                continue
            occurred.add((telling.key, telling.user_id))
            where = telling.user_id, telling.notice.collapse_key
            row = self.waiting.get(where) if telling.notice.collapse_key else None
            if row is None:
                row = self._new(telling)
                if telling.notice.collapse_key:
                    self.waiting[where] = row
            else:
                self._add_to(row, telling.notice)
            self.told.append((telling, row))

    def _new(self, telling: Telling) -> Notification:
        notice = telling.notice
        return Notification(
            recipient_id=telling.user_id,
            kind=notice.kind,
            priority=notice.priority,
            source=notice.source,
            source_name=notice.source_name,
            position=notice.position,
            title=notice.title,
            many=notice.many,
            body=notice.body,
            link=notice.link,
            actor_id=notice.actor_id,
            actions=notice.buttons(),
            collapse_key=notice.collapse_key,
            created_at=notice.at or self.now,
            updated_at=notice.at or self.now,
            expires_at=notice.expires_at,
        )

    def _add_to(self, row: Notification, notice: Notice) -> None:
        row.count += 1
        row.revision += 1
        row.title = titled(notice.title, notice.many, row.count)
        row.many, row.body, row.link = notice.many, notice.body, notice.link
        row.actor_id, row.actions, row.expires_at = notice.actor_id, notice.buttons(), notice.expires_at
        row.position = max(row.position, notice.position)
        row.priority = max(row.priority, notice.priority)
        row.updated_at, row.snoozed_until = notice.at or self.now, None

    def _save(self, rows: Sequence[Notification]) -> frozenset[int]:
        """Writes the rows, and returns the ids of the new ones."""
        new = [row for row in rows if row.pk is None]
        changed = [row for row in rows if row.pk is not None]
        Notification.objects.bulk_create(new)
        if changed:
            Notification.objects.bulk_update(changed, COLLAPSED)
        return frozenset(row.pk for row in new)

    def _occur(self) -> None:
        Occurrence.objects.bulk_create(
            Occurrence(
                recipient_id=telling.user_id,
                notification=row,
                dedupe_key=telling.key,
                title=telling.notice.title,
                body=telling.notice.body,
                link=telling.notice.link,
                position=telling.notice.position,
                seq=row.seq,
                actor_id=telling.notice.actor_id,
                actions=telling.notice.buttons(),
                at=telling.notice.at or self.now,
            )
            for telling, row in self.told
        )
        self.known |= {(telling.key, telling.user_id): row.pk for telling, row in self.told}

    def _reach_out(self, rows: Mapping[int, Notification]) -> None:
        put_ladders(rows.values())
        ends: dict[datetime, list[int]] = {}
        for row in rows.values():
            if row.expires_at:
                ends.setdefault(row.expires_at, []).append(row.pk)
        queue.put_many(
            "expire",
            [({"notifications": ids}, None, at) for at, ids in ends.items()],
        )


COLLAPSED = (
    *("count", "revision", "title", "many", "body", "link", "actor", "actions", "expires_at"),
    *("position", "priority", "updated_at", "snoozed_until", "seq", "news_seq"),
)


def ladder_key(notification_id: int, rung: int = 0) -> str:
    """The key of the job that takes a rung. Further on there is another key, so that what comes meanwhile begins at the
    first rung, and puts nothing off."""
    return f"ladder.{notification_id}.on" if rung else f"ladder.{notification_id}"


def put_ladders(rows: Collection[Notification]) -> None:
    """Sees to it that these notifications do not stay unseen: a job for each, from the first rung on."""
    now = timezone.now()
    by_haste: dict[int, list[queue.Wanted]] = {}
    for row in rows:
        if row.priority >= Priority.NORMAL:
            due = now if row.priority >= Priority.URGENT else now + SOON
            job = queue.Wanted({"notification": row.pk, "rung": 0}, ladder_key(row.pk), due)
            by_haste.setdefault(haste(row.priority, len(rows)), []).append(job)
    for priority, jobs in by_haste.items():
        queue.put_many("ladder", jobs, priority)
