"""Writes measurements: one transaction for everything that has come in, all tiers at once, nothing counted twice."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from dashboard import partitions, store
from dashboard.models import Batch, DeadLetter, Kind, Revision, Series, Ticker
from dashboard.rollups import Key, Rollup, add, in_all_tiers
from dashboard.tiers import FINEST

from . import checks, metrics, totals
from .points import Point, Push, Rejection, Result, Sender
from .series import Catalogue

CLOSING_LOCK = 7_233_041
"""PostgreSQL's advisory lock that whoever writes shares, and whoever closes a window has alone for a moment."""
LETTERS_PER_PUSH = 100
"""Kept of what came too late: enough to see what is wrong with a sender that is hours behind."""


def write(pushes: Sequence[Push]) -> list[Result]:
    """Takes these in and returns what became of each, in order. A push whose batch is known gets its first result."""
    now = time.time()
    pushes = [replace(push, points=list(push.points), rejected=list(push.rejected)) for push in pushes]
    late = [_sort_out(push, now) for push in pushes]
    partitions.ensure([point.at for push in pushes for point in push.points])
    with transaction.atomic():
        closed = _closed()
        results: list[Result | None] = [_known(push) for push in pushes]
        fresh = [push for push, known in zip(pushes, results, strict=True) if known is None]
        if fresh:
            _Writing(fresh, closed).run()
            letters = [
                letter for some, known in zip(late, results, strict=True) if known is None for letter in some
            ]
            DeadLetter.objects.bulk_create(letters)
        answers = [known or _result(push) for push, known in zip(pushes, results, strict=True)]
        for push, known, answer in zip(pushes, results, answers, strict=True):
            if known is None:
                _remember(push, answer)
                transaction.on_commit(partial(metrics.count, push.source, answer))
    return answers


def share_closing() -> None:
    """Has whoever closes windows wait for this transaction, and this one for who is at it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as sql:
            sql.execute("SELECT pg_advisory_xact_lock_shared(%s)", [CLOSING_LOCK])


def _closed() -> int:
    """The last window that is closed. It stays so until this transaction ends."""
    share_closing()
    return Ticker.objects.values_list("closed", flat=True).first() or 0


def _sort_out(push: Push, now: float) -> list[DeadLetter]:
    """Moves what has an impossible time to the rejected; returns what of it is to be kept."""
    letters = []
    good = []
    for point in push.points:
        try:
            checks.check_time(point.at, now)
        except checks.Refused as refusal:
            push.rejected.append(Rejection(point.index, refusal.reason))
            if refusal.reason == checks.TOO_LATE:
                letters.append(_letter(push.sender, point))
        else:
            good.append(point)
    push.points = good
    return letters[:LETTERS_PER_PUSH]


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


def _known(push: Push) -> Result | None:
    """The result of a batch that was taken in before; else the batch is this transaction's, whatever others try."""
    if not push.batch:
        return None
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO dashboard_batch (sender, key, result, at) VALUES (%s, %s, '', %s) ON CONFLICT DO NOTHING",
            [push.sender.key, push.batch, connection.ops.adapt_datetimefield_value(timezone.now())],
        )
        if sql.rowcount:
            return None
    text = Batch.objects.values_list("result", flat=True).get(sender=push.sender.key, key=push.batch)
    if not text:  # the same batch twice in this very transaction
        push.points, push.rejected = [], []
        return Result(0, [])
    said = json.loads(text)
    return Result(said["accepted"], [Rejection(**one) for one in said["rejected"]])


def _result(push: Push) -> Result:
    rejected = sorted(push.rejected, key=lambda one: one.index)
    return Result(len(push.points), rejected)


def _remember(push: Push, result: Result) -> None:
    if push.batch:
        text = json.dumps(result.payload(), separators=(",", ":"))
        Batch.objects.filter(sender=push.sender.key, key=push.batch).update(result=text)


class _Writing:
    """One transaction's points on their way into the windows."""

    def __init__(self, pushes: Sequence[Push], closed: int) -> None:
        self._pushes = pushes
        self._closed = closed
        self._windows: dict[Key, Rollup] = {}
        self._sketched: set[int] = set()
        self._touched: dict[int, Series] = {}
        self._revised: set[tuple[int, int]] = set()

    def run(self) -> None:
        """Merges everything. What cannot be taken moves to its push's rejected."""
        catalogue = Catalogue([(push.sender, point) for push in self._pushes for point in push.points])
        for push in self._pushes:
            good = []
            # Running totals must be compared in the order of their times.
            for point in sorted(push.points, key=lambda point: point.at):
                try:
                    self._take(catalogue, point)
                except checks.Refused as refusal:
                    push.rejected.append(Rejection(point.index, refusal.reason))
                else:
                    good.append(point)
            push.points = good
        if self._windows:
            for tier, windows in in_all_tiers(self._windows):
                store.merge(tier, windows, self._sketched)
        _save(list(self._touched.values()))
        Revision.objects.bulk_create(
            [Revision(metric_id=pk, start=start) for pk, start in sorted(self._revised)]
        )

    def _take(self, catalogue: Catalogue, point: Point) -> None:
        metric = catalogue.metric_of(point)
        point.kind = point.kind or Kind(metric.kind)
        if point.kind != metric.kind or (point.kind == Kind.HISTOGRAM) != (point.distribution is not None):
            raise checks.Refused(checks.KIND)
        checks.check_kind(point)
        series = catalogue.series_of(point)
        self._touched[series.pk] = series
        series.last_at = max(series.last_at, point.at)
        if point.running:
            increment, series.state = totals.added(point, series.state)
            if increment is None:
                return
            point = increment
        start = FINEST.window(point.at)
        add(self._windows, Key(series.pk, start), point.rollup())
        if point.kind != Kind.COUNTER:
            self._sketched.add(series.pk)
        if start <= self._closed:
            self._revised.add((metric.pk, start))


def _save(touched: Sequence[Series]) -> None:
    """What changed of the series, in one statement: Django's own would take longer than all the rest."""
    rows = [(row.last_at, row.state, row.pk) for row in touched]
    if not rows:
        return
    with connection.cursor() as sql:
        if store.on_postgres():
            sql.execute(
                "UPDATE dashboard_series s SET last_at = v.last_at, state = v.state"
                " FROM unnest(%s::float8[], %s::text[], %s::bigint[]) v(last_at, state, id) WHERE s.id = v.id",
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            sql.executemany("UPDATE dashboard_series SET last_at = %s, state = %s WHERE id = %s", rows)
