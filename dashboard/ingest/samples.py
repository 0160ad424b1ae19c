"""The samples of `metrics.push`: each is looked at by itself, so that a bad one costs no other."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboard.models import Kind

from . import checks
from .checks import Refused
from .points import Point, Push, Rejection, Sender


def push_of(sender: Sender, samples: Sequence[object], batch: str, now: float, agent: str = "") -> Push:
    """What these samples say; those without a time were taken now."""
    push = Push(sender, "push", [], batch=batch)
    for index, sample in enumerate(samples):
        try:
            push.points.append(_point(index, sample, now, agent))
        except Refused as refusal:
            push.rejected.append(Rejection(index, refusal.reason, agent))
    return push


def _point(index: int, sample: object, now: float, agent: str) -> Point:
    if not isinstance(sample, Mapping):
        raise Refused(checks.VALUE)
    point = Point(
        index=index,
        name=checks.name_of(sample.get("name")),
        labels=checks.labels_of(sample.get("labels")),
        at=_moment(sample.get("at"), now),
        value=checks.number_of(sample.get("value")),
        kind=_kind(sample.get("kind")),
        agent=agent,
    )
    checks.check_kind(point)
    return point


def _kind(value: object) -> Kind | None:
    """A sample without a kind is of its metric's."""
    if value is None:
        return None
    if value not in (Kind.GAUGE, Kind.COUNTER):
        raise Refused(checks.KIND)
    return Kind(str(value))


def _moment(value: object, now: float) -> float:
    if value is None:
        return now
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:
            raise Refused(checks.TIME) from error
    if not isinstance(value, str):
        raise Refused(checks.TIME)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Refused(checks.TIME) from error
    if moment.tzinfo is None:
        raise Refused(checks.TIME)
    return moment.timestamp()
