"""Finds the series that points belong to, and makes new ones within their limits. What was found once is remembered."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from dashboard import store
from dashboard.models import Kind, Metric, Series

from . import checks
from .points import Point, Sender

AT_ONCE = 10_000
"""SQLite takes at most 32,766 values in a statement."""
REMEMBERED_MAX = 20_000
"""Series that a process remembers: twice what one token may make."""
LABELS_REMEMBERED_MAX = 1_000
"""Characters of their labels: with those of nearly all, it is some ten megabytes."""

Name = tuple[str, str]
"""A metric's name and canonical labels."""
Maker = tuple[str, int]
"""A token or a user."""


class Vanished(Exception):
    """A series that was remembered is gone: it was merged with another, or dropped. Look again."""


class Known(NamedTuple):
    """What never changes of a series while it exists."""

    id: int
    metric: int
    kind: Kind
    digest: str


class Locked(NamedTuple):
    """What does change, as it is until the transaction ends."""

    state: str
    last_at: float


_remembered: dict[Name, Known] = {}
_lock = Lock()


def digest_of(name: str, labels: str) -> str:
    """What a series is found by."""
    return hashlib.sha256(f"{name}\n{labels}".encode()).hexdigest()[:32]


class Catalogue:
    """The series of some points. Those that are missing are made, in a transaction of their own."""

    def __init__(self, points: Iterable[tuple[Sender, Point]]) -> None:
        self._found: dict[Name, Known] = {}
        self._refused: dict[Name, str] = {}
        missing: dict[Name, tuple[Sender, Point]] = {}
        for sender, point in points:
            name = (point.name, point.labels)
            if name in self._found or name in missing:
                continue
            if (known := _remembered.get(name)) is not None:
                self._found[name] = known
            else:
                missing[name] = (sender, point)
        if missing:
            self._look_up(missing)

    def of(self, point: Point) -> Known:
        """The series of a point.

        Raises checks.Refused where it may not be made, and Vanished.
        """
        name = (point.name, point.labels)
        known = self._found.get(name)
        if known is not None:
            return known
        if name in self._refused:
            raise checks.Refused(self._refused[name])
        raise Vanished  # between being made and being looked at

    def lock(self) -> dict[int, Locked]:
        """Holds all of them until the caller's transaction ends: whoever writes into their windows does so in turn.

        Raises Vanished; what was remembered wrongly is forgotten then.
        """
        ids = sorted(
            known.id for known in self._found.values()
        )  # one order everywhere: nobody waits in a circle
        rows = _locked(ids)
        gone = [
            name
            for name, known in self._found.items()
            if known.id not in rows or rows[known.id][0] != known.digest
        ]
        if gone:
            _forget(gone)
            raise Vanished
        return {id: Locked(state, last_at) for id, (_, state, last_at) in rows.items()}

    def _look_up(self, missing: Mapping[Name, tuple[Sender, Point]]) -> None:
        digests = {digest_of(*name): name for name in missing}
        found = _by_digest(digests)
        if new := {digest: missing[name] for digest, name in digests.items() if digest not in found}:
            with transaction.atomic():
                self._make(new)
            found |= _by_digest(new)
        for digest, known in found.items():
            self._found[digests[digest]] = known
        _remember({digests[digest]: known for digest, known in found.items()})

    def _make(self, new: Mapping[str, tuple[Sender, Point]]) -> None:
        new = self._within_quota(new)
        metrics = _metrics(new.values())
        per_metric = _counts("metric", {row.pk for row in metrics.values()})
        rows = []
        for digest in sorted(new):  # one order everywhere, here too
            sender, point = new[digest]
            metric = metrics[point.name]
            if point.kind and point.kind != metric.kind:
                self._refused[point.name, point.labels] = checks.KIND
            elif _full(settings.LIMIT_SERIES_PER_METRIC, per_metric[metric.pk]):
                self._refused[point.name, point.labels] = checks.SERIES_PER_METRIC
            else:
                per_metric[metric.pk] += 1
                maker = {f"{what}_id": id for what, id in _makers(sender)}
                rows.append(Series(metric=metric, labels=point.labels, digest=digest, **maker))
        Series.objects.bulk_create(rows, ignore_conflicts=True)

    def _within_quota(self, new: Mapping[str, tuple[Sender, Point]]) -> dict[str, tuple[Sender, Point]]:
        """What its sender may make. Asked before there are metrics: those of what is refused would stay for good."""
        makers = {maker for sender, _ in new.values() for maker in _makers(sender)}
        made: Counter[Maker] = Counter()
        for what in ("token", "user"):
            counts = _counts(what, {id for kind, id in makers if kind == what})
            made.update({(what, id): count for id, count in counts.items()})
        found = {}
        for digest in sorted(new):
            sender, point = new[digest]
            if any(_full(settings.LIMIT_SERIES_PER_TOKEN, made[maker]) for maker in _makers(sender)):
                self._refused[point.name, point.labels] = checks.SERIES_PER_SENDER
            else:
                made.update(_makers(sender))
                found[digest] = (sender, point)
        return found


def _makers(sender: Sender) -> list[Maker]:
    """Who answers for the series that a sender makes: a token, or a person without one. Nobody for this site's own."""
    if sender.token_id:
        return [("token", sender.token_id)]
    return [("user", sender.user_id)] if sender.user_id else []


def _remember(found: Mapping[Name, Known]) -> None:
    with _lock:
        for name, known in found.items():
            if len(name[1]) <= LABELS_REMEMBERED_MAX:
                _remembered[name] = known
        while len(_remembered) > REMEMBERED_MAX:
            del _remembered[next(iter(_remembered))]


def _forget(names: Iterable[Name]) -> None:
    with _lock:
        for name in names:
            _remembered.pop(name, None)


def _by_digest(digests: Iterable[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for some in _parts(digests):
        rows = Series.objects.filter(digest__in=some).values_list("pk", "metric_id", "metric__kind", "digest")
        for pk, metric, kind, digest in rows:
            found[digest] = Known(pk, metric, Kind(kind), digest)
    return found


def _locked(ids: Sequence[int]) -> dict[int, tuple[str, str, float]]:
    with connection.cursor() as sql:
        columns = "SELECT id, digest, state, last_at FROM dashboard_series"
        if store.on_postgres():
            sql.execute(
                columns + " WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", [store.array(ids)]
            )
        else:  # whose only writer has everything locked
            sql.execute(columns + " WHERE id IN (SELECT value FROM json_each(%s))", [str(list(ids))])  # noqa: S608
        return {id: (digest, state, last_at) for id, digest, state, last_at in sql.fetchall()}


def _metrics(points: Iterable[tuple[Sender, Point]]) -> dict[str, Metric]:
    first: dict[str, Point] = {}
    for _, point in points:
        first.setdefault(point.name, point)
    found = {row.name: row for row in Metric.objects.filter(name__in=list(first))}
    missing = sorted(first.keys() - found.keys())
    if missing:
        Metric.objects.bulk_create(
            [
                Metric(
                    name=name,
                    kind=first[name].kind or Kind.GAUGE,
                    unit=_storable(first[name].unit)[:32],
                    help=_storable(first[name].help)[:300],
                )
                for name in missing
            ],
            ignore_conflicts=True,
        )
        found |= {row.name: row for row in Metric.objects.filter(name__in=missing)}
    return found


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot keep: nothing depends on these words."""
    return text.replace("\x00", "")


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
