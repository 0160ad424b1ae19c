"""What every source of measurements is turned into, before anything is written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from dashboard import sketches
from dashboard.models import Kind
from dashboard.rollups import Rollup

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


BUCKETS_PER_SAMPLE = 15
"""Of a histogram: to take them in takes as long as to take in one plain sample."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Distribution:
    """Many values at once, counted in the buckets of a layout. Some do not say their `sum`."""

    count: int
    sum: float | None
    buckets: dict[int, int]
    layout: Layout
    min: float | None = None
    max: float | None = None


@dataclass(slots=True)
class Point:
    """One measurement. `running` is a total since `since` (Unix seconds, 0: unknown), not what was added just now.

    `index` is its place in what was sent, for the answer; `agent` is which of those that share a token has measured it,
    where that is said.
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
    agent: str = ""
    prepared: Rollup | None = None

    @property
    def cost(self) -> int:
        """How many plain samples take as long as this one."""
        return 1 if self.distribution is None else 1 + len(self.distribution.buckets) // BUCKETS_PER_SAMPLE

    def prepare(self) -> None:
        """Spreads a distribution over a sketch, before anybody waits for that."""
        if self.distribution is not None and not self.running:
            self.prepared = _rollup(self.distribution, self.at)

    def rollup(self) -> Rollup:
        """What it adds to its window. Not for a running total."""
        if self.distribution is None:
            return Rollup.of(self.value, self.at, sketched=self.kind != Kind.COUNTER)
        return self.prepared.copy() if self.prepared else _rollup(self.distribution, self.at)


@dataclass(slots=True)
class Rejection:
    """Why a sample was not taken."""

    index: int
    reason: str
    agent: str = ""


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
    indices = np.fromiter(values.buckets, np.int64, len(values.buckets))
    counts = np.fromiter(values.buckets.values(), np.int64, len(indices))
    found, each = values.layout.spread(indices, counts)
    found, each = found[each > 0], each[each > 0]
    # A bucket may reach beyond the smallest and the largest value, of which we know.
    found = np.clip(found, values.min, values.max)
    low = values.min if values.min is not None else float(found.min()) if len(found) else 0.0
    high = values.max if values.max is not None else float(found.max()) if len(found) else 0.0
    # What is not said is what it would be if values lay where they are taken to lie.
    total = float(found @ each) if values.sum is None else values.sum
    mean = total / values.count if values.count else 0.0
    return Rollup(values.count, total, low, high, mean, at, sketches.of_many(found, each))
