"""The sketches of many windows merged at once, as arrays: what `Sketch.merge` says, in a fraction of the time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .sketch import GAMMA, HEAD, LOG_GAMMA, NARROW, SMALLEST, WIDE, Sketch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PART_BYTES = 2**20
"""Of sketches that are merged together: what is made of them on the way stays in the processor's cache."""
DENSE = 2
"""Up to so many cells of a table for each bin of a window, it is quicker to count in a table than to sort."""

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
    """Some rows, ascending, each with how many values it has of about which size."""

    def __init__(self, rows: Ints, ends: Ints, bins: Ints, counts: Floats, low: Floats, high: Floats) -> None:
        """`bins` and `counts` are those of all rows, by row and by value; `ends` has where each row ends."""
        self.rows = rows
        self._bins, self._counts, self._low, self._high = bins, counts, low, high
        self._ends = np.append(0, ends)
        self._upto = np.append(0.0, counts.cumsum())

    def quantile(self, q: float) -> list[float | None]:
        """Of each row, to within 1 %; None where nothing was counted."""
        upto = self._upto[self._ends]
        total = np.diff(upto)
        # Counts are whole numbers: what is more than the rank is more than the whole part of it.
        rank = upto[:-1] + np.floor(q * np.maximum(total - 1, 0))
        place = np.searchsorted(self._upto[1:], rank, side="right")
        found = np.clip(_values(np.append(self._bins, 0)[place]), self._low, self._high)
        return [value if n else None for value, n in zip(found.tolist(), total.tolist(), strict=True)]

    def octaves(self) -> tuple[list[float], Floats]:
        """How many values there are of each row up to each power of two (of the same sign) and above the one before."""
        full = np.flatnonzero(self._counts)
        values = _values(self._bins[full])
        size = np.abs(values)
        exponent = np.log2(size, where=size > 0, out=np.zeros_like(size))
        bound = np.where(values > 0, 2.0 ** np.ceil(exponent), -(2.0 ** np.floor(exponent)))
        bound[size == 0] = 0.0
        bounds, column = np.unique(bound, return_inverse=True)
        row = np.searchsorted(self._ends, full, side="right") - 1
        shape = len(self.rows), len(bounds)
        cells = np.bincount(row * len(bounds) + column, self._counts[full], shape[0] * shape[1])
        return bounds.tolist(), cells.astype(np.float64, copy=False).reshape(shape)


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
        yield _merged(windows.take(np.arange(first, end)), rows[first:end])


def _merged(windows: Sketched, rows: Ints) -> Merged:
    firsts = np.flatnonzero(np.diff(rows, prepend=-1))
    window, bins, counts = _bins(windows)
    place = np.repeat(np.arange(len(firsts)), np.diff(firsts, append=len(rows)))[window]
    present = np.zeros(2 * _LAST + 1, dtype=bool)
    present[bins + _LAST] = True
    columns = np.flatnonzero(present) - _LAST
    if len(firsts) * len(columns) <= DENSE * len(bins):
        cell = place * len(columns) + (present.cumsum() - 1)[bins + _LAST]
        counts = np.bincount(cell, counts, len(firsts) * len(columns)).astype(np.float64, copy=False)
        bins, ends = np.tile(columns, len(firsts)), np.arange(1, len(firsts) + 1) * len(columns)
    else:  # mostly one window each, and nearly in order already
        order = np.argsort(place * len(present) + bins, kind="stable")
        bins, counts = bins[order], counts[order]
        ends = np.bincount(place, minlength=len(firsts)).cumsum()
    low, high = np.minimum.reduceat(windows.low, firsts), np.maximum.reduceat(windows.high, firsts)
    return Merged(rows[firsts], ends, bins, counts, low, high)


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
