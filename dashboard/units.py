"""Numbers as a person reads them: three digits that matter, and the unit. The same as static/dashboard/units.js."""

import math
from collections.abc import Mapping, Sequence

from .models import Kind, Metric
from .panels import Query

_THOUSANDS = ("", "k", "M", "G", "T", "P")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DURATIONS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_SECONDS = {"s": 1.0, "seconds": 1.0, "ms": 1e-3, "milliseconds": 1e-3, "us": 1e-6, "µs": 1e-6}
RATIO = "ratio"


def unit_of(query: Query, metrics: Mapping[str, Metric]) -> str:
    """The unit of what a query says, where these metrics are known."""
    metric = metrics.get(query.metric)
    own = metric.unit if metric else ""
    if query.ratio_to is not None:
        other = metrics.get(query.ratio_to.metric)
        return RATIO if own == (other.unit if other else "") else ""
    if metric is None or query.fn in ("count", "sessions"):
        return ""
    is_rate = query.fn == "rate" or (query.fn == "moving_avg" and metric.kind == Kind.COUNTER)
    return f"{own}/s" if is_rate else own


def shown(value: float, unit: str = "") -> str:
    """A finite value with its unit: "12.3 MiB/s", "4.56 ms", "98 %"."""
    divisor, suffix = _scale(abs(value), unit)
    number = _digits(value / divisor)
    return f"{number} {suffix}" if suffix else number


def _scale(size: float, unit: str) -> tuple[float, str]:
    base, rate = (unit[:-2], "/s") if unit.endswith("/s") else (unit, "")
    kind = base.lower()
    if kind in ("b", "bytes"):
        divisor, suffix = _stepped(size, 1024, _BINARY)
        return divisor, suffix + rate
    if kind in ("%", "percent"):
        return 1.0, "%"
    if kind == RATIO:
        return 0.01, "%"
    if kind in _SECONDS:
        divisor, suffix = _duration(size * _SECONDS[kind])
        return divisor / _SECONDS[kind], suffix + rate
    divisor, suffix = _stepped(size, 1000, _THOUSANDS)
    return divisor, " ".join(filter(None, (suffix, unit)))


def _stepped(size: float, base: int, names: Sequence[str]) -> tuple[float, str]:
    power = min(len(names) - 1, int(math.log(size, base) + 1e-9)) if size >= base else 0
    return float(base**power), names[power]


def _duration(seconds: float) -> tuple[float, str]:
    if not seconds:
        return 1.0, "s"
    return next(((length, name) for length, name in _DURATIONS if seconds >= length), _DURATIONS[-1])


def _digits(number: float) -> str:
    size = abs(number)
    if size >= 100 or number == int(number):
        return f"{number:.0f}"
    if size >= 10:
        return f"{number:.1f}"
    return f"{number:.2f}" if size >= 0.01 else f"{number:.2g}"
