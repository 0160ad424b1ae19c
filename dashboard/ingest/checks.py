"""What a measurement must be like to be taken, whatever form it came in. Each refusal has a reason."""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from django.conf import settings

from dashboard.models import LABELS_MAX, NAME_MAX, Kind

from .points import Point, canonical

FUTURE_SECONDS = 60.0
"""Clocks differ; one that is further ahead is wrong, and its samples would end the window of those that are right."""
LARGEST = 1e140
"""Of either sign. A sum of anything larger could become infinite."""
BUCKETS_MAX = 5_000
"""Of one histogram: SDKs make 320 unless they are told otherwise. Each is spread over a sketch while others wait."""
COUNT_MAX = 2**53
"""Values that a histogram may have counted: many of them still add up to what eight bytes hold."""

REMEMBERED_MAX = 10_000
"""Labels that a process remembers having looked at."""
FEW_LABELS = 6
"""Of so many at most, so that what is remembered stays within some megabytes."""

_NAME = re.compile(rf"[A-Za-z_:][A-Za-z0-9_.:/-]{{0,{NAME_MAX - 1}}}")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/-]*")

NAME, LABELS, VALUE, TIME, KIND = "name", "labels", "value", "time", "kind"
NOT_FINITE, TOO_LARGE = "not_finite", "too_large"
TOO_MANY_LABELS, LABEL_TOO_LONG = "too_many_labels", "label_too_long"
TOO_LATE, FUTURE = "too_late", "future"
SERIES_PER_METRIC, SERIES_PER_SENDER = "series_per_metric", "series_per_sender"

REASONS = {
    NAME: "The name is missing, longer than 200 characters, or has others than letters, digits and _ . : / -",
    LABELS: "The labels are no object of texts, or one's name has characters that a metric's may not have",
    VALUE: "It is no number, an increment is negative, or a histogram's buckets do not fit its bounds or count",
    TIME: "The time is neither Unix seconds nor a moment with its offset",
    KIND: "The metric is of another kind, or there is no such kind",
    NOT_FINITE: "The value is NaN or infinite",
    TOO_LARGE: "The value is beyond 1e140, or a histogram has more than 5,000 buckets or counts beyond 2^53",
    TOO_MANY_LABELS: "More labels than a sample may have",
    LABEL_TOO_LONG: "A label's name or value is too long",
    TOO_LATE: "It is too far behind its source to correct its window; it is kept among the dead letters",
    FUTURE: "Its time is more than a minute ahead of the server's",
    SERIES_PER_METRIC: "The metric has as many series as it may have",
    SERIES_PER_SENDER: "The sender has made as many series as it may",
}
"""Every reason that a sample may be refused for, as docs/protocol.md explains them."""


class Refused(Exception):
    """A sample cannot be taken, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def name_of(value: object) -> str:
    """A metric's name.

    Raises Refused.
    """
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise Refused(NAME)
    return value


def labels_of(value: object) -> str:
    """Labels in their canonical form; empty ones mean nothing, as in Prometheus.

    Raises Refused.
    """
    if value is None:
        return "{}"
    if not isinstance(value, Mapping):
        raise Refused(LABELS)
    most = settings.LIMIT_LABELS or math.inf
    if len(value) > most and sum(map(bool, value.values())) > most:
        raise Refused(TOO_MANY_LABELS)
    found = _canonical if len(value) <= FEW_LABELS else _canonical.__wrapped__
    try:
        return found(tuple(value.items()), settings.LIMIT_LABEL_LENGTH)
    except TypeError:  # what cannot be hashed is no text
        raise Refused(LABELS) from None


@lru_cache(maxsize=REMEMBERED_MAX)
def _canonical(labels: tuple[tuple[object, object], ...], longest: int) -> str:
    found: dict[str, str] = {}
    for name, text in labels:
        if not isinstance(name, str) or not isinstance(text, str) or not _LABEL.fullmatch(name):
            raise Refused(LABELS)
        if max(len(name), len(text)) > (longest or math.inf):
            raise Refused(LABEL_TOO_LONG)
        if "\x00" in text or not _encodable(text):  # PostgreSQL cannot store it
            raise Refused(LABELS)
        if text:
            found[name] = text
    whole = canonical(found)
    if len(whole) > LABELS_MAX:
        raise Refused(LABEL_TOO_LONG)
    return whole


def number_of(value: object) -> float:
    """A value that can be added up.

    Raises Refused.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(VALUE)
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused(NOT_FINITE)
    if abs(value) > LARGEST:
        raise Refused(TOO_LARGE)
    return float(value)


def bounds_of(values: Collection[object]) -> tuple[float, ...]:
    """The bounds of a histogram's buckets.

    Raises Refused.
    """
    check_buckets(len(values))
    return tuple(map(number_of, values))


def check_buckets(buckets: int) -> None:
    """Raises Refused for more than a histogram may have. To be asked before they are looked at."""
    if buckets > BUCKETS_MAX:
        raise Refused(TOO_LARGE)


def check_layout(bounds: Collection[float], buckets: int) -> None:
    """Raises Refused where so many buckets cannot be those between these bounds, one after the other."""
    if buckets not in (0, len(bounds) + 1) or any(low >= high for low, high in pairwise(bounds)):
        raise Refused(VALUE)


def check_counts(counts: Iterable[int]) -> None:
    """Raises Refused where a histogram's counts cannot be ones."""
    for count in counts:
        if count < 0:
            raise Refused(VALUE)
        if count > COUNT_MAX:
            raise Refused(TOO_LARGE)


def check_total(count: int, buckets: Collection[int]) -> None:
    """Raises Refused where a histogram that has buckets counts other values than they do."""
    if buckets and sum(buckets) != count:
        raise Refused(VALUE)


def check_time(at: float, oldest: float, now: float) -> None:
    """Raises Refused for a time before `oldest` or ahead. The caller keeps what is too late."""
    if not math.isfinite(at):
        raise Refused(TIME)
    if at > now + FUTURE_SECONDS:
        raise Refused(FUTURE)
    if at < oldest:
        raise Refused(TOO_LATE)


def check_kind(point: Point) -> None:
    """Raises Refused for what a value of its kind cannot be. Sets no kind where none was said."""
    if point.kind == Kind.COUNTER and point.value < 0:
        raise Refused(VALUE)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
