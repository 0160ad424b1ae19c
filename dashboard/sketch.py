"""Quantiles that can be merged: a DDSketch (Masson, Rim and Lee, 2019).

Values are counted in bins whose bounds grow by a factor, so a quantile is off by at most 1 % of itself, whatever the
values are and however many sketches were merged to get there.
"""

import math
import struct
from array import array
from collections.abc import Iterable

ACCURACY = 0.01
GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
LOG_GAMMA = math.log(GAMMA)

MAX_BINS = 2_048
"""Of one sign: between the smallest and the largest lies a factor of 10 ** 17. Beyond it the smallest share one bin."""
SMALLEST = 1e-140
"""What is nearer to zero counts as zero; bin numbers then fit into two bytes."""

HEAD = struct.Struct("<BQHH")
NARROW, WIDE = 1, 2
NARROW_MAX = 2**32 - 1

Bins = dict[int, int]


class Sketch:
    """How many values there were of about which size."""

    __slots__ = ("negative", "positive", "zero")

    def __init__(self) -> None:
        self.zero = 0
        self.positive: Bins = {}
        self.negative: Bins = {}

    @classmethod
    def of(cls, value: float, count: int = 1) -> "Sketch":
        """A sketch of one value, that many times."""
        sketch = cls()
        sketch.add(value, count)
        return sketch

    @classmethod
    def of_bins(cls, zero: int, positive: Bins, negative: Bins) -> "Sketch":
        """A sketch of so many zeros, and of what is in these bins, which it keeps."""
        sketch = cls()
        sketch.zero, sketch.positive, sketch.negative = zero, positive, negative
        for bins in (positive, negative):
            if len(bins) > MAX_BINS:
                _collapse(bins)
        return sketch

    @property
    def count(self) -> int:
        return self.zero + sum(self.positive.values()) + sum(self.negative.values())

    def add(self, value: float, count: int = 1) -> None:
        """Counts a finite value."""
        if abs(value) < SMALLEST:
            self.zero += count
            return
        bins = self.positive if value > 0 else self.negative
        index = index_of(value)
        bins[index] = bins.get(index, 0) + count
        if len(bins) > MAX_BINS:
            _collapse(bins)

    def merge(self, other: "Sketch") -> None:
        """Takes in another one. In whatever order many are merged, the result is the same."""
        self.zero += other.zero
        for bins, more in ((self.positive, other.positive), (self.negative, other.negative)):
            for index, count in more.items():
                bins[index] = bins.get(index, 0) + count
            if len(bins) > MAX_BINS:
                _collapse(bins)

    def merge_encoded(self, data: bytes) -> None:
        """Takes in what `encode` made of another one: the same as decoding and merging it, in a third of the time."""
        width, zero, positive, negative = HEAD.unpack_from(data)
        self.zero += zero
        middle = HEAD.size + 2 * (positive + negative)
        indices = array("h", data[HEAD.size : middle])
        counts = array("Q" if width == WIDE else "I", data[middle:])
        for bins, part in ((self.positive, slice(positive)), (self.negative, slice(positive, None))):
            get = bins.get
            for index, count in zip(indices[part], counts[part], strict=True):
                bins[index] = get(index, 0) + count
            if len(bins) > MAX_BINS:
                _collapse(bins)

    def quantile(self, q: float) -> float | None:
        """The value below which the share `q` of all lies, to within 1 %; None for an empty sketch."""
        count = self.count
        if not count:
            return None
        rank = q * (count - 1)
        seen = 0
        for value, n in self.ordered():
            seen += n
            if seen > rank:
                return value
        return None

    def ordered(self) -> Iterable[tuple[float, int]]:
        """Each bin's value and count, the smallest value first."""
        for index in sorted(self.negative, reverse=True):
            yield -value_of(index), self.negative[index]
        if self.zero:
            yield 0.0, self.zero
        for index in sorted(self.positive):
            yield value_of(index), self.positive[index]

    def encode(self) -> bytes:
        """As it is stored: eight to ten bytes a bin at most, mostly six."""
        counts = [*self.positive.values(), *self.negative.values()]
        wide = max(counts, default=0) > NARROW_MAX
        indices = array("h", [*self.positive, *self.negative])
        head = HEAD.pack(WIDE if wide else NARROW, self.zero, len(self.positive), len(self.negative))
        return head + indices.tobytes() + array("Q" if wide else "I", counts).tobytes()

    @classmethod
    def decode(cls, data: bytes) -> "Sketch":
        """What `encode` made."""
        sketch = cls()
        width, sketch.zero, positive, negative = HEAD.unpack_from(data)
        middle = HEAD.size + 2 * (positive + negative)
        indices = array("h", data[HEAD.size : middle])
        counts = array("Q" if width == WIDE else "I", data[middle:])
        sketch.positive = dict(zip(indices[:positive], counts[:positive], strict=True))
        sketch.negative = dict(zip(indices[positive:], counts[positive:], strict=True))
        return sketch


def index_of(value: float) -> int:
    """The bin of a value, by its size alone. Not of one that counts as zero."""
    return math.ceil(math.log(abs(value)) / LOG_GAMMA)


def counted(data: bytes, *, positive: bool, index: int, count: int) -> bytes | None:
    """What `encode` would make with `count` more in a bin: in a tenth of the time that decoding takes. None where the
    layout would change."""
    width, zero, above, below = HEAD.unpack_from(data)
    if width != NARROW or count > NARROW_MAX or (above if positive else below) >= MAX_BINS:
        return None
    first = HEAD.size if positive else HEAD.size + 2 * above
    last = first + 2 * (above if positive else below)
    middle = HEAD.size + 2 * (above + below)
    wanted = array("h", [index]).tobytes()
    at = data.find(wanted, first, last)
    while at >= 0 and (at - first) % 2:  # half of one number and half of the next
        at = data.find(wanted, at + 1, last)
    if at < 0:
        behind = middle + 2 * (last - HEAD.size)
        head = HEAD.pack(width, zero, above + positive, below + (not positive))
        parts = (
            data[HEAD.size : last],
            wanted,
            data[last:behind],
            array("I", [count]).tobytes(),
            data[behind:],
        )
        return head + b"".join(parts)
    place = middle + 2 * (at - HEAD.size)
    total = array("I", data[place : place + 4])[0] + count
    if total > NARROW_MAX:
        return None
    return data[:place] + array("I", [total]).tobytes() + data[place + 4 :]


def value_of(index: int) -> float:
    """The value in the middle of a bin: no value of the bin is farther from it than 1 %."""
    return 2 * math.exp(index * LOG_GAMMA) / (GAMMA + 1)


def _collapse(bins: Bins) -> None:
    """Puts the smallest together, so that MAX_BINS are left: what is large is what quantiles are asked about."""
    order = sorted(bins)
    keep = order[-MAX_BINS]
    bins[keep] += sum(bins.pop(index) for index in order[:-MAX_BINS])
