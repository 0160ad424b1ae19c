"""What this app leaves to the queue."""

from django.db import transaction

from project.jobs import queue
from project.jobs.registry import job
from project.jobs.running import Running

from . import metrics
from .actions import broadcasting, pressing, reading, withdrawing

PATIENT = 50
"""Attempts for what is not done until it is done: half a day of an unreachable database."""


@job("broadcast", max_attempts=PATIENT)
def broadcast(running: Running) -> None:
    """Tells everybody, batch by batch. Each is committed by itself, so a crash resumes after the last one."""
    more = True
    while more:
        with transaction.atomic():
            more = broadcasting.next_batch(running.args["broadcast"])
            if not more:
                running.finish()


@job("withdraw", max_attempts=PATIENT)
def withdraw(running: Running) -> None:
    """Goes on taking back what too many people were told for one transaction; that puts the next job."""
    with transaction.atomic():
        withdrawing.withdraw_rest(running.args["keys"])
        running.finish()


@job("expire", max_attempts=PATIENT)
def expire(running: Running) -> None:
    """Takes back what has had its time."""
    with transaction.atomic():
        withdrawing.expire(running.args["notifications"])
        running.finish()


@job("wake", max_attempts=PATIENT)
def wake(running: Running) -> None:
    """Ends a snooze; one that was put off further is looked at again then."""
    with transaction.atomic():
        until = reading.wake(running.args["notification"])
        if until is not None:
            queue.put("wake", running.args, key=reading.wake_key(running.args["notification"]), due=until)
        running.finish()


@job("act")
def act(running: Running) -> None:
    """POSTs what a pressed button says. A crash after the POST repeats it, with the same delivery id."""
    try:
        pressing.post(**running.args)
    except Exception:
        metrics.ACTED.labels("failed").inc()
        raise
    metrics.ACTED.labels("done").inc()
