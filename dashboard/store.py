"""Windows in the database: read and written many at a time, in SQL that PostgreSQL and SQLite each do well.

Whoever writes has locked the series, so what was read is still so when it is written.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from .rollups import Key, Rollup, sketch_of
from .tiers import TIERS, Tier

COLUMNS = "series_id, start, count, sum, min, max, last, last_at, sketch"
_TYPES = ("bigint", "bigint", "bigint", "float8", "float8", "float8", "float8", "float8", "bytea")
_REPLACE = "ON CONFLICT (series_id, start) DO UPDATE SET " + ", ".join(
    f"{name} = EXCLUDED.{name}" for name in ("count", "sum", "min", "max", "last", "last_at", "sketch")
)
SERIES_AT_ONCE = 10_000
"""SQLite takes at most 32,766 values in a statement."""


def on_postgres() -> bool:
    """Whether the database is PostgreSQL; else it is SQLite."""
    return connection.vendor == "postgresql"


def merge(tier: Tier, windows: Mapping[Key, Rollup], sketched: set[int]) -> None:
    """Merges these into the tier's table, and what it has into these.

    `sketched` are the series whose windows have a sketch.
    """
    for key, stored in _stored(tier, list(windows), sketched).items():
        windows[key].merge(stored)
    keys = sorted(windows)
    rows = [
        (*key, r.count, r.sum, r.min, r.max, r.last, r.last_at, r.sketch_bytes())
        for key, r in ((key, windows[key]) for key in keys)
    ]
    with connection.cursor() as sql:
        if on_postgres():
            values = ", ".join(f"%s::{type}[]" for type in _TYPES)
            columns = [list(column) for column in zip(*rows, strict=True)]
            sql.execute(
                f"INSERT INTO {tier.table} ({COLUMNS}) SELECT * FROM unnest({values}) {_REPLACE}",  # noqa: S608
                columns,
            )
        else:
            marks = ", ".join(["%s"] * len(_TYPES))
            sql.executemany(f"INSERT INTO {tier.table} ({COLUMNS}) VALUES ({marks}) {_REPLACE}", rows)  # noqa: S608


def _stored(tier: Tier, keys: Sequence[Key], sketched: set[int]) -> dict[Key, Rollup]:
    """What the table has of these windows."""
    columns = ", ".join(f"t.{name.strip()}" for name in COLUMNS.split(","))
    with connection.cursor() as sql:
        if on_postgres():
            # The bounds are what tells the planner which partitions there is no need to look at.
            starts = [key.start for key in keys]
            sql.execute(
                f"SELECT {columns} FROM unnest(%s::bigint[], %s::bigint[]) k(series_id, start)"  # noqa: S608
                f" JOIN {tier.table} t ON t.series_id = k.series_id AND t.start = k.start"
                " AND t.start BETWEEN %s AND %s",
                [[key.series for key in keys], starts, min(starts), max(starts)],
            )
        else:
            sql.execute(
                f"SELECT {columns} FROM json_each(%s) k CROSS JOIN {tier.table} t"  # noqa: S608
                " ON t.series_id = k.value ->> 0 AND t.start = k.value ->> 1",
                [json.dumps(keys)],
            )
        return {
            Key(series, start): Rollup(
                count,
                total,
                low,
                high,
                last,
                last_at,
                sketch_of(bytes(data), low, count) if series in sketched else None,
            )
            for series, start, count, total, low, high, last, last_at, data in sql.fetchall()
        }


def rows(
    tier: Tier, series: Iterable[int], first: int, end: int, *, sketches: bool = False
) -> Iterable[tuple[Any, ...]]:
    """The windows of these series that start in `[first, end)`: all COLUMNS, without the sketch unless it is asked for.

    In no particular order.
    """
    columns = COLUMNS if sketches else COLUMNS.removesuffix(", sketch")
    with connection.cursor() as sql:
        for some in _parts(sorted(series)):
            ids: list[Any] = [list(some)] if on_postgres() else list(some)
            marks = "ANY(%s)" if on_postgres() else f"({', '.join(['%s'] * len(some))})"
            which = f"series_id {'=' if on_postgres() else 'IN'} {marks}"
            sql.execute(
                f"SELECT {columns} FROM {tier.table} WHERE {which} AND start >= %s AND start < %s",  # noqa: S608
                [*ids, first, end],
            )
            yield from sql.fetchall()


def remove(series: Sequence[int]) -> None:
    """Deletes every window of these series."""
    with connection.cursor() as sql:
        for tier in TIERS:
            for some in _parts(series):
                marks = ", ".join(["%s"] * len(some))
                sql.execute(f"DELETE FROM {tier.table} WHERE series_id IN ({marks})", list(some))  # noqa: S608


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + SERIES_AT_ONCE] for start in range(0, len(ids), SERIES_AT_ONCE))
