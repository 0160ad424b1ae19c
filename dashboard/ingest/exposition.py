"""Prometheus' families of samples, from a text or from this very process, as points."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from dashboard.models import Kind

from . import checks
from .buckets import Bounds
from .checks import Refused
from .points import Distribution, Point, Push, Rejection, Sender

_KINDS = {"counter": Kind.COUNTER, "gauge": Kind.GAUGE, "histogram": Kind.HISTOGRAM}
_UNITS = ("seconds", "bytes", "ratio", "percent", "celsius", "meters", "volts", "amperes", "joules", "grams")
_MOMENTS = ("timestamp_seconds", "start_time_seconds")


class Scrape(NamedTuple):
    """What holds for everything that was read at once: labels that are added to all, when it was, and since when totals
    count that do not say so themselves."""

    labels: Mapping[str, str]
    at: float
    since: float = 0.0


def push_of(sender: Sender, source: str, families: Iterable[Any], scrape: Scrape) -> Push:
    """What these families say."""
    push = Push(sender, source, [])
    for family in families:
        samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
        created = {
            _series(sample): sample.value for sample in family.samples if sample.name.endswith("_created")
        }
        together: dict[Any, list[Any]] = {}
        for sample in samples:
            # The samples of a histogram belong together by their labels, all but the bound; others stand alone.
            key = _series(sample) if family.type == "histogram" else len(together)
            together.setdefault(key, []).append(sample)
        make = _histogram if family.type == "histogram" else _plain
        for some in together.values():
            index = len(push.points) + len(push.rejected)
            begun = created.get(_series(some[0]), scrape.since)
            try:
                push.points.append(make(index, family, some, scrape._replace(since=begun)))
            except Refused as refusal:
                push.rejected.append(Rejection(index, refusal.reason))
    return push


def _plain(index: int, family: Any, samples: list[Any], scrape: Scrape) -> Point:
    (sample,) = samples
    kind = _KINDS.get(family.type, Kind.GAUGE)
    if family.type == "summary" and sample.name.endswith(("_sum", "_count")):
        kind = Kind.COUNTER
    point = Point(
        index=index,
        name=checks.name_of(sample.name),
        labels=checks.labels_of({**sample.labels, **scrape.labels}),
        at=_moment(sample, scrape.at),
        value=checks.number_of(sample.value),
        kind=kind,
        unit=_unit(family, sample.name),
        help=family.documentation,
        running=kind == Kind.COUNTER,
        since=scrape.since,
    )
    checks.check_kind(point)
    return point


def _unit(family: Any, name: str) -> str:
    """What is said, or what the name ends with: https://prometheus.io/docs/practices/naming/#base-units"""
    base = name.removesuffix("_total").removesuffix("_sum")
    is_moment = base.endswith(_MOMENTS)
    return family.unit or (
        "" if is_moment else next((unit for unit in _UNITS if base.endswith(f"_{unit}")), "")
    )


def _histogram(index: int, family: Any, samples: list[Any], scrape: Scrape) -> Point:
    upto = {_bound(s): s.value for s in samples if s.name.endswith("_bucket")}
    sums = {s.name.rpartition("_")[2]: s.value for s in samples if not s.name.endswith("_bucket")}
    bounds = sorted(upto)
    counts = [checks.number_of(upto[bound]) for bound in bounds]
    inside = {
        n: int(count - before) for n, (count, before) in enumerate(zip(counts, [0.0, *counts], strict=False))
    }
    total = int(checks.number_of(sums.get("count", counts[-1] if counts else 0.0)))
    checks.check_counts([total, *inside.values()])
    own = {name: value for name, value in samples[0].labels.items() if name != "le"}
    return Point(
        index=index,
        name=checks.name_of(family.name),
        labels=checks.labels_of({**own, **scrape.labels}),
        at=_moment(samples[0], scrape.at),
        kind=Kind.HISTOGRAM,
        unit=_unit(family, family.name),
        help=family.documentation,
        running=True,
        since=scrape.since,
        distribution=Distribution(
            total,
            checks.number_of(sums["sum"]) if "sum" in sums else None,
            {n: count for n, count in inside.items() if count},
            Bounds(checks.bounds_of([bound for bound in bounds if not math.isinf(bound)])),
        ),
    )


def _bound(sample: Any) -> float:
    try:
        return float(sample.labels["le"])
    except (KeyError, ValueError):
        raise Refused(checks.LABELS) from None


def _series(sample: Any) -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in sample.labels.items() if name != "le")


def _moment(sample: Any, at: float) -> float:
    return at if sample.timestamp is None else float(sample.timestamp)
