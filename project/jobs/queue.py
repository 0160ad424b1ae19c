"""Putting work into the queue, in the transaction that makes it necessary."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from project.jobs import wake
from project.jobs.models import Job, Priority, State

_INSERT = """
    INSERT INTO jobs_job (name, key, args, priority, due_at, state, attempts, claim, error, created_at) VALUES
"""
_ROW = "(%s, %s, %s, %s, %s, 'waiting', 0, '', '', %s)"
_MERGE = """
    ON CONFLICT (key) WHERE state = 'waiting'
    DO UPDATE SET
        args = CASE WHEN EXCLUDED.due_at < jobs_job.due_at THEN EXCLUDED.args ELSE jobs_job.args END,
        due_at = CASE WHEN EXCLUDED.due_at < jobs_job.due_at THEN EXCLUDED.due_at ELSE jobs_job.due_at END,
        priority = CASE WHEN EXCLUDED.priority < jobs_job.priority THEN EXCLUDED.priority ELSE jobs_job.priority END
    WHERE EXCLUDED.due_at < jobs_job.due_at OR EXCLUDED.priority < jobs_job.priority
"""
ROWS_PER_INSERT = 1000
"""SQLite takes at most 32,766 values in a statement."""


class Wanted(NamedTuple):
    """A job to put: its arguments, its key if it has one, and when it is due if not now."""

    args: Mapping[str, Any]
    key: str | None = None
    due: datetime | None = None


def put(
    name: str,
    args: Mapping[str, Any],
    *,
    key: str | None = None,
    due: datetime | None = None,
    priority: int = Priority.NORMAL,
) -> None:
    """Adds a job that is run at `due`, or as soon as the caller's transaction has committed.

    Of jobs with one key only one waits: the one that is due first, with the higher priority of them. A running one does
    not count, since it may have looked before this was put.
    """
    put_many(name, [Wanted(args, key, due)], priority)


def put_many(
    name: str,
    jobs: Iterable[tuple[Mapping[str, Any], str | None, datetime | None]],
    priority: int = Priority.NORMAL,
) -> None:
    """The same for many, in one statement for each thousand."""
    now = timezone.now()
    first: dict[str, tuple[Mapping[str, Any], datetime]] = {}
    for args, key, due in jobs:
        key, due = key or secrets.token_hex(16), due or now
        if key not in first or due < first[key][1]:
            first[key] = (args, due)
    if not first:
        return
    rows = [(name, key, args, priority, due, now) for key, (args, due) in sorted(first.items())]
    for start in range(0, len(rows), ROWS_PER_INSERT):
        _insert(rows[start : start + ROWS_PER_INSERT])
    if any(due <= now for _, due in first.values()):
        transaction.on_commit(wake.now)


def drop(keys: Iterable[str]) -> None:
    """Takes back the jobs with these keys that still wait. One that runs goes on."""
    with transaction.atomic():
        # In the order in which `put_many` locks them, so that neither can wait for the other.
        found = Job.objects.filter(key__in=list(keys), state=State.WAITING).order_by("key")
        Job.objects.filter(pk__in=list(found.select_for_update().values_list("pk", flat=True))).delete()


def try_again(ids: Iterable[int]) -> int:
    """Gives failed jobs all their attempts again, at once, and returns how many. Where the same key waits already,
    that one is enough and the failed one goes."""
    with transaction.atomic():
        failed = list(Job.objects.select_for_update().filter(pk__in=list(ids), state=State.FAILED))
        Job.objects.filter(pk__in=[row.pk for row in failed]).delete()
        for row in failed:
            put(row.name, row.args, key=row.key, priority=row.priority)
    return len(failed)


def _insert(rows: Sequence[tuple[str, str, Mapping[str, Any], int, datetime, datetime]]) -> None:
    values: list[Any] = []
    for name, key, args, priority, due, now in rows:
        said = connection.ops.adapt_json_value(dict(args), None)
        values += (name, key, said, priority, _moment(due), _moment(now))
    with connection.cursor() as sql:
        sql.execute(_INSERT + ", ".join([_ROW] * len(rows)) + _MERGE, values)


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
