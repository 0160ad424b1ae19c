"""What rules ask, answered for all of them together: a handful of statements, however many rules there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from dashboard.ingest.points import canonical
from dashboard.models import LAST_AT_SECONDS, Kind, Metric, Series
from dashboard.panels import QUANTILES, Query, Selection
from dashboard.queries.cells import Cell, Row, value_of
from dashboard.queries.labels import mapping_of
from dashboard.queries.past import active
from dashboard.tiers import TIERS, Tier
from dashboard.units import unit_of

from . import ranges
from .schemas import DAY

LABEL_SETS_MAX = 500
"""Of one rule: whoever is told of more can do nothing with it. A rule for the sum of them can."""

Values = dict[str, float | None]
"""By the labels in canonical JSON; None where there is something, but no value."""


class Unanswerable(Exception):
    """Why a question has no answer, in a sentence for people."""


class Ask(NamedTuple):
    """What some series, put together by labels, have from `first` to `end`."""

    metric: str
    where: tuple[tuple[str, str], ...]
    fn: str
    by: tuple[str, ...]
    first: int
    end: int


class Piece(NamedTuple):
    """Some windows of one resolution."""

    tier: Tier
    first: int
    end: int


@lru_cache(maxsize=10_000)
def cut(first: int, end: int, now: int) -> list[Piece]:
    """A time in as few windows as there can be, of those that are kept at the moment `now`: long ones, with shorter
    ones at both ends. Where none is short enough, out to the bounds of the shortest that is kept."""
    kept = [tier for tier in TIERS[1:] if now - first <= tier.keep_seconds] or [TIERS[-1]]
    step = kept[0].step
    return _cut(first // step * step, -(-end // step) * step, kept)


def _cut(first: int, end: int, tiers: Sequence[Tier]) -> list[Piece]:
    if first >= end:
        return []
    *shorter, longest = tiers
    inner, outer = -(-first // longest.step) * longest.step, end // longest.step * longest.step
    if inner >= outer:
        return _cut(first, end, shorter)
    return [*_cut(first, inner, shorter), Piece(longest, inner, outer), *_cut(outer, end, shorter)]


def asks_of(query: Query, by: Collection[str], first: int, end: int) -> list[Ask]:
    """What a query needs to be answered for this time; two asks for a ratio."""
    parts: list[tuple[Selection, Iterable[str]]] = [(query, by)]
    if query.ratio_to is not None:
        parts.append((query.ratio_to, query.ratio_to.by))
    return [
        Ask(part.metric, tuple(sorted(part.where.items())), part.fn, tuple(labels), first, end)
        for part, labels in parts
    ]


class Windows:
    """What there is for these asks at the moment `now`, which says what is still kept."""

    def __init__(self, asks: Iterable[Ask], now: int) -> None:
        self._now = now
        asked = set(asks)
        self._metrics = {
            row.name: row for row in Metric.objects.filter(name__in={ask.metric for ask in asked})
        }
        self._series: dict[int, list[tuple[int, Mapping[str, str], float]]] = defaultdict(list)
        oldest = min((ask.first for ask in asked), default=now) - DAY
        ids = [row.pk for row in self._metrics.values()]
        rows = Series.objects.filter(metric__in=ids, last_at__gte=oldest)
        for pk, metric, labels, last_at in rows.values_list("pk", "metric_id", "labels", "last_at"):
            self._series[metric].append((pk, mapping_of(labels), last_at))
        self._groups: dict[tuple[object, ...], dict[str, list[tuple[int, float]]]] = {}
        self._rows: dict[tuple[int, int], dict[int, Row]] = defaultdict(dict)
        self._read(asked)

    def values(self, query: Query, by: Collection[str], first: int, end: int) -> Values:
        """What the query says for this time, by labels. Label sets without a sample are left out.

        Raises Unanswerable.
        """
        above, *below = (self._values(ask) for ask in asks_of(query, by, first, end))
        return _ratios(above, below[0]) if below else above

    def known(self, query: Query, by: Collection[str], since: int) -> set[str]:
        """The label sets that were measured since then, and that of everything, which is always there."""
        (ask, *_) = asks_of(query, by, 0, 0)
        groups = self._grouped(ask)
        return {key for key, some in groups.items() if any(last >= since for _, last in some)} | (
            set() if by else {"{}"}
        )

    def unit(self, query: Query) -> str:
        """The unit of what a query says."""
        return unit_of(query, self._metrics)

    def series(self, query: Query) -> int:
        """How many series a query is about."""
        return sum(len(some) for ask in asks_of(query, (), 0, 0) for some in self._grouped(ask).values())

    def _read(self, asked: Iterable[Ask]) -> None:
        plain: dict[Tier, dict[int, list[ranges.Range]]] = defaultdict(lambda: defaultdict(list))
        sketched: dict[Tier, dict[int, list[ranges.Range]]] = defaultdict(lambda: defaultdict(list))
        for ask in asked:
            pieces, kind = cut(ask.first, ask.end, self._now), sketched if ask.fn in QUANTILES else plain
            for some in self._grouped(ask).values():
                for pk, last_at in some:
                    if last_at + LAST_AT_SECONDS >= ask.first:
                        for tier, first, end in pieces:
                            kind[tier][pk].append((first, end))
        for kind, sketches in ((plain, False), (sketched, True)):
            for tier, some_series in kind.items():
                for row in ranges.read(tier, some_series, sketches=sketches):
                    self._rows[tier.step, row[0]][row[1]] = row

    def _values(self, ask: Ask) -> Values:
        metric = self._metrics.get(ask.metric)
        if metric is None:
            return {}
        if ask.fn in QUANTILES and metric.kind == Kind.COUNTER:
            raise Unanswerable(f"{ask.metric} is a counter, which has no {ask.fn}.")
        groups = self._grouped(ask)
        if len(groups) > LABEL_SETS_MAX:
            raise Unanswerable(f"There are more than {LABEL_SETS_MAX} label sets.")
        pieces = cut(ask.first, ask.end, self._now)
        if ask.fn == "sessions":
            return {
                key: float(
                    sum(any(active(row, metric.kind) for row in self._pieces(pk, pieces)) for pk, _ in some)
                )
                for key, some in groups.items()
            }
        found: Values = {}
        for key, some in groups.items():
            if together := [rows for pk, _ in some if (rows := self._pieces(pk, pieces))]:
                found[key] = _value(ask.fn, metric.kind, together, float(pieces[-1].end - pieces[0].first))
        return found

    def _pieces(self, series: int, pieces: Iterable[Piece]) -> list[Row]:
        found = []
        for tier, first, end in pieces:
            rows = self._rows.get((tier.step, series), {})
            found += [rows[start] for start in range(first, end, tier.step) if start in rows]
        return found

    def _grouped(self, ask: Ask) -> dict[str, list[tuple[int, float]]]:
        """The series an ask is about, with the moment of the newest sample, by the labels that put them together."""
        which = (ask.metric, ask.where, ask.by)
        if which not in self._groups:
            groups: dict[str, list[tuple[int, float]]] = defaultdict(list)
            metric = self._metrics.get(ask.metric)
            for pk, labels, last_at in self._series[metric.pk] if metric else ():
                if all(labels.get(name, "") == value for name, value in ask.where):
                    key = canonical({name: labels[name] for name in ask.by if name in labels})
                    groups[key].append((pk, last_at))
            self._groups[which] = groups
        return self._groups[which]


def _value(fn: str, kind: str, series: list[list[Row]], seconds: float) -> float | None:
    """What a function says of some windows of some series, taken as one. What looks back in a panel looks at all of
    this time here: a moving average, and how many series are in a session."""
    if fn == "sessions":
        return float(sum(any(active(row, kind) for row in rows) for rows in series))
    if fn == "moving_avg":
        fn = "rate" if kind == Kind.COUNTER else "avg"
    return value_of(fn, kind)(_together(series), seconds)


def _together(series: list[list[Row]]) -> Cell:
    """As one window. A level's sum is that of the averages of each series over the whole time."""
    cell = Cell()
    for rows in series:
        for row in rows:
            cell.add(row)
    cell.averages = sum(sum(row[3] for row in rows) / sum(row[2] for row in rows) for rows in series)
    return cell


def _ratios(above: Values, below: Values) -> Values:
    """One by the other, or by the one of everything; None where there is nothing to divide by."""
    found: Values = {}
    for key, value in above.items():
        divisor = below.get(key, below.get("{}"))
        found[key] = value / divisor if value is not None and divisor else None
    return found
