"""Functions of numbers alone: from the few columns that they need, without a look at the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.models import Kind

from .cells import Row

NEEDS = {
    "avg": ("count", "sum"),
    "sum": ("count", "sum"),
    "min": ("min",),
    "max": ("max",),
    "count": ("count",),
    "last": ("last_at", "last"),
    "rate": ("count", "sum"),
    "increase": ("count", "sum"),
}
"""The columns that each function is computed from."""

Values = dict[int, Any]
Seconds = Callable[[int], float]
"""How long a window has been going on."""


def columns(functions: set[str]) -> tuple[str, ...]:
    """Those that are read for some functions: series and start first, as in every row."""
    wanted = sorted({name for fn in functions for name in NEEDS[fn]})
    return ("series_id", "start", *wanted)


def values(
    fn: str, kind: str, series: Sequence[Sequence[Row]], read: Sequence[str], seconds: Seconds
) -> Values:
    """A function of what some series have together, by the starts of windows. `read` says what the columns are.

    It says the same as `cells.value_of` does of a cell.
    """
    at = {name: n for n, name in enumerate(read)}
    if fn in ("min", "max"):
        return _extreme(series, at[fn], min if fn == "min" else max)
    if fn == "last":
        newest = _extreme(
            [[(0, row[1], (row[at["last_at"]], row[at["last"]])) for row in rows] for rows in series], 2, max
        )
        return {start: last for start, (_, last) in newest.items()}
    if fn == "count" or (kind == Kind.HISTOGRAM and fn in ("rate", "increase")):
        found = _sum(series, at["count"])
    elif fn == "avg":
        return _average(series, at["sum"], at["count"])
    elif fn == "sum" and kind == Kind.GAUGE:
        return _sum_of_averages(series, at["sum"], at["count"])
    else:
        found = _sum(series, at["sum"])
    return {start: total / seconds(start) for start, total in found.items()} if fn == "rate" else found


def _sum(series: Sequence[Sequence[Row]], column: int) -> Values:
    if len(series) == 1:
        return {row[1]: row[column] for row in series[0]}
    found: Values = {}
    for rows in series:
        for row in rows:
            found[row[1]] = found.get(row[1], 0) + row[column]
    return found


def _average(series: Sequence[Sequence[Row]], total: int, count: int) -> Values:
    if len(series) == 1:
        return {row[1]: row[total] / row[count] for row in series[0]}
    counts = _sum(series, count)
    return {start: value / counts[start] for start, value in _sum(series, total).items()}


def _sum_of_averages(series: Sequence[Sequence[Row]], total: int, count: int) -> Values:
    found: Values = {}
    for rows in series:
        for row in rows:
            found[row[1]] = found.get(row[1], 0.0) + row[total] / row[count]
    return found


def _extreme(series: Sequence[Sequence[Any]], column: int, better: Callable[[Any, Any], Any]) -> Values:
    if len(series) == 1:
        return {row[1]: row[column] for row in series[0]}
    found: Values = {}
    for rows in series:
        for row in rows:
            before = found.get(row[1])
            found[row[1]] = row[column] if before is None else better(before, row[column])
    return found
