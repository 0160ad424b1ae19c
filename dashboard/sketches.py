"""The sketches of many windows merged at once, as arrays: what `Sketch.merge` says, in a fraction of the time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .sketch import GAMMA, HEAD, LOG_GAMMA, NARROW, SMALLEST, WIDE, Sketch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PART_BYTES = 2**20
"""Of sketches that are merged together: what is made of them on the way stays in the processor's cache."""
CELLS_MAX = 2**21
"""Of rows times bins that are counted at once: sixteen megabytes."""

_HEAD = np.dtype([("width", "u1"), ("zero", "<u8"), ("positive", "<u2"), ("negative", "<u2")])
_COUNTS: dict[int, np.dtype[np.unsignedinteger]] = {NARROW: np.dtype("<u4"), WIDE: np.dtype("<u8")}
_SHIFT = 2**15 + 1
"""Added to a bin's number: that of any positive value is above 0 then, and its negative stands for the negative value.
So bins are in the order of their values, with that of zeros, 0, between."""
_LAST = 2**16
_EACH = 16
"""Bytes that a window counts for beside its sketch, which may be empty."""


@dataclass(frozen=True, slots=True)
class Sketched:
    """Windows of metrics that have sketches, column by column; the sketches one after the other, as they are stored."""

    series: Ints
    start: Ints
    count: Ints
    low: Floats
    high: Floats
    offset: Ints
    length: Ints
    sketches: bytes

    def take(self, places: Ints) -> "Sketched":
        """Some of them, in this order."""
        columns = {name: getattr(self, name)[places] for name in self.__slots__ if name != "sketches"}
        return replace(self, **columns)


def joined(parts: Sequence[tuple[Sequence[Any], bytes]]) -> Sketched:
    """Windows of several answers: each the columns series, start, count, low, high and length, and the sketches."""
    names = zip(*(columns for columns, _ in parts), strict=True) if parts else [((),)] * 6
    series, start, count, low, high, length = (np.concatenate(some) for some in names)
    lengths = length.astype(np.int64)
    return Sketched(
        series.astype(np.int64),
        start.astype(np.int64),
        count.astype(np.int64),
        low.astype(np.float64),
        high.astype(np.float64),
        lengths.cumsum() - lengths,
        lengths,
        b"".join(text for _, text in parts),
    )


class Merged:
    """Some rows, ascending, each with how many values it has of about which size: `cells` by row and by value."""

    def __init__(self, rows: Ints, values: Floats, cells: Floats, low: Floats, high: Floats) -> None:
        self.rows, self.values, self.cells = rows, values, cells
        self._low, self._high = low, high

    def quantile(self, q: float) -> list[float | None]:
        """Of each row, to within 1 %; None where nothing was counted."""
        total = self._upto[:, -1]
        place = (self._upto <= q * (total - 1)[:, None]).sum(axis=1)
        found = np.clip(self.values[np.minimum(place, len(self.values) - 1)], self._low, self._high)
        return [value if n else None for value, n in zip(found.tolist(), total.tolist(), strict=True)]

    def octaves(self) -> tuple[list[float], Floats]:
        """How many values there are of each row up to each power of two (of the same sign) and above the one before."""
        size = np.abs(self.values)
        exponent = np.log2(size, where=size > 0, out=np.zeros_like(size))
        bounds = np.where(self.values > 0, 2.0 ** np.ceil(exponent), -(2.0 ** np.floor(exponent)))
        bounds[size == 0] = 0.0
        firsts = np.flatnonzero(np.diff(bounds, prepend=np.nan))
        return bounds[firsts].tolist(), np.add.reduceat(self.cells, firsts, axis=1)

    @cached_property
    def _upto(self) -> Floats:
        return self.cells.cumsum(axis=1)


def of_many(values: Floats, counts: Ints) -> Sketch:
    """The sketch of these values, each so many times."""
    table = np.zeros(2 * _LAST + 1, dtype=np.int64)
    np.add.at(table, _bins_of(values) + _LAST, counts)
    bins = np.flatnonzero(table) - _LAST
    found = dict(zip(bins.tolist(), table[bins + _LAST].tolist(), strict=True))
    return Sketch.of_bins(
        found.pop(0, 0),
        {bin - _SHIFT: count for bin, count in found.items() if bin > 0},
        {-bin - _SHIFT: count for bin, count in found.items() if bin < 0},
    )


