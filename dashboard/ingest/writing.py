"""Writes measurements: one transaction for everything that has come in, all tiers at once, nothing counted twice."""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from django.db import OperationalError, connection, transaction

from dashboard import partitions, revisions, store
from dashboard.models import LAST_AT_SECONDS, DeadLetter, Kind, Ticker
from dashboard.rollups import Key, Rollup, in_all_tiers
from dashboard.tiers import FINEST

from . import batches, checks, lateness, metrics, sources, totals
from .points import Point, Push, Rejection, Result
from .series import Catalogue, Known, Locked, Vanished

CLOSING_LOCK = 7_233_041
"""PostgreSQL's advisory lock that whoever writes shares, and whoever closes a window has alone for a moment."""
ATTEMPTS = 3
"""Series are merged or dropped by hand, so one more is enough but for a strange coincidence."""


def write(pushes: Sequence[Push]) -> list[Result]:
    """Takes these in and returns what became of each, in order. A push whose batch is known gets its first result."""
    for _ in range(ATTEMPTS):
        with suppress(Vanished):
            return _write(pushes)
    raise OperationalError("Series vanish while they are written to.")


def _write(pushes: Sequence[Push]) -> list[Result]:
    now = time.time()
    pushes = [replace(push, points=list(push.points), rejected=list(push.rejected)) for push in pushes]
    letters = lateness.sort_out(pushes, now)
    for push in pushes:
        for point in push.points:
            point.prepare()
    partitions.ensure([point.at for push in pushes for point in push.points])
    catalogue = Catalogue((push.sender, point) for push in pushes for point in push.points)
    with store.in_turn(), transaction.atomic():
        closed = _closed()
        locked = catalogue.lock()
        known = batches.claim(pushes)
        fresh = [n for n, before in enumerate(known) if before is None]
        if fresh:
            mine = [pushes[n] for n in fresh]
            more = lateness.late(mine, now, hold=True)
            _Writing(mine, catalogue, locked, closed).run(now)
            kept = [*(letters[n] for n in fresh), *more]
            DeadLetter.objects.bulk_create([letter for some in kept for letter in some])
        results = [
            _result(push) if before is None else before for push, before in zip(pushes, known, strict=True)
        ]
        new = [(pushes[n], results[n]) for n in fresh]
        first = {(push.sender.key, push.batch): result for push, result in new if push.batch}
        results = [
            first.get((push.sender.key, push.batch), result)
            for push, result in zip(pushes, results, strict=True)
        ]
        batches.remember(new)
        sources.saw(new, closed, now)
        transaction.on_commit(partial(_count, new))
    return results


def _count(new: Iterable[tuple[Push, Result]]) -> None:
    for push, result in new:
        metrics.count(push.source, result)


def share_closing() -> None:
    """Has whoever closes windows wait for this transaction, and this one for who is at it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as sql:
            sql.execute("SELECT pg_advisory_xact_lock_shared(%s)", [CLOSING_LOCK])


def _closed() -> int:
    """The last window that is closed. It stays so until this transaction ends."""
    share_closing()
    return Ticker.objects.values_list("closed", flat=True).first() or 0


def _result(push: Push) -> Result:
    rejected = sorted(push.rejected, key=lambda one: one.index)
    return Result(len(push.points), rejected)


class _Writing:
    """One transaction's points on their way into the windows."""

    def __init__(
        self, pushes: Sequence[Push], catalogue: Catalogue, locked: Mapping[int, Locked], closed: int
    ) -> None:
        self._pushes = pushes
        self._catalogue, self._locked = catalogue, locked
        self._closed = closed
        self._windows: dict[Key, Rollup] = {}
        self._states: dict[int, str] = {}
        self._newest: dict[int, float] = {}
        self._revised: set[tuple[int, int]] = set()

    def run(self, now: float) -> None:
        """Merges everything. What cannot be taken moves to its push's rejected."""
        for push in self._pushes:
            push.points = self._take(push)
        if self._windows:
            for tier, windows in in_all_tiers(self._windows):
                store.merge(tier, windows)
        self._save()
        revisions.note(self._revised, now)

    def _take(self, push: Push) -> list[Point]:
        taken = []
        running: list[tuple[Point, Known]] = []
        for point in push.points:
            try:
                series = self._catalogue.of(point)
                _check(point, series)
            except checks.Refused as refusal:
                push.rejected.append(Rejection(point.index, refusal.reason, point.agent))
                continue
            taken.append(point)
            if point.at > self._newest.get(series.id, 0.0):
                self._newest[series.id] = point.at
            if point.running:
                running.append((point, series))
            elif point.distribution is None or point.distribution.count:
                self._add(point, series)
        # Running totals must be compared in the order of their times.
        for point, series in sorted(running, key=lambda one: one[0].at):
            before = self._states.get(series.id, self._locked[series.id].state)
            increment, self._states[series.id] = totals.added(point, before)
            if increment is not None:
                self._add(increment, series)
        return taken

    def _add(self, point: Point, series: Known) -> None:
        start = FINEST.window(point.at)
        key = Key(series.id, start)
        window = self._windows.get(key)
        if window is None:
            self._windows[key] = point.rollup()
        elif point.distribution is None:
            window.add(point.value, point.at)
        else:
            window.merge(point.rollup())
        if start <= self._closed:
            self._revised.add((series.metric, start))

    def _save(self) -> None:
        """What changed of the series, in one statement: Django's own would take longer than all the rest."""
        rows = []
        for id, newest in self._newest.items():
            state, last_at = self._locked[id]
            changed = self._states.get(id, state)
            if changed != state or newest >= last_at + LAST_AT_SECONDS:
                rows.append((id, max(last_at, newest), changed))
        if not rows:
            return
        with connection.cursor() as sql:
            if store.on_postgres():
                ids, newest_of, states = zip(*rows, strict=True)
                sql.execute(
                    "UPDATE dashboard_series s SET last_at = v.last_at, state = v.state"
                    " FROM unnest(%s::bigint[], %s::float8[], %s::text[]) v(id, last_at, state) WHERE s.id = v.id",
                    [store.array(ids), store.array(newest_of), list(states)],
                )
            else:
                sql.executemany(
                    "UPDATE dashboard_series SET last_at = %s, state = %s WHERE id = %s",
                    [(last_at, state, id) for id, last_at, state in rows],
                )


def _check(point: Point, series: Known) -> None:
    if point.kind is None:
        point.kind = series.kind
    if point.kind != series.kind or (point.kind == Kind.HISTOGRAM) != (point.distribution is not None):
        raise checks.Refused(checks.KIND)
    checks.check_kind(point)
