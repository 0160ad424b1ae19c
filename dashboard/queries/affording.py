"""How finely a board is read: so that it opens in a moment, however many series it is about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from dashboard.models import Series
from dashboard.panels import QUANTILES, Panel

from .choosing import LINES_MAX
from .labels import mapping_of

ROWS_MAX = 100_000
"""Windows that a board is read from and draws, of all series, where that leaves each WINDOWS_LEAST: more take too
long."""
WINDOWS_LEAST = 1_000
READ = 0.25
"""Of what it takes to read a window and draw it, as much is for reading it: numbers of many series are soon put
together. A sketch takes as long to read as both."""


def windows(panels: Sequence[Panel], since: float, width: int) -> int:
    """How many windows of each series to show, at most `width`, of what was measured since then."""
    if width <= WINDOWS_LEAST:
        return width
    return min(width, max(WINDOWS_LEAST, int(ROWS_MAX / max(_cost(panels, since), 1.0))))


def _cost(panels: Sequence[Panel], since: float) -> float:
    """How many series drawn one by one would take as long. One that is in several panels is read once."""
    asked = [(panel.type, part) for panel in panels for query in panel.queries for part in query.sides]
    rows = Series.objects.filter(metric__name__in={part.metric for _, part in asked}, last_at__gte=since)
    labels: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for metric, text in rows.values_list("metric__name", "labels"):
        labels[metric].append(mapping_of(text))
    costs: dict[str, float] = defaultdict(float)
    for type, part in asked:
        some = [one for one in labels[part.metric] if part.is_of(one)]
        groups = min(LINES_MAX, len({tuple(one.get(name) for name in part.by) for one in some}))
        read = 1.0 if type == "heatmap" or part.fn in QUANTILES else READ
        cost = read * len(some) + (1 - READ) * groups
        costs[part.metric] = max(costs[part.metric], cost)
    return sum(costs.values())
