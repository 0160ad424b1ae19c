"""What every source of measurements is turned into, before anything is written."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dashboard.models import Kind
from dashboard.rollups import Rollup
from dashboard.sketch import Sketch

from .buckets import Layout


class Sender(NamedTuple):
    """Whom measurements come from: a token, a person in a browser, or this site itself."""

    user_id: int = 0
    token_id: int = 0
    own: str = ""

    @property
    def key(self) -> str:
        """Tells senders apart: quotas and batches are each sender's own."""
        if self.own:
            return f"own {self.own}"
        return f"token {self.token_id}" if self.token_id else f"user {self.user_id}"


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Distribution:
    """Many values at once, counted in the buckets of a layout."""

    count: int
    sum: float
    buckets: dict[int, int]
    layout: Layout
    min: float | None = None
    max: float | None = None


@dataclass(slots=True)
class Point:
    """One measurement. `running` is a total since `since` (Unix seconds, 0: unknown), not what was added just now.

    `index` is its place in what was sent, for the answer.
    """

    index: int
    name: str
    labels: str
    at: float
    value: float = 0.0
    kind: Kind | None = None
    unit: str = ""
    help: str = ""
    running: bool = False
    since: float = 0.0
    distribution: Distribution | None = None

    def rollup(self) -> Rollup:
        """What it adds to its window. Not for a running total."""
        if self.distribution is None:
            return Rollup.of(self.value, self.at, sketched=self.kind != Kind.COUNTER)
        return _rollup(self.distribution, self.at)


@dataclass(slots=True)
class Rejection:
    """Why a sample was not taken."""

    index: int
    reason: str


@dataclass(slots=True)
class Push:
    """What one sender sent at once. With a `batch`, the same again counts nothing."""

    sender: Sender
    source: str
    points: list[Point]
    rejected: list[Rejection] = field(default_factory=list)
    batch: str = ""


@dataclass(slots=True)
class Result:
    """What became of a push."""

    accepted: int
    rejected: list[Rejection]

    def payload(self) -> dict[str, object]:
        """As the wire says it."""
        rejected = [{"index": one.index, "reason": one.reason} for one in self.rejected]
        return {"accepted": self.accepted, "rejected": rejected}


def canonical(labels: Mapping[str, str]) -> str:
    """Labels as one text: the same for the same labels, whatever their order."""
    return _encode(dict(sorted(labels.items())))


def _rollup(values: Distribution, at: float) -> Rollup:
    sketch = Sketch()
    for index, count in values.buckets.items():
        for value, n in values.layout.spread(index, count):
            sketch.add(_within(value, values), n)
    order = list(sketch.ordered())
    low = values.min if values.min is not None else order[0][0] if order else 0.0
    high = values.max if values.max is not None else order[-1][0] if order else 0.0
    mean = values.sum / values.count if values.count else 0.0
    return Rollup(values.count, values.sum, low, high, mean, at, sketch)


def _within(value: float, values: Distribution) -> float:
    """A bucket may reach beyond the smallest and the largest value, of which we know."""
    low = -math.inf if values.min is None else values.min
    high = math.inf if values.max is None else values.max
    return min(max(value, low), high)
