"""The labels that a metric's series have, for whoever chooses among them."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from dashboard.models import Metric, Series

LOOKED_AT = 2_000
"""Series, those that were measured last: what has not been measured for long is rarely asked for."""
PARSED_MAX = 20_000
"""Labels that a process keeps parsed: those of as many series as it remembers when they are written to."""
LONG = 1_000
"""Characters; what is longer is parsed anew each time, so that what is kept stays within some tens of megabytes."""


def mapping_of(text: str) -> Mapping[str, str]:
    """Labels in their canonical form, read. Not to be changed: others get the same."""
    return _parsed(text) if len(text) <= LONG else _parsed.__wrapped__(text)


def labels_of(metric: Metric) -> Sequence[Mapping[str, str]]:
    """Those of each series."""
    rows = Series.objects.filter(metric=metric).order_by("-last_at").values_list("labels", flat=True)
    return [json.loads(labels) for labels in rows[:LOOKED_AT]]


@lru_cache(maxsize=PARSED_MAX)
def _parsed(text: str) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(text)
    return found
