"""PostgreSQL's partitions: made before they are needed, dropped whole. SQLite has none, and every call does nothing."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Lock

from django.db import connection, transaction

from . import store
from .tiers import FINEST, TIERS, Tier

AHEAD = 2
"""Partitions made after the present one: a database that is away for a while when they are due costs nothing."""
FILL_PERCENT = 70
"""Of the pages of windows that are written to again and again: the new version finds room on its page, and costs no
entry in the index."""
KNOWN_MAX = 1_000
"""Names of partitions that a process keeps, which are not asked for again: a month's, in hours of six."""
MAKING_LOCK = 7_233_042
"""PostgreSQL's advisory lock of whoever makes or drops partitions."""

_known: set[str] = set()
_lock = Lock()


def ensure(moments: Iterable[float]) -> None:
    """Makes what is missing for samples of these moments. In transactions of its own: call it outside of any other,
    since a new partition locks the whole table for an instant."""
    if not store.on_postgres():
        return
    found = list(moments)
    if not found:
        return
    _require(
        (tier, int(at // tier.span))
        for tier in TIERS
        for at in {min(found), max(found)} | _between(tier, found)
    )


def ensure_ahead() -> None:
    """Makes those of the present and of the time to come, of each tier as far ahead as its own ones are long."""
    if not store.on_postgres():
        return
    now = time.time()
    _require((tier, int(now // tier.span) + number) for tier in TIERS for number in range(AHEAD + 1))


def drop_older(tier: Tier, before: float) -> int:
    """Drops every partition of this tier that ends at `before` or sooner; returns how many there were."""
    if not store.on_postgres():
        return 0
    last = int(before // tier.span) - 1
    old = [name for name in existing(tier) if _number(tier, name) <= last]
    for name in old:
        with transaction.atomic(), connection.cursor() as sql:
            sql.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING_LOCK])
            sql.execute(f"DROP TABLE IF EXISTS {name}")
        with _lock:
            _known.discard(name)
    return len(old)


def existing(tier: Tier) -> list[str]:
    """The names of this tier's partitions."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass ORDER BY 1",
            [tier.table],
        )
        return [name for (name,) in sql.fetchall()]


def name_of(tier: Tier, number: int) -> str:
    """A partition's table: its tier's, and the moment that it begins."""
    return f"{tier.table}_{datetime.fromtimestamp(number * tier.span, UTC):%Y%m%d%H}"


def _number(tier: Tier, name: str) -> int:
    start = datetime.strptime(name.rpartition("_")[2], "%Y%m%d%H").replace(tzinfo=UTC)
    return int(start.timestamp() // tier.span)


def _between(tier: Tier, moments: list[float]) -> set[float]:
    """Where they span more than one partition, one moment of each that has any."""
    if int(min(moments) // tier.span) == int(max(moments) // tier.span):
        return set()
    return {at // tier.span * tier.span for at in moments}


def _require(wanted: Iterable[tuple[Tier, int]]) -> None:
    missing = {one for one in wanted if name_of(*one) not in _known}
    if missing:
        # The finest first, as whoever writes takes the tables: nobody waits in a circle.
        _make(sorted(missing, key=lambda one: (one[0].step, one[1])))


def _make(missing: Iterable[tuple[Tier, int]]) -> None:
    with transaction.atomic(), connection.cursor() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING_LOCK])
        made = []
        for tier, number in missing:
            name = name_of(tier, number)
            first = number * tier.span
            fill = "" if tier is FINEST else f" WITH (fillfactor = {FILL_PERCENT})"
            sql.execute(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {tier.table}"
                f" FOR VALUES FROM ({first}) TO ({first + tier.span}){fill}"
            )
            made.append(name)
        transaction.on_commit(lambda: _remember(made))


def _remember(made: Iterable[str]) -> None:
    with _lock:
        if len(_known) > KNOWN_MAX:  # another process drops what is old, and tells nobody
            _known.clear()
        _known.update(made)
