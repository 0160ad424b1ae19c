"""Rules judged over time that has passed: for a site to be shown around in."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dashboard.actions import judged
from dashboard.models import Rule

from .conditions import Watch
from .evaluating import Course
from .events import titles_of
from .reading import Windows
from .schemas import STEP, parsed

AT_ONCE = 600
"""Seconds that are read together."""


def judge(rows: Sequence[Rule], first: int, end: int) -> None:
    """Judges new rules as if they had been there from `first` on: their alerts have that history. Nobody is told of
    what is over by then."""
    watches = {row.pk: Watch(row.pk, row.version, parsed(row.definition)) for row in rows}
    titles = titles_of(watch.rule for watch in watches.values())
    course = Course({}, dict.fromkeys(watches, 0), titles, only_seen=True)
    for begin in range(-(-first // STEP) * STEP, end, AT_ONCE):
        moments = range(begin, min(begin + AT_ONCE, end), STEP)
        due = {at: [one for one in watches.values() if at % one.rule.every == 0] for at in moments}
        windows = Windows([ask for at, some in due.items() for ask in course.asks(some, at)], end)
        steps = {at: course.step(some, at, windows) for at, some in due.items()}
        then = datetime.fromtimestamp(moments[-1], UTC)
        judged.write(list(Rule.objects.filter(pk__in=watches)), watches, steps, [], then, lambda: True)
