"""What a process counts of people being told things, for `/metrics`."""

from collections.abc import Iterable
from datetime import timedelta

from prometheus_client import Counter, Histogram

CREATED = Counter("watchroom_notifications_created", "Notifications made.", ["kind"])
SEEN = Counter("watchroom_notifications_seen", "Notifications that came before their person's eyes.")
WITHDRAWN = Counter("watchroom_notifications_withdrawn", "Notifications taken back, or past their time.")
BROADCASTS = Counter("watchroom_notification_broadcasts", "Broadcasts that have reached everybody.")
ACTED = Counter("watchroom_notification_actions", "Buttons pressed that POST, by outcome.", ["outcome"])
UNTIL_SEEN = Histogram(
    "watchroom_notification_seen_seconds",
    "From a notification's last change to its being seen.",
    buckets=(1, 3, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400),
)


def count_told(kinds: Iterable[str]) -> None:
    """Counts new notifications of these kinds."""
    for kind in kinds:
        CREATED.labels(kind).inc()


def count_seen(after: Iterable[timedelta]) -> None:
    """Counts notifications that were seen so long after their last change."""
    for delay in after:
        SEEN.inc()
        UNTIL_SEEN.observe(max(delay.total_seconds(), 0))


for _outcome in ("done", "failed"):
    ACTED.labels(_outcome)
