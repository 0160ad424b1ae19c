"""Series merged with others or dropped, with everything that was measured of them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from dashboard import revisions, store
from dashboard.models import Kind, Metric, Series
from dashboard.rollups import Key, Rollup, stored
from dashboard.tiers import TIERS, Tier
from project.jobs import queue
from project.jobs.registry import job
from project.jobs.running import Running

AT_ONCE = 5_000
"""Windows that are moved in one transaction: who measures the same waits for no longer than that takes."""


def drop(series: Sequence[int]) -> int:
    """Removes these with all their windows; returns how many there were. Who goes on sending one makes it anew."""
    with store.in_turn(), transaction.atomic():
        # Before their windows, as whoever writes takes them: nobody waits in a circle, and no window is left behind.
        rows = Series.objects.select_for_update().filter(pk__in=series).order_by("pk")
        locked = [row.pk for row in rows]
        store.remove(locked)
        for metric in sorted({row.metric_id for row in rows}):
            revisions.note_more(metric)
        removed, _ = Series.objects.filter(pk__in=locked).delete()
    return removed


def drop_metrics(metrics: Sequence[int]) -> int:
    """The same for all series of these metrics, and the metrics themselves."""
    drop(list(Series.objects.filter(metric__in=metrics).values_list("pk", flat=True)))
    with transaction.atomic():
        revisions.note_more(None)
        _, counts = Metric.objects.filter(pk__in=metrics).delete()
    return counts.get("dashboard.Metric", 0)


def merge_later(keep: int, gone: Sequence[int]) -> None:
    """Has a worker merge these into `keep`, one after the other."""
    with transaction.atomic():
        for pk in gone:
            queue.put("merge_series", {"keep": keep, "gone": pk}, key=f"merge_series.{pk}")


@job("merge_series", max_attempts=5)
def merge(running: Running) -> None:
    """Moves windows from one series into another, some at a time: a window is in one of the two, whatever happens."""
    keep, gone = running.args["keep"], running.args["gone"]
    if keep == gone:
        return
    for tier in TIERS:
        while _move(tier, keep, gone):
            pass
    while not _finish(keep, gone):  # something came in meanwhile
        for tier in TIERS:
            _move(tier, keep, gone)


def _move(tier: Tier, keep: int, gone: int) -> int:
    with store.in_turn(), transaction.atomic():
        rows = _locked(keep, gone)
        if len(rows) < 2:
            return 0
        sketched = rows[keep].metric.kind != Kind.COUNTER
        found = store.first_of(tier, gone, AT_ONCE)
        windows = {Key(keep, start): _rollup(rest, sketched) for _, start, *rest in found}
        if windows:
            store.merge(tier, windows)
            store.remove_windows(tier, gone, [start for _, start in windows])
            revisions.note_more(rows[keep].metric_id)
        return len(windows)


def _finish(keep: int, gone: int) -> bool:
    """Removes the empty one."""
    with store.in_turn(), transaction.atomic():
        rows = _locked(keep, gone)
        if len(rows) < 2:
            return True
        if any(store.first_of(tier, gone, 1) for tier in TIERS):
            return False
        Series.objects.filter(pk=keep).update(last_at=max(rows[keep].last_at, rows[gone].last_at))
        revisions.note_more(rows[keep].metric_id)
        rows[gone].delete()
        return True


def _locked(keep: int, gone: int) -> dict[int, Series]:
    rows = Series.objects.select_for_update(of=("self",)).select_related("metric")
    found = {row.pk: row for row in rows.filter(pk__in=[keep, gone]).order_by("pk")}
    if len({row.metric_id for row in found.values()}) > 1:
        return {}
    return found


def _rollup(columns: Sequence[Any], sketched: bool) -> Rollup:
    return stored(*columns, sketched=sketched)
