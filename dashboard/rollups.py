"""A window's aggregate: what is kept of its samples. Any two can be merged."""

from collections.abc import Sequence
from typing import NamedTuple

from .sketch import SMALLEST, Sketch, counted, index_of
from .tiers import FINEST, TIERS, Tier

FEW_BINS = 12
"""Counting so many one by one in an encoded sketch is quicker than decoding it."""


class Key(NamedTuple):
    """A window of a series, in some tier."""

    series: int
    start: int


class Rollup:
    """Count, sum, extremes, the newest value, and for all but counters (`sketched`) a sketch of the distribution.

    While all values are equal there is no sketch: it would say no more than `min` does. One that was stored stays
    `encoded` for as long as that will do.
    """

    __slots__ = ("count", "encoded", "last", "last_at", "max", "min", "sketch", "sketched", "sum")

    def __init__(
        self,
        count: int,
        sum: float,
        min: float,
        max: float,
        last: float,
        last_at: float,
        sketch: Sketch | None = None,
        *,
        sketched: bool = True,
        encoded: bytes = b"",
    ) -> None:
        self.count, self.sum = count, sum
        self.min, self.max = min, max
        self.last, self.last_at = last, last_at
        self.sketch, self.encoded = sketch, encoded
        self.sketched = sketched

    @classmethod
    def of(cls, value: float, at: float, *, sketched: bool) -> "Rollup":
        """The rollup of one sample."""
        return cls(1, value, value, value, value, at, sketched=sketched)

    def add(self, value: float, at: float) -> None:
        """Takes in one sample: the same as merging its rollup, but quicker."""
        if self.sketched and (not self._one_value or not self.min == value == self.max):
            self._whole_sketch().add(value)
        self.count += 1
        self.sum += value
        if value < self.min:
            self.min = value
        if value > self.max:
            self.max = value
        if (at, value) > (self.last_at, self.last):
            self.last, self.last_at = value, at

    def merge(self, other: "Rollup") -> None:
        """Takes in another one. Of two newest values of one moment, the larger counts, so that order never does."""
        alike = self._one_value and other._one_value and self.min == other.min
        if self.sketched and not alike and not self._counted(other):
            if other._one_value:
                self._whole_sketch().add(other.min, other.count)
            else:
                self._whole_sketch().merge(other._whole_sketch())
        self.count += other.count
        self.sum += other.sum
        self.min = min(self.min, other.min)
        self.max = max(self.max, other.max)
        if (other.last_at, other.last) > (self.last_at, self.last):
            self.last, self.last_at = other.last, other.last_at

    def copy(self) -> "Rollup":
        """Another with the same content, that can be changed without this one."""
        sketch = None
        if self.sketch is not None:
            sketch = Sketch()
            sketch.merge(self.sketch)
        return Rollup(
            self.count,
            self.sum,
            self.min,
            self.max,
            self.last,
            self.last_at,
            sketch,
            sketched=self.sketched,
            encoded=self.encoded,
        )

    def sketch_bytes(self) -> bytes:
        """The sketch as it is stored."""
        if self.min == self.max:
            return b""
        return self.encoded if self.sketch is None else self.sketch.encode()

    @property
    def _one_value(self) -> bool:
        return self.sketch is None and not self.encoded

    def _whole_sketch(self) -> Sketch:
        if self.sketch is None:
            self.sketch = Sketch.decode(self.encoded) if self.encoded else Sketch.of(self.min, self.count)
            self.encoded = b""
        return self.sketch

    def _counted(self, other: "Rollup") -> bool:
        """Counts the few values of another one in the encoded sketch, if that can be done."""
        if not self.encoded:
            return False
        bins = other._few_bins()
        if not bins:
            return False
        found = self.encoded
        for positive, index, count in bins:
            more = counted(found, positive=positive, index=index, count=count)
            if more is None:
                return False
            found = more
        self.encoded = found
        return True

    def _few_bins(self) -> Sequence[tuple[bool, int, int]]:
        """Its bins as `counted` takes them; none where there are zeros among the values, or many bins."""
        if self._one_value:
            return [(self.min > 0, index_of(self.min), self.count)] if abs(self.min) >= SMALLEST else []
        if (
            self.sketch is None
            or self.sketch.zero
            or len(self.sketch.positive) + len(self.sketch.negative) > FEW_BINS
        ):
            return []
        signs = ((True, self.sketch.positive), (False, self.sketch.negative))
        return [(sign, index, count) for sign, bins in signs for index, count in bins.items()]


def stored(
    count: int,
    sum: float,
    min: float,
    max: float,
    last: float,
    last_at: float,
    data: bytes,
    *,
    sketched: bool,
) -> Rollup:
    """The rollup that these columns hold."""
    return Rollup(count, sum, min, max, last, last_at, sketched=sketched, encoded=data if sketched else b"")


def sketch_of(data: bytes, smallest: float, count: int) -> Sketch:
    """The sketch of a stored rollup of a metric that has one."""
    return Sketch.decode(data) if data else Sketch.of(smallest, count)


def add(into: dict[Key, Rollup], key: Key, rollup: Rollup) -> None:
    """Merges a rollup into those that are there."""
    if key in into:
        into[key].merge(rollup)
    else:
        into[key] = rollup


def in_all_tiers(finest: dict[Key, Rollup]) -> list[tuple[Tier, dict[Key, Rollup]]]:
    """The windows of every tier that these, of the finest one, belong to; each tier is made of the one before."""
    found = [(FINEST, finest)]
    for tier in TIERS[1:]:
        wider: dict[Key, Rollup] = {}
        for key, rollup in found[-1][1].items():
            window = Key(key.series, tier.window(key.start))
            if window in wider:
                wider[window].merge(rollup)
            else:
                wider[window] = rollup.copy()
        found.append((tier, wider))
    return found
