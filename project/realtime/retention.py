"""Forgets old events, by each stream kind's own measure, in small transactions beside the append path."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from project.realtime import access, streams
from project.realtime.models import Event, Stream

BATCH_EVENTS = 5_000
"""One transaction. Longer ones would hold the write lock of an SQLite site for too long."""
CONTROL = streams.Retention(days=7, count=100_000)

_others: list[Callable[[], int]] = []


def register(prune: Callable[[], int]) -> None:
    """Has an app's own `prune()` called whenever events are pruned. It returns how many rows it removed."""
    _others.append(prune)


def prune() -> int:
    """Removes what is past its retention and returns how many rows that were.

    A stream's `oldest` moves first: a reader that comes in between is told `reset`, never given a part.
    """
    return prune_events() + sum(other() for other in _others)


def prune_events() -> int:
    """Removes the events that are past their kind's retention and returns how many that were."""
    return sum(_prune(stream, rule) for stream in Stream.objects.all() if (rule := _rule(stream.name)))


def _rule(name: str) -> streams.Retention | None:
    if name == access.CONTROL_STREAM:
        return CONTROL
    kind = streams.kind_of(name)
    return kind.retention if kind else None


def _prune(stream: Stream, rule: streams.Retention) -> int:
    too_old = Event.objects.filter(stream=stream, at__lt=timezone.now() - timedelta(days=rule.days))
    last = max(too_old.aggregate(last=Max("seq"))["last"] or 0, stream.head - rule.count, stream.oldest - 1)
    Stream.objects.filter(pk=stream.pk, oldest__lte=last).update(oldest=last + 1)
    # From the first that is there: a run that was interrupted may have left some before `oldest`.
    first = Event.objects.filter(stream=stream).aggregate(first=Min("seq"))["first"] or last + 1
    removed = 0
    for start in range(first, last + 1, BATCH_EVENTS):
        end = min(start + BATCH_EVENTS - 1, last)
        with transaction.atomic():
            removed += Event.objects.filter(stream=stream, seq__range=(start, end)).delete()[0]
    return removed
