"""What is usual at a time of the week, and how far away from that a value is.

Usual is the median of the values that the query had in the same hour of the same weekday (UTC), in each of the past
weeks: one for every `over` seconds of that hour. The spread is the median distance from that median (MAD), times
1.4826, which makes it a standard deviation where values are spread normally; it is at least 1 % of the median, so that
what hardly ever moves is not unusual with every tremor. A value's deviations are its distance from the median in such
spreads: the robust z-score. Median and MAD stay where they are until half of the values are bad, so the last outage is
not what is usual now.

There must be two weeks at least, each with values for half of the hour. Before that nothing is unusual.
"""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

HOUR = 3_600
WEEK = 7 * 86_400
WEEKS_LEAST = 2
NORMAL = 1.4826
"""The standard deviation of a normal distribution, in medians of the distance from its middle."""
SPREAD_LEAST = 0.01
"""Of the median."""


class Usual(NamedTuple):
    """The middle of what is usual, its spread, and from how many weeks it is known."""

    middle: float
    spread: float
    weeks: int

    def deviations(self, value: float) -> float:
        """How far away a value is, in spreads; above is positive. Infinitely far where nothing but zero is usual."""
        distance = value - self.middle
        if self.spread:
            return distance / self.spread
        return float("inf") if distance > 0 else float("-inf") if distance < 0 else 0.0


def hours(at: int, weeks: int) -> list[int]:
    """The starts of the hours that say what is usual at the end of the time that ends with `at`."""
    hour = (at - 1) // HOUR * HOUR
    return [hour - week * WEEK for week in range(1, weeks + 1)]


def usual(weeks: Sequence[Sequence[float]], most: int) -> Usual | None:
    """What is usual, from the values of each week, of which there can be so many; None where too little is known."""
    known = [values for values in weeks if len(values) * 2 >= most]
    if len(known) < WEEKS_LEAST:
        return None
    values = [value for some in known for value in some]
    middle = median(values)
    spread = NORMAL * median([abs(value - middle) for value in values])
    return Usual(middle, max(spread, SPREAD_LEAST * abs(middle)), len(known))
