"""Who does which job: taken by compare-and-set, held by a lease, given back or away at the end."""

import logging
import random
import secrets
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from project.jobs import metrics, registry
from project.jobs.models import Job, Priority, State
from project.jobs.running import Later, LostClaim, Running

logger = logging.getLogger(__name__)

LOOK_AT_LEAST = 32  # rows of a priority, tried by each worker in an order of its own: few try the same
FAIR_SHARE = 1 / 8
"""Of all looks, those that go by the time alone: under a flood of what comes first, the rest is slow but goes on."""
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3600.0
LATER_FOR = timedelta(days=1)
"""A job that is put off for longer than this is not merely late: it counts as failing from then on."""
ERROR_MAX = 4_000  # characters of a traceback's end, which says what went wrong
WORKER_DIED = "Whoever worked on it died, or was cut off from the database for too long."


def lease() -> timedelta:
    """How long a claim holds without being renewed."""
    return timedelta(seconds=settings.JOBS_LEASE_SECONDS)


def claim(limit: int, least: int = Priority.LAST) -> list[Running]:
    """Takes up to `limit` jobs that are due, or whose worker has let its lease run out: those of a higher priority
    first, and mostly those first that have been due for longest. None whose priority is below `least`."""
    now = timezone.now()
    taken: list[Running] = []
    for row in _due(now, limit, least) if limit > 0 else ():
        if len(taken) == limit:
            break
        if found := _take(row, now):
            taken.append(found)
    return taken


def _due(now: datetime, limit: int, least: int) -> list[Job]:
    """What may be tried, in order."""
    known = Job.objects.filter(name__in=registry.names(), priority__lte=least)
    left = known.filter(state=State.RUNNING, claimed_until__lt=now).order_by("claimed_until")
    waiting = known.filter(state=State.WAITING, due_at__lte=now).order_by("due_at")
    most = max(limit, LOOK_AT_LEAST)
    rows = list(left[:limit])
    for priority in range(least + 1):  # each by itself, as an index answers that whatever waits for later
        rows += waiting.filter(priority=priority)[:most]
    if random.random() < FAIR_SHARE:  # noqa: S311
        rows = sorted(rows, key=lambda row: row.due_at)[:most]
        random.shuffle(rows)
    else:
        random.shuffle(rows)
        rows.sort(key=lambda row: row.priority)
    return rows


def _take(row: Job, now: datetime) -> Running | None:
    most = registry.handler_of(row.name).max_attempts
    as_it_was = Job.objects.filter(
        pk=row.pk, state=row.state, claim=row.claim, claimed_until=row.claimed_until, due_at=row.due_at
    )
    if row.attempts >= most:
        # It took its worker with it every time; somebody has to look at it.
        if as_it_was.update(state=State.FAILED, claim="", error=WORKER_DIED, failed_at=now):
            metrics.FAILED.labels(row.name).inc()
        return None
    token = secrets.token_hex(16)
    until = now + lease()
    taken = as_it_was.update(
        state=State.RUNNING, claim=token, claimed_until=until, attempts=F("attempts") + 1
    )
    if not taken:
        return None  # another worker was faster
    attempt = row.attempts + 1
    return Running(row.pk, row.name, row.args, attempt, attempt >= most, token, row.priority)


def renew(in_hand: Sequence[Running]) -> None:
    """Holds these for another lease. What was lost meanwhile stays lost."""
    Job.objects.filter(claim__in=[running.claim for running in in_hand], state=State.RUNNING).update(
        claimed_until=timezone.now() + lease()
    )


def run(running: Running) -> None:
    """Runs the handler, and ends the job or puts it off as the outcome says.

    Raises the ORM's errors while the database is away: the lease then runs out, and the job is taken again.
    """
    try:
        registry.handler_of(running.name).work(running)
        if not running.finished and not running.row().delete()[0]:
            raise LostClaim
    except LostClaim:
        logger.warning("%s %d was taken over by another worker", running.name, running.id)
    except Later as later:
        _put_off(running, later)
    except Exception:
        _failed(running, traceback.format_exc()[-ERROR_MAX:])
    else:
        metrics.DONE.labels(running.name).inc()


def _put_off(running: Running, later: Later) -> None:
    patient = running.row().filter(created_at__gt=timezone.now() - LATER_FOR)
    if not patient.exists():
        _failed(running, f"Put off for more than {LATER_FOR.days} day, and {later}.")
        return
    _wait(running, later.seconds, attempts=running.attempt - 1, error="")


def _failed(running: Running, error: str) -> None:
    if running.is_last:
        logger.error("%s %d failed for good: %s", running.name, running.id, error)
        running.row().update(state=State.FAILED, claim="", error=error, failed_at=timezone.now())
        metrics.FAILED.labels(running.name).inc()
    else:
        logger.warning("%s %d failed, attempt %d: %s", running.name, running.id, running.attempt, error)
        _wait(running, pause(running.attempt), attempts=running.attempt, error=error)
        metrics.RETRIED.labels(running.name).inc()


def pause(attempt: int) -> float:
    """Seconds until the next attempt: anything up to a bound that doubles, so that those who failed together do not
    come back together."""
    return random.uniform(0, min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS))  # noqa: S311


def _wait(running: Running, seconds: float, *, attempts: int, error: str) -> None:
    due = timezone.now() + timedelta(seconds=seconds)
    try:
        with transaction.atomic():
            running.row().update(
                state=State.WAITING, claim="", claimed_until=None, due_at=due, attempts=attempts, error=error
            )
    except IntegrityError:
        # The same was put again while this ran, so that one waits now and will do it.
        running.row().delete()
