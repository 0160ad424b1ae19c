"""What panels ask, answered for all of them together: three or four statements, however many panels there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dashboard import store
from dashboard.ingest.points import canonical
from dashboard.models import LAST_AT_SECONDS, Kind, Metric, Series
from dashboard.panels import QUANTILES, Panel, Query, Selection
from dashboard.tiers import Tier

from . import plain, ranking
from .answers import WHOLE, Line, Shown, Values, name_of, ratios
from .cells import Row
from .choosing import LINES_MAX, Member, drawn
from .labels import mapping_of
from .past import LOOKING_BACK, Look, moving, read, sessions
from .quantiles import Groups, Together
from .ranking import Moment

HEATMAP, TABLE = "heatmap", "table"


class _Part(NamedTuple):
    """One side of a query, the series that it is about, and how many groups of them are left out."""

    asked: Selection
    kind: str
    groups: Groups
    more: int = 0

    @property
    def series(self) -> set[int]:
        return {pk for group in self.groups.values() for pk in group}


def evaluate(
    panels: Sequence[Panel], tier: Tier, first: int, end: int, now: float, *, goes_on: bool = False
) -> dict[str, Shown]:
    """What each panel shows in the windows that start in `[first, end)`. A window that is not over yet counts as long
    as it has been going on at `now`. Where it `goes_on` from what was told before, a list of the largest has also those
    that were among them until then: so whoever follows is told that they are not any more."""
    reading = _Reading(panels, tier, first, end, now, goes_on)
    return {panel.id: reading.shown(panel) for panel in panels}


class _Reading:
    """The metrics, series and rows that some panels need."""

    def __init__(
        self, panels: Sequence[Panel], tier: Tier, first: int, end: int, now: float, goes_on: bool
    ) -> None:
        self._tier, self._first, self._end, self._now = tier, first, end, now
        self._ends = (first, end) if goes_on else (end,)
        asked = [part for panel in panels for query in panel.queries for part in query.sides]
        names = {part.metric for part in asked}
        self._metrics = {row.name: row for row in Metric.objects.filter(name__in=names)}
        self._series: dict[int, list[tuple[Member, Mapping[str, str]]]] = defaultdict(list)
        ids = [row.pk for row in self._metrics.values()]
        looks = [self._look(part) for part in asked if part.fn in LOOKING_BACK]
        # What was not measured since cannot have a row; which lines are drawn depends on what was measured lately.
        self._since = min((look.start for look in looks), default=first) - LAST_AT_SECONDS
        oldest = min(self._since, *(self._moment(at).start - LAST_AT_SECONDS for at in self._ends))
        recent = Series.objects.filter(metric__in=ids, last_at__gte=oldest)
        for pk, metric, labels, last_at in recent.values_list("pk", "metric_id", "labels", "last_at"):
            self._series[metric].append((Member(pk, last_at), mapping_of(labels)))
        self._parts = {panel.id: [self._both(panel, query) for query in panel.queries] for panel in panels}
        numbers: set[int] = set()
        functions: set[str] = set()
        sketched: set[int] = set()
        back: dict[Look, set[int]] = defaultdict(set)
        for panel in panels:
            for part in (part for both in self._parts[panel.id] for part in both if part.groups):
                if panel.type == HEATMAP or part.asked.fn in QUANTILES:
                    sketched |= part.series if part.kind != Kind.COUNTER else set()
                elif part.asked.fn in LOOKING_BACK:
                    back[self._look(part.asked)] |= part.series
                else:
                    numbers |= part.series
                    functions.add(part.asked.fn)
        self._columns = plain.columns(functions)
        self._plain = _by_series(store.rows(tier, numbers, first, end, self._columns))
        self._sketched = store.sketched(tier, sketched, first, end)
        self._fns = {part.fn for part in asked} & QUANTILES.keys()
        self._last: tuple[object, Mapping[str, Values]] | None = None
        self._past = {look: read(look, sorted(some)) for look, some in back.items()}

    def shown(self, panel: Panel) -> Shown:
        """Everything that a panel shows."""
        found = Shown()
        names: set[str] = set()
        for query, parts in zip(panel.queries, self._parts[panel.id], strict=True):
            name = query.legend or query.metric
            label = name if name not in names else f"{name} {len(names) + 1}"
            names.add(label)
            lines = self._heat(parts[0]) if panel.type == HEATMAP else self._query(query, parts)
            for line in lines:
                if len(panel.queries) > 1:
                    line.key = canonical({**line.labels, "query": label})
                found.lines.append(line)
            found.more += parts[0].more
        return found

    def _both(self, panel: Panel, query: Query) -> list[_Part]:
        """A query's sides: of the first what is drawn, of what it is divided by what that needs."""
        if panel.type == HEATMAP:  # which puts all of them together
            query = query.model_copy(update={"by": []})
        groups = self._groups(query)
        others = self._groups(query.ratio_to) if query.ratio_to is not None else {}
        chosen = self._chosen(panel, query, groups, others)
        more = len(groups) - len(chosen)
        chosen = [key for key in chosen if any(one.last_at >= self._since for one in groups[key])]
        parts = [self._part(query, groups, chosen, more)]
        if query.ratio_to is not None:
            keys = [key for key in (*chosen, WHOLE) if key in others]
            parts.append(self._part(query.ratio_to, others, keys))
        return parts

    def _chosen(
        self,
        panel: Panel,
        query: Query,
        groups: Mapping[str, Sequence[Member]],
        divisors: Mapping[str, Sequence[Member]],
    ) -> list[str]:
        """The groups that are drawn: of a list the largest ones."""
        if panel.type != TABLE or len(groups) <= LINES_MAX:
            return drawn(groups, self._end)
        found: set[str] = set()
        for end in self._ends:
            values = self._newest(end, query, groups)
            if query.ratio_to is not None:
                values = ranking.divided(values, self._newest(end, query.ratio_to, divisors), WHOLE)
            found.update(ranking.largest(values))
        others = {key: members for key, members in groups.items() if key not in found}
        return sorted([*found, *drawn(others, self._end)[: max(0, LINES_MAX - len(found))]])

    def _newest(self, end: int, asked: Selection, groups: Mapping[str, Sequence[Member]]) -> ranking.Newest:
        return ranking.newest(self._moment(end), asked, self._kind(asked), groups)

    def _moment(self, end: int) -> Moment:
        return Moment(self._tier, end, self._now)

    def _kind(self, asked: Selection) -> str:
        metric = self._metrics.get(asked.metric)
        return metric.kind if metric else ""

    def _part(
        self, asked: Selection, groups: Mapping[str, Sequence[Member]], keys: Iterable[str], more: int = 0
    ) -> _Part:
        ids = {key: [member.series for member in groups[key]] for key in keys}
        return _Part(asked, self._kind(asked), ids, more)

    def _query(self, query: Query, parts: Sequence[_Part]) -> list[Line]:
        values = self._values(parts[0])
        if len(parts) > 1:
            values = ratios(values, self._values(parts[1]))
        lines = []
        for key in values:
            labels = dict(mapping_of(key))
            lines.append(Line(key, labels, name_of(query, labels), values[key]))
        return lines

    def _values(self, part: _Part) -> Values:
        fn = part.asked.fn
        if fn in QUANTILES:
            return self._quantiles(part)[fn]
        found: Values = {}
        for key, ids in part.groups.items():
            if fn in LOOKING_BACK:
                look = self._look(part.asked)
                function = moving if fn == "moving_avg" else sessions
                found[key] = dict(function(look, self._past[look], ids, part.kind))
            else:
                rows = [self._plain[pk] for pk in ids if pk in self._plain]
                found[key] = plain.values(fn, part.kind, rows, self._columns, self._seconds)
        return found

    def _heat(self, part: _Part) -> list[Line]:
        """A line for each octave of values, of all series together."""
        lines = []
        together = Together(self._sketched, part.groups, self._tier.step)
        for bound, counts in sorted(together.octaves().items()):
            label = f"{bound:g}"
            lines.append(Line(canonical({"le": label}), {"le": label}, label, dict(counts)))
        return lines

    def _quantiles(self, part: _Part) -> Mapping[str, Values]:
        """By function. Several of the same are often asked for in turn."""
        which = (part.asked.metric, tuple(sorted(part.asked.where.items())), tuple(part.groups))
        if self._last is None or self._last[0] != which:
            together = Together(self._sketched, part.groups, self._tier.step)
            self._last = which, together.quantiles(self._fns)
        return self._last[1]

    def _groups(self, part: Selection) -> dict[str, list[Member]]:
        groups: dict[str, list[Member]] = defaultdict(list)
        metric = self._metrics.get(part.metric)
        for member, labels in self._series[metric.pk] if metric else ():
            if part.is_of(labels):
                groups[canonical({name: labels[name] for name in part.by if name in labels})].append(member)
        return groups

    def _look(self, part: Selection) -> Look:
        return Look(self._tier, self._first, self._end, part.window)

    def _seconds(self, start: int) -> float:
        return self._moment(self._end).seconds(start)


def _by_series(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return dict(found)