def merged(windows: Sketched, rows: Ints) -> Iterator[Merged]:
    """Merges windows into rows, whose numbers are given for each window; those below 0 are left out."""
    order = np.argsort(rows, kind="stable")
    order = order[np.searchsorted(rows[order], 0) :]
    windows, rows = windows.take(order), rows[order]
    firsts = np.flatnonzero(np.diff(rows, prepend=-1))
    parts = (windows.length + _EACH).cumsum()[firsts] // PART_BYTES
    cuts = [*firsts[np.flatnonzero(np.diff(parts, prepend=-1))].tolist(), len(rows)]
    for first, end in pairwise(cuts):
        yield from _merged(windows.take(np.arange(first, end)), rows[first:end])


def _merged(windows: Sketched, rows: Ints) -> Iterator[Merged]:
    firsts = np.flatnonzero(np.diff(rows, prepend=-1))
    place = np.repeat(np.arange(len(firsts)), np.diff(firsts, append=len(rows)))
    window, bins, counts = _bins(windows)
    present = np.zeros(2 * _LAST + 1, dtype=bool)
    present[bins + _LAST] = True
    columns = np.flatnonzero(present) - _LAST if len(bins) else np.zeros(1, dtype=np.int64)
    if len(firsts) > 1 and len(firsts) * len(columns) > CELLS_MAX:
        half = int(firsts[len(firsts) // 2])
        for some in (np.arange(half), np.arange(half, len(rows))):
            yield from _merged(windows.take(some), rows[some])
        return
    cell = place[window] * len(columns) + (present.cumsum() - 1)[bins + _LAST]
    cells: Floats = np.bincount(cell, counts, len(firsts) * len(columns)).astype(np.float64, copy=False)
    yield Merged(
        rows[firsts],
        _values(columns),
        cells.reshape(len(firsts), len(columns)),
        np.minimum.reduceat(windows.low, firsts),
        np.maximum.reduceat(windows.high, firsts),
    )


def _bins(windows: Sketched) -> tuple[Ints, Ints, Floats]:
    """Of all windows: whose it is, which bin, how many values."""
    alike = np.flatnonzero(windows.length == 0)
    found = [(alike, _bins_of(windows.low[alike]), windows.count[alike].astype(np.float64))]
    full = np.flatnonzero(windows.length)
    heads = _heads(windows.sketches, windows.offset[full])
    zero = np.flatnonzero(heads["zero"])
    found.append((full[zero], np.zeros(len(zero), dtype=np.int64), heads["zero"][zero].astype(np.float64)))
    for width, form in _COUNTS.items():
        some = np.flatnonzero(heads["width"] == width)
        positive, negative = (heads[sign][some].astype(np.int64) for sign in ("positive", "negative"))
        each = positive + negative
        index, counts = _cut(windows.sketches, windows.offset[full[some]] + HEAD.size, each, form)
        if negative.any():
            number = np.arange(len(index)) - np.repeat(each.cumsum() - each, each)
            index[number >= np.repeat(positive, each)] *= -1
        found.append((np.repeat(full[some], each), index, counts))
    window, bins, counts = map(np.concatenate, zip(*found, strict=True))
    return window, bins, counts


def _heads(sketches: bytes, offset: Ints) -> NDArray[np.void]:
    raw = np.frombuffer(sketches, np.uint8)
    return raw[offset[:, None] + np.arange(HEAD.size)].view(_HEAD)[:, 0]


def _cut(sketches: bytes, first: Ints, bins: Ints, form: np.dtype[np.unsignedinteger]) -> tuple[Ints, Floats]:
    """The numbers of all bins, shifted, and their counts. To slice is quicker than to compute the place of each."""
    indices, counts = [], []
    middle = first + 2 * bins
    for start, between, end in zip(
        first.tolist(), middle.tolist(), (middle + form.itemsize * bins).tolist(), strict=True
    ):
        indices.append(sketches[start:between])
        counts.append(sketches[between:end])
    index = np.frombuffer(b"".join(indices), "<i2").astype(np.int64)
    index += _SHIFT
    return index, np.frombuffer(b"".join(counts), form).astype(np.float64)


def _bins_of(values: Floats) -> Ints:
    """The bins of values, with their signs."""
    size = np.abs(values)
    large = size >= SMALLEST
    index = np.ceil(np.log(size, where=large, out=np.zeros_like(size)) / LOG_GAMMA).astype(np.int64)
    return np.where(large, np.sign(values).astype(np.int64) * (index + _SHIFT), 0)


def _values(bins: Ints) -> Floats:
    """The values in the middle of bins."""
    size = 2 * np.exp((np.abs(bins) - _SHIFT) * LOG_GAMMA) / (GAMMA + 1)
    return np.where(bins == 0, 0.0, np.sign(bins) * size)
