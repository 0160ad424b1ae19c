"""The value of a window: the rollups of one or many series in it, put through a function."""

import math
from collections.abc import Callable
from typing import Any

from dashboard.models import Kind
from dashboard.panels import QUANTILES
from dashboard.rollups import sketch_of
from dashboard.sketch import Sketch

Row = tuple[Any, ...]
"""series, start, count, sum, min, max, last, last_at, and perhaps the sketch: as `store.rows` gives them."""


class Cell:
    """What a group of series has in one window."""

    __slots__ = ("averages", "count", "last", "last_at", "max", "min", "sketch", "sum")

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0.0
        self.averages = 0.0
        self.min = math.inf
        self.max = -math.inf
        self.last = 0.0
        self.last_at = -math.inf
        self.sketch: Sketch | None = None

    def add(self, row: Row) -> None:
        """Takes in one series' window."""
        count, total = row[2], row[3]
        self.count += count
        self.sum += total
        self.averages += total / count
        if row[4] < self.min:
            self.min = row[4]
        if row[5] > self.max:
            self.max = row[5]
        if (row[7], row[6]) > (self.last_at, self.last):
            self.last, self.last_at = row[6], row[7]
        if len(row) > 8:
            if self.sketch is None:
                self.sketch = sketch_of(bytes(row[8]), row[4], count)
            elif row[8]:
                self.sketch.merge_encoded(bytes(row[8]))
            else:
                self.sketch.add(row[4], count)


Value = Callable[[Cell, float], float | None]
"""The value of a cell whose window is so many seconds long, so far."""


def value_of(fn: str, kind: str) -> Value:
    """What a function says of a metric of this kind.

    A level's `sum` over several series is that of their averages, so that it does not depend on how often each is
    measured, nor on the length of the window.
    """
    if fn in QUANTILES:
        q = QUANTILES[fn]
        return lambda cell, _: _quantile(cell, q)
    if kind == Kind.GAUGE and fn == "sum":
        return lambda cell, _: cell.averages
    if kind == Kind.HISTOGRAM and fn in ("rate", "increase"):
        return (lambda cell, seconds: cell.count / seconds) if fn == "rate" else (lambda cell, _: cell.count)
    return _PLAIN[fn]


def _quantile(cell: Cell, q: float) -> float | None:
    found = cell.sketch.quantile(q) if cell.sketch is not None else None
    return None if found is None else min(max(found, cell.min), cell.max)


_PLAIN: dict[str, Value] = {
    "avg": lambda cell, _: cell.sum / cell.count,
    "sum": lambda cell, _: cell.sum,
    "min": lambda cell, _: cell.min,
    "max": lambda cell, _: cell.max,
    "count": lambda cell, _: cell.count,
    "last": lambda cell, _: cell.last,
    "rate": lambda cell, seconds: cell.sum / seconds,
    "increase": lambda cell, _: cell.sum,
}
