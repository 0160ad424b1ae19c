"""The buckets of histograms that others have counted: where values in a bucket may have been."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from dashboard.sketches import Floats, Ints

PLACES = 16
"""A bucket's values are taken to lie evenly in it, at so many places at most: a wide one is not one value."""


class Layout(ABC):
    """What the buckets of a histogram mean. Two with the same `text` can be subtracted."""

    @property
    @abstractmethod
    def text(self) -> str:
        """Tells layouts apart."""

    @abstractmethod
    def spread(self, indices: Ints, counts: Ints) -> tuple[Floats, Ints]:
        """Values, with how many of them, that stand for what these buckets hold."""


@dataclass(frozen=True)
class Bounds(Layout):
    """Buckets between given bounds, each with its upper one; below the first and above the last there is one more."""

    bounds: tuple[float, ...]

    @property
    def text(self) -> str:
        return ",".join(map(repr, self.bounds))

    def spread(self, indices: Ints, counts: Ints) -> tuple[Floats, Ints]:
        if not self.bounds:
            return np.zeros(0), np.zeros(0, dtype=np.int64)
        edges = np.array((0.0, *self.bounds, self.bounds[-1]))
        edges[0] = min(0.0, edges[1])  # the first reaches down to 0, or holds what is at its bound
        below = np.minimum(indices, len(self.bounds))
        low, high = edges[below], edges[np.minimum(below + 1, len(self.bounds))]
        places = np.where(low < high, np.minimum(counts, PLACES), 1)[:, None]
        place = np.arange(PLACES)
        values = low[:, None] + (high - low)[:, None] * (place + 0.5) / places
        upto = counts[:, None] * np.minimum(np.arange(PLACES + 1), places) // places
        return values.ravel(), np.diff(upto).ravel()


ZERO = 0
"""The bucket of zeros in an exponential layout; positive ones are numbered from 1 upwards after `shift`."""
EXPONENT_MAX = 900
"""Of two: larger values have no bin in a sketch, and no number either."""
SIGN = 1 << 40
"""Added to a bucket's number, to keep positive and negative ones of any offset apart from ZERO."""


@dataclass(frozen=True)
class Exponential(Layout):
    """OpenTelemetry's: bucket i holds (base ** i, base ** (i + 1)], with base = 2 ** (2 ** -scale)."""

    scale: int

    @property
    def text(self) -> str:
        return f"2^{self.scale}"

    def spread(self, indices: Ints, counts: Ints) -> tuple[Floats, Ints]:
        exponents = np.where(indices == ZERO, 0.0, (np.abs(indices) - SIGN + 0.5) * 2.0**-self.scale)
        some = np.abs(exponents) < EXPONENT_MAX
        return np.sign(indices[some]) * 2.0 ** exponents[some], counts[some]

    def coarsened(self, buckets: dict[int, int], scale: int) -> dict[int, int]:
        """The same counts in the fewer buckets of a smaller `scale`. Exact: each two become one."""
        found: dict[int, int] = {}
        for index, count in buckets.items():
            wider = index
            if index != ZERO:
                sign = 1 if index > 0 else -1
                wider = sign * (((abs(index) - SIGN) >> (self.scale - scale)) + SIGN)
            found[wider] = found.get(wider, 0) + count
        return found


def layout(text: str) -> Layout:
    """The layout that has this text."""
    if text.startswith("2^"):
        return Exponential(int(text[2:]))
    return Bounds(tuple(float(part) for part in text.split(",") if part))
