"""The buckets of histograms that others have counted: where values in a bucket may have been."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

PLACES = 16
"""A bucket's values are taken to lie evenly in it, at so many places at most: a wide one is not one value."""


class Layout(ABC):
    """What the buckets of a histogram mean. Two with the same `text` can be subtracted."""

    @property
    @abstractmethod
    def text(self) -> str:
        """Tells layouts apart."""

    @abstractmethod
    def spread(self, index: int, count: int) -> Iterable[tuple[float, int]]:
        """Values, with how many of them, that stand for a bucket's content."""


@dataclass(frozen=True)
class Bounds(Layout):
    """Buckets between given bounds, each with its upper one; below the first and above the last there is one more."""

    bounds: tuple[float, ...]

    @property
    def text(self) -> str:
        return ",".join(map(repr, self.bounds))

    def spread(self, index: int, count: int) -> Iterable[tuple[float, int]]:
        if not self.bounds:
            return
        high = self.bounds[index] if index < len(self.bounds) else self.bounds[-1]
        if index >= len(self.bounds) or (index == 0 and high <= 0):
            yield high, count
            return
        low = self.bounds[index - 1] if index else 0.0
        places = min(count, PLACES)
        for place in range(places):
            n = count * (place + 1) // places - count * place // places
            yield low + (high - low) * (place + 0.5) / places, n


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

    def spread(self, index: int, count: int) -> Iterable[tuple[float, int]]:
        if index == ZERO:
            yield 0.0, count
            return
        sign = 1.0 if index > 0 else -1.0
        exponent = (abs(index) - SIGN + 0.5) * 2.0**-self.scale
        if abs(exponent) < EXPONENT_MAX:
            yield sign * math.pow(2.0, exponent), count

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
