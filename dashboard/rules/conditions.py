"""What a rule's condition says of each label set at a moment. The same code for what happens now and for backtests."""

from collections import defaultdict
from collections.abc import Callable, Collection
from math import isfinite
from typing import NamedTuple

from dashboard.units import shown

from . import anomaly
from .anomaly import HOUR, Usual
from .explaining import length, number
from .machine import Seen
from .reading import Ask, Values, Windows, asks_of
from .schemas import DAY, Anomaly, Bounded, Change, Composite, Definition, NoData, Threshold

USUALS_MAX = 5_000
"""Hours of rules that are remembered; one takes up to 120 KB where there are 500 label sets."""


class Reading(NamedTuple):
    """What was seen of a label set: the value, in words how that comes, and what is usual where that matters."""

    seen: Seen
    value: float | None = None
    why: str = ""
    usual: Usual | None = None


Readings = dict[str, Reading]
TOO_LARGE = Reading(Seen.NO_DATA, None, "It is too large for a number.")
NOTHING = Reading(Seen.NO_DATA, None, "Nothing was measured.")


class Usuals:
    """What is usual for rules in an hour, once it was computed: it changes with the hour only."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], dict[str, Usual | None]] = {}

    def get(self, key: tuple[int, int, int]) -> dict[str, Usual | None] | None:
        """By rule, version and hour; None where it is still to be computed."""
        return self._known.get(key)

    def put(self, key: tuple[int, int, int], found: dict[str, Usual | None]) -> None:
        """Remembers it, and forgets what is oldest."""
        if len(self._known) >= USUALS_MAX:
            del self._known[next(iter(self._known))]
        self._known[key] = found


class Watch(NamedTuple):
    """A rule to be evaluated."""

    id: int
    version: int
    rule: Definition

    def hour(self, at: int) -> tuple[int, int, int]:
        """What tells apart the hour that `at` belongs to, for `Usuals`."""
        return self.id, self.version, (at - 1) // HOUR


def asks(watch: Watch, at: int, usuals: Usuals) -> list[Ask]:
    """Everything that has to be read for `readings`."""
    condition, by = watch.rule.condition, watch.rule.group_by
    if isinstance(condition, Composite):
        return []
    found = asks_of(condition.query, by, at - condition.over, at)
    if isinstance(condition, Change):
        then = at - condition.window
        found += asks_of(condition.query, by, then - condition.over, then)
    if isinstance(condition, Anomaly) and usuals.get(watch.hour(at)) is None:
        for hour in anomaly.hours(at, condition.weeks):
            for first in range(hour, hour + HOUR, condition.over):
                found += asks_of(condition.query, by, first, min(first + condition.over, hour + HOUR))
    return found


def readings(watch: Watch, at: int, windows: Windows, usuals: Usuals) -> Readings:
    """What is seen at the moment `at` of each label set that was measured within a day. Not for composite rules.

    Raises Unanswerable.
    """
    condition, by = watch.rule.condition, watch.rule.group_by
    assert not isinstance(condition, Composite)
    values = windows.values(condition.query, by, at - condition.over, at)
    known = windows.known(condition.query, by, at - condition.over - DAY) | values.keys()
    if isinstance(condition, NoData):
        return {key: _silence(condition, key in values) for key in known}
    look: Callable[[str, float], Reading]
    unit = windows.unit(condition.query)
    if isinstance(condition, Threshold):
        threshold = condition

        def look(key: str, value: float) -> Reading:
            return bounded(threshold, value, unit)

    elif isinstance(condition, Change):
        look = _change(condition, by, at, windows)
    else:
        look = _unusual(condition, unit, _usuals(watch, condition, at, windows, usuals))
    return {key: _looked(look, key, values) for key in known}


def _looked(look: Callable[[str, float], Reading], key: str, values: Values) -> Reading:
    value = values.get(key)
    if value is None:
        return NOTHING if key not in values else Reading(Seen.NO_DATA, None, "There is nothing to divide by.")
    return look(key, value) if isfinite(value) else TOO_LARGE


def bounded(condition: Bounded, value: float, unit: str, what: str = "") -> Reading:
    """Where a value stands with regard to a bound, and to where it recovers."""
    if not isfinite(value):
        return TOO_LARGE
    if condition.above is not None:
        bound, back, over, way = condition.above, condition.recover, value > condition.above, "above"
        good = value <= (bound if back is None else back)
    else:
        assert condition.below is not None
        bound, back, over, way = condition.below, condition.recover, value < condition.below, "below"
        good = value >= (bound if back is None else back)
    here = f"{what}{shown(value, unit)} is"
    if over:
        return Reading(Seen.BAD, value, f"{here} {way} {shown(bound, unit)}")
    return Reading(Seen.GOOD if good else Seen.BETWEEN, value, f"{here} not {way} {shown(bound, unit)}")


def _silence(condition: NoData, there: bool) -> Reading:
    if there:
        return Reading(Seen.GOOD, None, "It is measured.")
    return Reading(Seen.BAD, None, f"Nothing was measured for {length(condition.over)}.")


def _change(
    condition: Change, by: Collection[str], at: int, windows: Windows
) -> Callable[[str, float], Reading]:
    then = at - condition.window
    past = windows.values(condition.query, by, then - condition.over, then)
    unit = "percent" if condition.percent else windows.unit(condition.query)

    def look(key: str, value: float) -> Reading:
        before = past.get(key)
        if before is None or (condition.percent and not before):
            return Reading(
                Seen.NO_DATA, None, f"There is nothing to compare with {length(condition.window)} ago."
            )
        difference = value - before
        if condition.percent:
            difference *= 100 / abs(before)
        return bounded(condition, difference, unit, "The change of ")

    return look


def _unusual(
    condition: Anomaly, unit: str, usual: dict[str, Usual | None]
) -> Callable[[str, float], Reading]:
    recover = condition.deviations if condition.recover is None else condition.recover

    def look(key: str, value: float) -> Reading:
        known = usual.get(key)
        if known is None:
            return Reading(
                Seen.GOOD, value, "Still learning what is usual: there is too little of the past weeks."
            )
        away = known.deviations(value)
        far = {"both": abs(away), "above": away, "below": -away}[condition.direction]
        why = f"{shown(value, unit)} is {number(abs(away))} deviations {'above' if away >= 0 else 'below'} the usual"
        why += f" {shown(known.middle, unit)} ({known.weeks} weeks)"
        if abs(value - known.middle) < condition.least:
            return Reading(Seen.GOOD, value, why, known)
        seen = Seen.BAD if far > condition.deviations else Seen.GOOD if far <= recover else Seen.BETWEEN
        return Reading(seen, value, why, known)

    return look


def _usuals(
    watch: Watch, condition: Anomaly, at: int, windows: Windows, usuals: Usuals
) -> dict[str, Usual | None]:
    found = usuals.get(watch.hour(at))
    if found is not None:
        return found
    by, weeks = watch.rule.group_by, anomaly.hours(at, condition.weeks)
    values: dict[str, list[list[float]]] = defaultdict(lambda: [[] for _ in weeks])
    for place, hour in enumerate(weeks):
        for first in range(hour, hour + HOUR, condition.over):
            end = min(first + condition.over, hour + HOUR)
            for key, value in windows.values(condition.query, by, first, end).items():
                if value is not None and isfinite(value):
                    values[key][place].append(value)
    most = -(-HOUR // condition.over)
    found = {key: anomaly.usual(some, most) for key, some in values.items()}
    usuals.put(watch.hour(at), found)
    return found
