"""Who is connected to this process, counted as the limits count."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from project.realtime import metrics
from project.realtime.live import LiveSubscription
from project.realtime.subscription import Subscription


class Connections:
    """The open connections of one hub, in no order."""

    def __init__(self) -> None:
        self._all: set[Subscription] = set()
        self.per_user: Counter[int] = Counter()
        self.per_address: Counter[str] = Counter()
        self.per_link: Counter[str] = Counter()
        metrics.UNACKED.set_function(self._unacked_bytes)

    def __iter__(self) -> Iterator[Subscription]:
        return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def add(self, subscription: Subscription) -> None:
        """Counts a new connection."""
        self._all.add(subscription)
        if link := subscription.identity.link:
            self.per_link[link] += 1
        else:
            self.per_user[subscription.identity.user_id] += 1
        self.per_address[subscription.address] += 1
        metrics.CONNECTIONS.labels(subscription.transport).inc()

    def discard(self, subscription: Subscription) -> None:
        """Forgets a connection that is over; one that was forgotten already is no error."""
        if subscription in self._all:
            self._all.discard(subscription)
            if link := subscription.identity.link:
                _decrement(self.per_link, link)
            else:
                _decrement(self.per_user, subscription.identity.user_id)
            _decrement(self.per_address, subscription.address)
            metrics.CONNECTIONS.labels(subscription.transport).dec()

    def _unacked_bytes(self) -> float:
        return sum(c.unacked_bytes for c in self._all if isinstance(c, LiveSubscription))


def _decrement(counter: Counter[Any], key: Any) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
