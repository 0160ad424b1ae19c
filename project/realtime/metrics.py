"""What a process counts of its own work, for `/metrics`."""

import collections
from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils import timezone
from prometheus_client import Counter, Gauge, Histogram

CONNECTIONS = Gauge("watchroom_connections", "Open connections.", ["transport"])
APPENDED = Counter("watchroom_events_appended", "Events this process committed to the log.")
APPENDED_BY_TYPE = Counter("watchroom_events_by_type", "Events this process committed, by type.", ["type"])
ANNOUNCED = Counter("watchroom_events_announced", "Events this process published on the channel layer.")
DELIVERED = Counter("watchroom_events_delivered", "Events written to connections.", ["transport"])
REPLAYED = Counter("watchroom_events_replayed", "Events handed to returning connections.", ["source"])
LOG_READS = Counter("watchroom_log_reads", "Queries for events.", ["reason"])
HOLES = Counter("watchroom_holes_filled", "Times that announcements were missing and were read from the log.")
RESETS = Counter("watchroom_resets", "Cursors that could not be served.", ["reason"])
DROPPED = Counter("watchroom_dropped", "What was given up: ephemeral items, connections.", ["what"])
UNACKED = Gauge("watchroom_unacked_bytes", "Bytes written to WebSockets and not acknowledged yet.")
LAG = Histogram(
    "watchroom_delivery_lag_seconds",
    "From the event's time, just before its commit, to its being written to the connections of this process.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LAYER_UP = Gauge(
    "watchroom_layer_up", "1 while what this process sends through the channel layer comes back."
)
FEEDS = Gauge("watchroom_streams_followed", "Streams that connections of this process follow.")
COMMANDS = Counter("watchroom_commands", "Commands by outcome.", ["code"])
CLOSED = Counter("watchroom_connections_closed", "WebSockets the server ended, by close code.", ["code"])


_measurements: list[Callable[[], None]] = []


def before_scrape(measure: Callable[[], None]) -> None:
    """Calls `measure()` whenever /metrics is asked for, off the event loop: for what only the database knows."""
    _measurements.append(measure)


def measure() -> None:
    """Brings every gauge that comes from the database up to date.

    Raises the ORM's errors while the database is away.
    """
    for one in _measurements:
        one()


def count_appended(types: Iterable[str]) -> None:
    """Counts events that this process committed."""
    for type, count in collections.Counter(types).items():
        APPENDED.inc(count)
        APPENDED_BY_TYPE.labels(type).inc(count)


def observe_lag(item: bytes) -> None:
    """Counts one delivery. The item's own time says when it was committed, within its transaction's length."""
    start = item.index(b'"at":"') + 6
    at = datetime.fromisoformat(item[start : start + 24].decode())
    LAG.observe(max((timezone.now() - at).total_seconds(), 0))


for _source in ("ring", "log"):
    REPLAYED.labels(_source)
for _reason in ("truncated", "epoch", "ahead"):
    RESETS.labels(_reason)
for _reason in ("replay", "hole"):
    LOG_READS.labels(_reason)
for _what in ("ephemeral", "connection"):
    DROPPED.labels(_what)
for _transport in ("websocket", "sse", "longpoll"):
    CONNECTIONS.labels(_transport)
    DELIVERED.labels(_transport)
