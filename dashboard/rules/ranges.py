"""Reads pieces of many series at once: for each its own ranges of time, in one statement for each resolution."""

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from dashboard.queries.cells import Row
from dashboard.store import COLUMNS, on_postgres
from dashboard.tiers import Tier

Range = tuple[int, int]
"""From the start of the first window to the end of the last one."""
RANGES_AT_ONCE = 50_000


def joined(ranges: Iterable[Range]) -> list[Range]:
    """The same time in as few ranges as there can be, in order."""
    found: list[Range] = []
    for first, end in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((first, end))
    return found


def read(tier: Tier, wanted: Mapping[int, Iterable[Range]], *, sketches: bool) -> Iterable[Row]:
    """The windows of these series that start within their ranges, each once and in no particular order. Without the
    sketch unless it is asked for."""
    keys = [(series, *one) for series, ranges in wanted.items() for one in joined(ranges)]
    for start in range(0, len(keys), RANGES_AT_ONCE):
        yield from _read(tier, keys[start : start + RANGES_AT_ONCE], sketches)


def _read(tier: Tier, keys: Sequence[tuple[int, int, int]], sketches: bool) -> list[Row]:
    names = COLUMNS if sketches else COLUMNS.removesuffix(", sketch")
    columns = ", ".join(f"t.{name.strip()}" for name in names.split(","))
    with connection.cursor() as sql:
        if on_postgres():
            series, firsts, ends = (list(column) for column in zip(*keys, strict=True))
            # The bounds are what tells the planner which partitions there is no need to look at.
            sql.execute(
                f"SELECT {columns} FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) k(series_id, first, until)"  # noqa: S608
                f" JOIN {tier.table} t ON t.series_id = k.series_id AND t.start >= k.first AND t.start < k.until"
                " AND t.start >= %s AND t.start < %s",
                [series, firsts, ends, min(firsts), max(ends)],
            )
        else:
            sql.execute(
                f"SELECT {columns} FROM json_each(%s) k CROSS JOIN {tier.table} t"  # noqa: S608
                " ON t.series_id = k.value ->> 0 AND t.start >= k.value ->> 1 AND t.start < k.value ->> 2",
                [json.dumps(keys)],
            )
        found: list[Row] = sql.fetchall()
        return found
