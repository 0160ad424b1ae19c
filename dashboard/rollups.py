"""A window's aggregate: what is kept of its samples. Any two can be merged."""

from typing import NamedTuple

from .sketch import Sketch
from .tiers import FINEST, TIERS, Tier


class Key(NamedTuple):
    """A window of a series, in some tier."""

    series: int
    start: int


class Rollup:
    """Count, sum, extremes, the newest value, and for all but counters (`sketched`) a sketch of the distribution.

    While all values are equal there is no sketch: it would say no more than `min` does.
    """

    __slots__ = ("count", "last", "last_at", "max", "min", "sketch", "sketched", "sum")

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
    ) -> None:
        self.count, self.sum = count, sum
        self.min, self.max = min, max
        self.last, self.last_at = last, last_at
        self.sketch = sketch
        self.sketched = sketched

    @classmethod
    def of(cls, value: float, at: float, *, sketched: bool) -> "Rollup":
        """The rollup of one sample."""
        return cls(1, value, value, value, value, at, sketched=sketched)

    def add(self, value: float, at: float) -> None:
        """Takes in one sample: the same as merging its rollup, but quicker."""
        if self.sketched and (self.sketch is not None or not self.min == value == self.max):
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
        alike = self.sketch is None and other.sketch is None and self.min == other.min
        if self.sketched and not alike:
            if other.sketch is None:
                self._whole_sketch().add(other.min, other.count)
            else:
                self._whole_sketch().merge(other.sketch)
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
        )

    def sketch_bytes(self) -> bytes:
        """The sketch as it is stored."""
        return b"" if self.sketch is None or self.min == self.max else self.sketch.encode()

    def _whole_sketch(self) -> Sketch:
        if self.sketch is None:
            self.sketch = Sketch.of(self.min, self.count)
        return self.sketch


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
    sketch = Sketch.decode(data) if data else None
    return Rollup(count, sum, min, max, last, last_at, sketch, sketched=sketched)


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
