"""A window's aggregate: what is kept of its samples. Any two can be merged."""

from typing import NamedTuple

from .sketch import Sketch
from .tiers import FINEST, TIERS, Tier


class Key(NamedTuple):
    """A window of a series, in some tier."""

    series: int
    start: int


class Rollup:
    """Count, sum, extremes, the newest value, and for all but counters a sketch of the distribution."""

    __slots__ = ("count", "last", "last_at", "max", "min", "sketch", "sum")

    def __init__(
        self,
        count: int,
        sum: float,
        min: float,
        max: float,
        last: float,
        last_at: float,
        sketch: Sketch | None,
    ) -> None:
        self.count, self.sum = count, sum
        self.min, self.max = min, max
        self.last, self.last_at = last, last_at
        self.sketch = sketch

    @classmethod
    def of(cls, value: float, at: float, *, sketched: bool) -> "Rollup":
        """The rollup of one sample."""
        return cls(1, value, value, value, value, at, Sketch.of(value) if sketched else None)

    def merge(self, other: "Rollup") -> None:
        """Takes in another one. Of two newest values of one moment, the larger counts, so that order never does."""
        self.count += other.count
        self.sum += other.sum
        self.min = min(self.min, other.min)
        self.max = max(self.max, other.max)
        if (other.last_at, other.last) > (self.last_at, self.last):
            self.last, self.last_at = other.last, other.last_at
        if other.sketch is not None:
            if self.sketch is None:
                self.sketch = Sketch()
            self.sketch.merge(other.sketch)

    def copy(self) -> "Rollup":
        """Another with the same content, that can be changed without this one."""
        sketch = None
        if self.sketch is not None:
            sketch = Sketch()
            sketch.merge(self.sketch)
        return Rollup(self.count, self.sum, self.min, self.max, self.last, self.last_at, sketch)

    def sketch_bytes(self) -> bytes:
        """The sketch as it is stored: nothing where it says no more than `min` does."""
        if self.sketch is None or self.min == self.max:
            return b""
        return self.sketch.encode()


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
