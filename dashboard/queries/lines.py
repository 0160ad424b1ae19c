"""What panels ask, answered for all of them together: three or four statements, however many panels there are."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from dashboard import store
from dashboard.ingest.points import canonical
from dashboard.models import LAST_AT_SECONDS, Kind, Metric, Series
from dashboard.panels import QUANTILES, Panel, Query, Selection
from dashboard.tiers import Tier

from . import plain
from .cells import Row
from .past import LOOKING_BACK, Look, moving, read, sessions
from .quantiles import Together

LINES_MAX = 100
"""Of one query: more cannot be told apart in a chart. The first by their labels."""

HEATMAP = "heatmap"


@dataclass
class Line:
    """One series of a panel. `key` tells it apart on the panel, the same in every answer and tick."""

    key: str
    labels: dict[str, str]
    name: str
    values: dict[int, float | None] = field(default_factory=dict)


Groups = dict[str, list[int]]
"""Series by the labels that they are put together by."""


def evaluate(panels: Sequence[Panel], tier: Tier, first: int, end: int, now: float) -> dict[str, list[Line]]:
    """Each panel's lines in the windows that start in `[first, end)`. A window that is not over yet counts as long as
    it has been going on at `now`."""
    reading = _Reading(panels, tier, first, end, now)
    return {panel.id: reading.lines(panel) for panel in panels}


class _Reading:
    """The metrics, series and rows that some panels need."""

    def __init__(self, panels: Sequence[Panel], tier: Tier, first: int, end: int, now: float) -> None:
        self._tier, self._first, self._end, self._now = tier, first, end, now
        asked = [(panel.type, part) for panel in panels for query in panel.queries for part in _parts(query)]
        names = {part.metric for _, part in asked}
        self._metrics = {row.name: row for row in Metric.objects.filter(name__in=names)}
        self._series: dict[int, list[tuple[int, Mapping[str, str]]]] = defaultdict(list)
        ids = [row.pk for row in self._metrics.values()]
        looks = [self._look(part) for _, part in asked if part.fn in LOOKING_BACK]
        start = min((look.start for look in looks), default=first)
        # What was not measured since cannot have a row.
        recent = Series.objects.filter(metric__in=ids, last_at__gte=start - LAST_AT_SECONDS)
        for pk, metric, labels in recent.values_list("pk", "metric_id", "labels"):
            self._series[metric].append((pk, _labels(labels)))
        numbers: set[int] = set()
        functions: set[str] = set()
        sketched: set[int] = set()
        back: dict[Look, set[int]] = defaultdict(set)
        for type, part in asked:
            if part.metric not in self._metrics:
                continue
            found = {pk for group in self._groups(part).values() for pk in group}
            if type == HEATMAP or part.fn in QUANTILES:
                sketched |= found if self._metrics[part.metric].kind != Kind.COUNTER else set()
            elif part.fn in LOOKING_BACK:
                back[self._look(part)] |= found
            else:
                numbers |= found
                functions.add(part.fn)
        self._columns = plain.columns(functions)
        self._plain = _by_series(store.rows(tier, numbers, first, end, self._columns))
        self._sketched = store.sketched(tier, sketched, first, end)
        self._last: tuple[object, Together] | None = None
        self._past = {look: read(look, sorted(some)) for look, some in back.items()}

    def lines(self, panel: Panel) -> list[Line]:
        """Everything that a panel shows."""
        found: list[Line] = []
        names: set[str] = set()
        for query in panel.queries:
            name = query.legend or query.metric
            label = name if name not in names else f"{name} {len(names) + 1}"
            names.add(label)
            lines = self._heat(query) if panel.type == HEATMAP else self._query(query)
            for line in lines:
                if len(panel.queries) > 1:
                    line.key = canonical({**line.labels, "query": label})
                found.append(line)
        return found

    def _query(self, query: Query) -> list[Line]:
        values = self._values(query)
        if query.ratio_to is not None:
            values = _ratios(values, self._values(query.ratio_to))
        lines = []
        for key in sorted(values)[:LINES_MAX]:
            labels = dict(_labels(key))
            lines.append(Line(key, labels, _name(query, labels), values[key]))
        return lines

    def _values(self, part: Selection) -> dict[str, dict[int, float | None]]:
        metric = self._metrics.get(part.metric)
        if metric is None:
            return {}
        if part.fn in QUANTILES:
            return self._together(part).quantiles(part.fn)
        found: dict[str, dict[int, float | None]] = {}
        for key, ids in self._groups(part).items():
            if part.fn in LOOKING_BACK:
                look = self._look(part)
                function = moving if part.fn == "moving_avg" else sessions
                found[key] = dict(function(look, self._past[look], ids, metric.kind))
            else:
                rows = [self._plain[pk] for pk in ids if pk in self._plain]
                found[key] = plain.values(part.fn, metric.kind, rows, self._columns, self._seconds)
        return found

    def _heat(self, query: Query) -> list[Line]:
        """A line for each octave of values, of all series together."""
        lines = []
        for bound, counts in sorted(self._together(query.model_copy(update={"by": []})).octaves().items()):
            label = f"{bound:g}"
            lines.append(Line(canonical({"le": label}), {"le": label}, label, dict(counts)))
        return lines

    def _together(self, part: Selection) -> Together:
        """What there is in sketches. The last is kept: several quantiles of the same are often asked for in turn."""
        which = (part.metric, tuple(sorted(part.where.items())), tuple(part.by))
        if self._last is None or self._last[0] != which:
            self._last = which, Together(self._sketched, self._groups(part), self._tier.step)
        return self._last[1]

    def _groups(self, part: Selection) -> Groups:
        groups: Groups = defaultdict(list)
        metric = self._metrics.get(part.metric)
        for pk, labels in self._series[metric.pk] if metric else ():
            if all(labels.get(name, "") == value for name, value in part.where.items()):
                groups[canonical({name: labels[name] for name in part.by if name in labels})].append(pk)
        return groups

    def _look(self, part: Selection) -> Look:
        return Look(self._tier, self._first, self._end, part.window)

    def _seconds(self, start: int) -> float:
        return max(1.0, min(float(self._tier.step), self._now - start))


def _by_series(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return dict(found)


def _parts(query: Query) -> list[Selection]:
    return [query] if query.ratio_to is None else [query, query.ratio_to]


def _ratios(
    above: dict[str, dict[int, float | None]], below: dict[str, dict[int, float | None]]
) -> dict[str, dict[int, float | None]]:
    """One by the other, where there is something to divide by; by the one of everything where that is not grouped."""
    whole = below.get("{}", {})
    found: dict[str, dict[int, float | None]] = {}
    for key, values in above.items():
        divisors = below.get(key, whole)
        found[key] = {}
        for start, value in values.items():
            divisor = divisors.get(start)
            found[key][start] = value / divisor if value is not None and divisor else None
    return found


def _name(query: Query, labels: Mapping[str, str]) -> str:
    """The legend, where `{label}` stands for a label's value; else the values, or the metric."""
    name = query.legend
    for label, value in labels.items():
        name = name.replace(f"{{{label}}}", value)
    if name and (name != query.legend or not labels):
        return name
    return " ".join(filter(None, [query.legend, ", ".join(labels.values())])) or query.metric


@lru_cache(maxsize=50_000)
def _labels(text: str) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(text)
    return found
