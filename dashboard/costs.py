"""What it costs on disk to keep measurements: computed from what a window takes, and as it is."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from django.db import connection

from . import partitions, store
from .models import Series
from .tiers import DAY, FINEST, TIERS, Tier

NUMBERS = 8
"""Columns of eight bytes each."""
SERIES_LOOKED_AT, WINDOWS_LOOKED_AT = 40, 50
"""Of so many series, spread evenly, so many windows of each: what a sketch takes."""

COUNTED = 2**20
"""A partition of fewer bytes is counted: what PostgreSQL estimates of a small one can be far off."""

# PostgreSQL: pages of 8 kB with a header of 24 bytes; a row has a header of 24 and a pointer of 4 bytes, and begins at
# a multiple of 8. An entry of the index has a header of 8 bytes, the two numbers, and a pointer of 4.
PAGE, PAGE_HEAD, ROW_HEAD, POINTER = 8_192, 24, 24, 4
INDEX_ENTRY = 8 + 16 + POINTER
INDEX_FULL = 0.9

# SQLite: the index is the table. A row has some bytes that say what it has, and a pointer; whole numbers take what they
# need, and windows that are added at as many places as there are series leave pages a little emptier than could be.
CELL_HEAD, SMALL_NUMBERS, REAL_NUMBERS = 16, 7, 5 * 8
CELL_FULL = 0.9


class Cost(NamedTuple):
    """Of one tier: about how many `windows` there are, the `bytes_each` computed for one, and all together on disk,
    where the database tells. `kept_each` is how many windows a series that is measured all the time has here.
    """

    tier: Tier
    windows: int
    bytes_each: float
    on_disk: int | None

    @property
    def computed(self) -> float:
        return self.windows * self.bytes_each

    @property
    def days(self) -> int:
        return self.tier.keep_seconds // DAY

    @property
    def kept_each(self) -> int:
        return self.tier.keep_seconds // self.tier.step

    @property
    def a_series(self) -> float:
        """Bytes that a series takes here at most."""
        return self.kept_each * self.bytes_each


def of_all_tiers() -> list[Cost]:
    """What every tier costs now. Looks at some rows of each, and takes the number of windows from what the database
    estimates, or from when the series begin and end."""
    ids = list(Series.objects.order_by("pk").values_list("pk", flat=True))
    some = ids[:: max(1, len(ids) // SERIES_LOOKED_AT)]
    return [
        Cost(tier, _windows(tier, some, len(ids)), bytes_each(tier, _sketch(tier, some)), _on_disk(tier))
        for tier in TIERS
    ]


def bytes_each(tier: Tier, sketch: float) -> float:
    """What a window takes on disk, with a sketch of so many bytes."""
    if not store.on_postgres():
        return (CELL_HEAD + SMALL_NUMBERS + REAL_NUMBERS + sketch) / CELL_FULL
    length = 1 if sketch < 127 else 4
    row = ROW_HEAD + 8 * math.ceil((NUMBERS * 8 + length + sketch) / 8) + POINTER
    full = (1.0 if tier is FINEST else partitions.FILL_PERCENT / 100) * (1 - PAGE_HEAD / PAGE)
    return row / full + INDEX_ENTRY / INDEX_FULL


def file_size() -> int:
    """Of the whole database, in bytes."""
    with connection.cursor() as sql:
        if store.on_postgres():
            sql.execute("SELECT pg_database_size(current_database())")
        else:
            sql.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(sql.fetchone()[0])


def _sketch(tier: Tier, series: Sequence[int]) -> float:
    lengths: list[int] = []
    with connection.cursor() as sql:
        for id in series:
            sql.execute(
                f"SELECT length(sketch) FROM {tier.table} WHERE series_id = %s"  # noqa: S608
                " ORDER BY start DESC LIMIT %s",
                [id, WINDOWS_LOOKED_AT],
            )
            lengths += [length for (length,) in sql.fetchall()]
    return fmean(lengths) if lengths else 0.0


def _windows(tier: Tier, some: Sequence[int], series: int) -> int:
    with connection.cursor() as sql:
        if store.on_postgres():
            found = 0
            estimated = f"CASE WHEN pg_relation_size(c.oid) < {COUNTED} THEN -1 ELSE reltuples END"
            for name, rows in _partitions(tier, estimated):
                if rows < 0:  # it is small, or was never looked at
                    sql.execute(f"SELECT count(*) FROM {name}")  # noqa: S608
                    rows = sql.fetchone()[0]
                found += int(rows)
            return found
        spans = 0
        for id in some:
            sql.execute(
                f"SELECT min(start), max(start) FROM {tier.table} WHERE series_id = %s",  # noqa: S608
                [id],
            )
            first, last = sql.fetchone()
            spans += 0 if first is None else (last - first) // tier.step + 1
        return round(spans / max(1, len(some)) * series)


def _on_disk(tier: Tier) -> int | None:
    if not store.on_postgres():
        return None
    return sum(int(size) for _, size in _partitions(tier, "pg_total_relation_size(c.oid)"))


def _partitions(tier: Tier, what: str) -> list[tuple[str, float]]:
    with connection.cursor() as sql:
        sql.execute(
            f"SELECT c.relname, {what} FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"  # noqa: S608
            " WHERE i.inhparent = %s::regclass",
            [tier.table],
        )
        return list(sql.fetchall())
