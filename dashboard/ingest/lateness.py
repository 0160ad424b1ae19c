"""What comes too late: by the time of its source and not by the clock, so that one that was away goes on where it had
stopped."""

from collections.abc import Callable, Sequence
from functools import partial

from django.conf import settings

from dashboard.models import DeadLetter
from dashboard.tiers import FINEST

from . import checks, sources
from .points import Point, Push, Rejection, Sender

LETTERS_PER_PUSH = 100
"""Kept of what came too late: enough to see what is wrong with a sender."""
DROPPING_SECONDS = 60
"""So long before windows of a second are dropped, nothing is written into them any more."""


def sort_out(pushes: Sequence[Push], now: float) -> list[list[DeadLetter]]:
    """Moves what cannot be taken for its time to the rejected; returns for each push what of it is to be kept."""
    oldest = now - FINEST.keep_seconds + DROPPING_SECONDS

    def impossible(point: Point) -> str:
        try:
            checks.check_time(point.at, oldest, now)
        except checks.Refused as refusal:
            return refusal.reason
        return ""

    gone = [_refuse(push, impossible) for push in pushes]
    return [some + more for some, more in zip(gone, late(pushes, now), strict=True)]


def late(pushes: Sequence[Push], now: float, *, hold: bool = False) -> list[list[DeadLetter]]:
    """The same for what is behind its source. With `hold`, in a transaction, no source moves on before that ends: what
    was not late then is taken."""
    usual = now - settings.METRICS_LATE_SECONDS
    if not any(point.at < usual for push in pushes for point in push.points):
        return [[] for _ in pushes]
    keys = {sources.key_of(push.sender.key, point.agent) for push in pushes for point in push.points}
    marks = sources.watermarks(keys, hold=hold)

    def behind(point: Point, sender: str) -> str:
        mark = marks.get(sources.key_of(sender, point.agent), now)
        return checks.TOO_LATE if point.at < min(now, mark) - settings.METRICS_LATE_SECONDS else ""

    return [_refuse(push, partial(behind, sender=push.sender.key)) for push in pushes]


def _refuse(push: Push, reason_of: Callable[[Point], str]) -> list[DeadLetter]:
    good: list[Point] = []
    letters: list[DeadLetter] = []
    for point in push.points:
        if reason := reason_of(point):
            push.rejected.append(Rejection(point.index, reason, point.agent))
            if reason == checks.TOO_LATE and len(letters) < LETTERS_PER_PUSH:
                letters.append(_letter(push.sender, point))
        else:
            good.append(point)
    push.points = good
    return letters


def _letter(sender: Sender, point: Point) -> DeadLetter:
    value = repr(point.value) if point.distribution is None else f"{point.distribution.count} values"
    return DeadLetter(
        sender=sender.key,
        metric=point.name,
        labels=point.labels,
        value=value[:40],
        measured_at=point.at,
        reason=checks.TOO_LATE,
    )
