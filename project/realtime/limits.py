"""Token buckets: so many at once, so many a second after that."""

import time

from project.realtime.errors import CommandError


class Bucket:
    """Allows `burst` at once and `rate` a second. A rate of 0 allows everything."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = time.monotonic()

    def take(self, amount: float = 1) -> float:
        """Takes so many. Returns 0, or the seconds until there are so many again; then it has taken none."""
        if not self._rate:
            return 0.0
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < amount:
            return (amount - self._left) / self._rate
        self._left -= amount
        return 0.0

    def take_or_refuse(self) -> None:
        """Takes one.

        Raises CommandError `rate_limited` with the time to wait.
        """
        if wait := self.take():
            raise CommandError("rate_limited", "Too many requests at once. Wait a moment.", retry_after=wait)
