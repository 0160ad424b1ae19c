"""The labels that a metric's series have, for whoever chooses among them."""

import json
from collections.abc import Mapping, Sequence

from dashboard.models import Metric, Series

LOOKED_AT = 2_000
"""Series, those that were measured last: what has not been measured for long is rarely asked for."""


def labels_of(metric: Metric) -> Sequence[Mapping[str, str]]:
    """Those of each series."""
    rows = Series.objects.filter(metric=metric).order_by("-last_at").values_list("labels", flat=True)
    return [json.loads(labels) for labels in rows[:LOOKED_AT]]
