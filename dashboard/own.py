"""What this site measures of itself, each second: the machine, the process, the team."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache

import psutil
from django.conf import settings
from django.core.cache import cache as shared
from django.db import connection
from django.utils import timezone
from prometheus_client import REGISTRY

from notifications.models import Notification
from project.between import activity
from project.realtime.models import Presence

from .ingest import exposition
from .ingest.checks import labels_of
from .ingest.exposition import Scrape
from .ingest.points import Point, Push, Sender
from .models import Kind

FAMILIES = frozenset(
    {
        "watchroom_board_ticks",
        "watchroom_commands",
        "watchroom_connections",
        "watchroom_delivery_lag_seconds",
        "watchroom_dropped",
        "watchroom_events_announced",
        "watchroom_events_appended",
        "watchroom_events_by_type",
        "watchroom_events_delivered",
        "watchroom_holes_filled",
        "watchroom_layer_up",
        "watchroom_resets",
        "watchroom_samples_accepted",
        "watchroom_samples_rejected",
        "watchroom_streams_followed",
        "watchroom_unacked_bytes",
    }
)
"""Of this process's own counters, those that boards are made of. The rest is for who scrapes /metrics."""

SLOW_SECONDS = 10.0
"""How old numbers may be that take counting."""
ACTIVE, ACTIVE_DAY = timedelta(minutes=5), timedelta(days=1)

HELP = {
    "host_cpu_percent": "How busy the machine's processors are, all together.",
    "host_load1": "How many processes run or wait to, over the last minute.",
    "host_memory_used_bytes": "Memory of the machine that is not available.",
    "host_memory_percent": "Memory of the machine that is not available, of all there is.",
    "host_disk_percent": "How full the disk is that has the site's data.",
    "host_network_received_bytes_per_second": "What the machine receives.",
    "host_network_sent_bytes_per_second": "What the machine sends.",
    "process_cpu_percent": "How busy a server process is; 100 is one processor.",
    "process_memory_bytes": "Memory of a server process.",
    "process_threads": "Threads of a server process.",
    "process_open_files": "Files and sockets that a server process holds open.",
    "database_latency_seconds": "How long the shortest question to the database takes.",
    "redis_latency_seconds": "How long the shortest question to Redis takes, or to find out that it is away.",
    "team_people_online": "People with this site open, on any device.",
    "team_people_active": "People who said, read or reacted to something in the last five minutes, to half a minute."
    " Bots are left out, and whoever only has the site open.",
    "team_people_active_day": "People who said, read or reacted to something in the last 24 hours. Bots are left out.",
    "team_notifications_unread": "Notifications that nobody has read yet, of everybody.",
}
"""Of what is measured here, for people who choose a metric."""

Levels = Iterable[tuple[str, float, str, dict[str, str]]]
"""Name, value, unit, labels."""


@cache
def _process() -> psutil.Process:
    return psutil.Process()


def labels() -> dict[str, str]:
    """What tells this process apart, the same after a restart: its machine and its port."""
    given = dict(zip(sys.argv, sys.argv[1:], strict=False))
    return {"host": socket.gethostname(), "process": given.get("-p") or given.get("--port") or "0"}


def measure(now: float, *, leads: bool) -> Push:
    """Everything, at this moment. What concerns the whole site is measured by the one process that `leads`.

    Raises the ORM's errors while the database is away.
    """
    mine = labels()
    families = (family for family in REGISTRY.collect() if family.name in FAMILIES)
    begun = _process().create_time()
    push = exposition.push_of(Sender(own="site"), "own", families, Scrape(mine, now, begun))
    host = {"host": mine["host"]}
    for found, common in ((_of_machine(), host), (_of_process(), mine), (_of_team() if leads else (), {})):
        for name, value, unit, more in found:
            push.points.append(_level(len(push.points), name, value, unit, common | more, now))
    return push


def _level(index: int, name: str, value: float, unit: str, labels: dict[str, str], now: float) -> Point:
    return Point(index, name, labels_of(labels), now, float(value), Kind.GAUGE, unit, HELP[name])


def _of_machine() -> Levels:
    memory = psutil.virtual_memory()
    yield "host_cpu_percent", psutil.cpu_percent(None), "percent", {}
    yield "host_load1", os.getloadavg()[0], "", {}
    yield "host_memory_used_bytes", memory.total - memory.available, "bytes", {}
    yield "host_memory_percent", memory.percent, "percent", {}
    yield "host_disk_percent", psutil.disk_usage(str(settings.DATA_DIR)).percent, "percent", {}
    for name, value in _network():
        yield name, value, "bytes", {}


_last: dict[str, tuple[float, int]] = {}


def _network() -> Iterable[tuple[str, float]]:
    """Bytes a second since the last time. Not running totals: each process of a machine would count them once more."""
    totals = psutil.net_io_counters()
    now = time.monotonic()
    for way, total in (("received", totals.bytes_recv), ("sent", totals.bytes_sent)):
        if before := _last.get(way):
            yield (
                f"host_network_{way}_bytes_per_second",
                max(total - before[1], 0) / max(now - before[0], 0.001),
            )
        _last[way] = (now, total)


def _of_process() -> Levels:
    process = _process()
    with process.oneshot():
        yield "process_cpu_percent", process.cpu_percent(None), "percent", {}
        yield "process_memory_bytes", process.memory_info().rss, "bytes", {}
        yield "process_threads", process.num_threads(), "", {}
        yield "process_open_files", process.num_fds(), "", {}
    yield "database_latency_seconds", _timed(_ask_database), "seconds", {}
    if settings.REDIS_URL:
        yield "redis_latency_seconds", _timed(_ask_redis), "seconds", {}


def _timed(ask: Callable[[], object]) -> float:
    begun = time.perf_counter()
    ask()
    return time.perf_counter() - begun


def _ask_database() -> None:
    with connection.cursor() as sql:
        sql.execute("SELECT 1")


def _ask_redis() -> None:
    try:
        shared.get("dashboard.latency")
    except Exception:  # Redis is away: its latency is the time it took to find out
        return


_slow: dict[str, tuple[float, float]] = {}


def _of_team() -> Levels:
    yield "team_people_online", _counted("online", _online), "people", {}
    yield "team_people_active", _counted("active", _active(ACTIVE)), "people", {}
    yield "team_people_active_day", _counted("active_day", _active(ACTIVE_DAY)), "people", {}
    yield "team_notifications_unread", _counted("unread", _unread), "", {}


def _counted(name: str, count: Callable[[], int]) -> float:
    now = time.monotonic()
    at, value = _slow.get(name, (-SLOW_SECONDS, 0.0))
    if now - at >= SLOW_SECONDS:
        at, value = _slow[name] = now, float(count())
    return value


def _online() -> int:
    alive = Presence.objects.filter(process__alive_until__gt=timezone.now())
    return alive.values("user").distinct().count()


def _active(span: timedelta) -> Callable[[], int]:
    return lambda: activity.people_since(timezone.now() - span)


def _unread() -> int:
    return Notification.objects.filter(read_at=None, withdrawn_at=None).count()
