"""What has changed in closed windows, on its way to the boards: noted by who changes it, told by the ticker."""

from collections.abc import Iterable
from typing import NamedTuple

from .models import Revision

REACH_SECONDS = 5_000
"""No chart goes further back in windows of a second: it is the largest `width` of a read. What changes before that is
not told window by window; whoever shows it is told to read it anew."""
APART_SECONDS = 15
"""Nobody is told to read anew more often than that, however long a sender goes on sending what it has kept."""
AT_ONCE = 200
"""Windows told in one beat."""
MANY = 2_000
"""If there are more to be told, reading anew is quicker than ten beats of them."""
READ_MAX = 20_000
"""Looked at in one beat."""

MORE = 0
"""As the start of a window: more has changed than could be told window by window."""


class Due(NamedTuple):
    """What is to be told now: windows by metric, and metrics of which more has changed (None: of any)."""

    ids: list[int]
    windows: set[tuple[str, int]]
    more: set[str | None]


def note(changed: Iterable[tuple[int, int]], now: float) -> None:
    """Keeps which windows of which metrics have changed after they were closed, in the caller's transaction."""
    oldest = now - REACH_SECONDS
    kept = {(metric, start if start >= oldest else MORE) for metric, start in changed}
    Revision.objects.bulk_create([Revision(metric_id=pk, start=start) for pk, start in sorted(kept)])


def note_more(metric: int | None) -> None:
    """Keeps that something of a metric, or of all, has changed, whenever it was. In the caller's transaction."""
    Revision.objects.create(metric_id=metric, start=MORE)


def due(ticked: int, closed: int) -> Due:
    """What is to be told together with the windows after `ticked`, up to `closed`."""
    rows = Revision.objects.order_by("pk").values_list("pk", "metric__name", "start")
    if ticked // APART_SECONDS == closed // APART_SECONDS:
        return _due(list(rows.exclude(start=MORE)[:AT_ONCE]))
    found = list(rows[:READ_MAX])
    windows = [row for row in found if row[2] != MORE]
    if len(windows) > MANY:
        return Due([row[0] for row in found], set(), {row[1] for row in found})
    return _due([row for row in found if row[2] == MORE] + windows[:AT_ONCE])


def forget(before: float) -> None:
    """Removes what nobody can be told of any more: nobody led for so long."""
    Revision.objects.exclude(start=MORE).filter(start__lt=before).delete()


def remove(told: Due) -> None:
    """Removes what was told, in the transaction that tells it."""
    Revision.objects.filter(pk__in=told.ids).delete()


def _due(rows: Iterable[tuple[int, str | None, int]]) -> Due:
    some = list(rows)
    windows = {(name, start) for _, name, start in some if start != MORE and name is not None}
    return Due([pk for pk, _, _ in some], windows, {name for _, name, start in some if start == MORE})
