"""Finds the series that points belong to, makes new ones within their limits, and locks them all in one order."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Count

from dashboard.models import Kind, Metric, Series

from . import checks
from .points import Point, Sender

AT_ONCE = 10_000
"""SQLite takes at most 32,766 values in a statement."""


def digest_of(name: str, labels: str) -> str:
    """What a series is found by."""
    return hashlib.sha256(f"{name}\n{labels}".encode()).hexdigest()[:32]


class Catalogue:
    """The metrics and series of one transaction, all of them locked."""

    def __init__(self, points: Sequence[tuple[Sender, Point]]) -> None:
        self.metrics = _metrics(points)
        self._refused: dict[str, str] = {}
        wanted: dict[str, tuple[Sender, Point]] = {}
        for sender, point in points:
            wanted.setdefault(digest_of(point.name, point.labels), (sender, point))
        known = {
            digest
            for some in _parts(wanted)
            for digest in Series.objects.filter(digest__in=some).values_list("digest", flat=True)
        }
        if new := {digest: wanted[digest] for digest in wanted.keys() - known}:
            self._create(new)
        self._series: dict[str, Series] = {}
        # By their digests, here and in what is made above: one order, in whatever parts.
        for some in _parts(sorted(wanted)):
            locked = Series.objects.select_for_update().filter(digest__in=some).order_by("digest")
            self._series |= {row.digest: row for row in locked}

    def metric_of(self, point: Point) -> Metric:
        """The metric that a point measures."""
        return self.metrics[point.name]

    def series_of(self, point: Point) -> Series:
        """The locked series of a point.

        Raises checks.Refused where it may not be made.
        """
        digest = digest_of(point.name, point.labels)
        if digest not in self._series:
            raise checks.Refused(self._refused[digest])
        return self._series[digest]

    def _create(self, new: dict[str, tuple[Sender, Point]]) -> None:
        per_metric = _counts("metric", {self.metrics[point.name].pk for _, point in new.values()})
        per_token = _counts("token", {sender.token_id for sender, _ in new.values() if sender.token_id})
        rows = []
        for digest in sorted(new):  # one order everywhere, so that nobody waits in a circle
            sender, point = new[digest]
            metric = self.metrics[point.name].pk
            if _full(settings.LIMIT_SERIES_PER_METRIC, per_metric[metric]):
                self._refused[digest] = checks.SERIES_PER_METRIC
            elif sender.token_id and _full(settings.LIMIT_SERIES_PER_TOKEN, per_token[sender.token_id]):
                self._refused[digest] = checks.SERIES_PER_SENDER
            else:
                per_metric[metric] += 1
                per_token[sender.token_id] += 1
                token = sender.token_id or None
                rows.append(Series(metric_id=metric, labels=point.labels, digest=digest, token_id=token))
        Series.objects.bulk_create(rows, ignore_conflicts=True)


def _metrics(points: Sequence[tuple[Sender, Point]]) -> dict[str, Metric]:
    first = {point.name: point for _, point in reversed(points)}
    found = {row.name: row for row in Metric.objects.filter(name__in=list(first))}
    missing = sorted(first.keys() - found.keys())
    if missing:
        Metric.objects.bulk_create(
            [
                Metric(
                    name=name,
                    kind=first[name].kind or Kind.GAUGE,
                    unit=first[name].unit[:32],
                    help=first[name].help[:300],
                )
                for name in missing
            ],
            ignore_conflicts=True,
        )
        found |= {row.name: row for row in Metric.objects.filter(name__in=missing)}
    return found


def _counts(what: str, ids: set[int]) -> Counter[int]:
    if not ids:
        return Counter()
    rows = Series.objects.filter(**{f"{what}__in": ids}).values_list(what).annotate(n=Count("pk"))
    return Counter(dict(rows))


def _parts(digests: Iterable[str]) -> Iterable[list[str]]:
    found = list(digests)
    return (found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE))


def _full(limit: int, count: int) -> bool:
    return bool(limit) and count >= limit
