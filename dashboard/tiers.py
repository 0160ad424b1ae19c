"""The resolutions that measurements are kept in, and for how long."""

from typing import NamedTuple

from django.conf import settings

HOUR = 3_600
DAY = 24 * HOUR


class Tier(NamedTuple):
    """One resolution: a table of windows `step` seconds long, in PostgreSQL cut into partitions of `span` seconds."""

    name: str
    step: int
    table: str
    span: int

    @property
    def keep_seconds(self) -> int:
        """How long its windows are kept."""
        days: int = settings.METRICS_KEEP_DAYS[self.name]
        return days * DAY

    def window(self, at: float) -> int:
        """The start of the window that this moment falls into."""
        return int(at // self.step) * self.step


TIERS = (
    Tier("1s", 1, "dashboard_rollup1s", 6 * HOUR),
    Tier("10s", 10, "dashboard_rollup10s", DAY),
    Tier("1m", 60, "dashboard_rollup1m", 7 * DAY),
    Tier("1h", HOUR, "dashboard_rollup1h", 90 * DAY),
    Tier("1d", DAY, "dashboard_rollup1d", 730 * DAY),
)
FINEST = TIERS[0]
WATERMARK_SECONDS = 2.0
"""How long a window stays open after its end, for what is on its way."""

AHEAD_SECONDS = 60
"""Clocks of processes differ by less. A moment that is further ahead was written by one that has been put back since,
and holds up nobody."""


def tier_for(seconds: float, points: int, age: float) -> Tier:
    """The finest tier that shows so many seconds in at most `points` windows, and still has what is so old."""
    fitting = [tier for tier in TIERS if seconds / tier.step <= points and age <= tier.keep_seconds]
    return fitting[0] if fitting else TIERS[-1]
