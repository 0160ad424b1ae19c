"""Windows in the database: read and written many at a time, in SQL that PostgreSQL and SQLite each do well.

Whoever writes has locked the series, so what was read is still so when it is written.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from threading import RLock
from typing import Any

import numpy as np
from django.db import connection

from . import packed
from .rollups import Key, Rollup, stored
from .sketches import Sketched, joined
from .tiers import TIERS, Tier

COLUMNS = "series_id, start, count, sum, min, max, last, last_at, sketch"
ALL = tuple(COLUMNS.split(", "))
NUMBERS, SKETCH = ALL[:-1], ALL[-1]
SKETCHED = ("series_id", "start", "count", "min", "max")
"""What is read beside the sketch where it is the sketch that matters."""
_TYPES = ("bigint", "bigint", "bigint", "float8", "float8", "float8", "float8", "float8", "bytea")
_PLAIN = ("count", "sum", "min", "max", "last", "last_at")
_REPLACE = "ON CONFLICT (series_id, start) DO UPDATE SET " + ", ".join(
    f"{name} = EXCLUDED.{name}" for name in (*_PLAIN, "sketch")
)
_turn = RLock()
SERIES_AT_ONCE = 10_000
"""SQLite takes at most 32,766 values in a statement."""
WRITTEN_AT_ONCE = 2**19
"""Bytes of sketches in a statement: PostgreSQL's client library keeps for each connection as much room as its longest
statement took, and never gives it back."""
SKETCHES_AT_ONCE = 20_000
"""Windows in an answer: with the largest sketches there can be, it is below a gigabyte, PostgreSQL's largest value."""


def on_postgres() -> bool:
    """Whether the database is PostgreSQL; else it is SQLite."""
    return connection.vendor == "postgresql"


@contextmanager
def in_turn() -> Iterator[None]:
    """One of this process's writers of measurements at a time, on SQLite: who waits for its lock asks now and then, and
    would never find it free beside somebody who takes it again at once. PostgreSQL lets them write side by side."""
    with nullcontext() if on_postgres() else _turn:
        yield


def merge(tier: Tier, windows: Mapping[Key, Rollup]) -> None:
    """Writes these into the tier's table, merged with what it has of the same windows."""
    merged = dict(windows)
    for series, start, *rest in _stored(tier, list(windows)):
        key = Key(series, start)
        before = stored(*rest, sketched=windows[key].sketched)
        before.merge(windows[key])  # the lesser one into what may have a large sketch
        merged[key] = before
    keys = sorted(merged)
    found = [merged[key] for key in keys]
    columns = [
        [key.series for key in keys],
        [key.start for key in keys],
        *([getattr(rollup, name) for rollup in found] for name in _PLAIN),
        [rollup.sketch_bytes() for rollup in found],
    ]
    with connection.cursor() as sql:
        if on_postgres():
            values = ", ".join(f"%s::{type}[]" for type in _TYPES)
            for part in slices([len(sketch) for sketch in columns[-1]]):
                *numbers, sketches = [column[part] for column in columns]
                sql.execute(
                    f"INSERT INTO {tier.table} ({COLUMNS}) SELECT * FROM unnest({values}) {_REPLACE}",  # noqa: S608
                    [*map(array, numbers), bytes_array(sketches)],
                )
        else:
            marks = ", ".join(["%s"] * len(_TYPES))
            sql.executemany(
                f"INSERT INTO {tier.table} ({COLUMNS}) VALUES ({marks}) {_REPLACE}",  # noqa: S608
                list(zip(*columns, strict=True)),
            )


def _stored(tier: Tier, keys: Sequence[Key]) -> list[tuple[Any, ...]]:
    """What the table has of these windows: all COLUMNS."""
    columns = ", ".join(f"t.{name}" for name in ALL)
    with connection.cursor() as sql:
        if on_postgres():
            # The bounds are what tells the planner which partitions there is no need to look at.
            starts = [key.start for key in keys]
            sql.execute(
                f"SELECT {columns} FROM unnest(%s::bigint[], %s::bigint[]) k(series_id, start)"  # noqa: S608
                f" JOIN {tier.table} t ON t.series_id = k.series_id AND t.start = k.start"
                " AND t.start BETWEEN %s AND %s",
                [array(key.series for key in keys), array(starts), min(starts), max(starts)],
            )
        else:
            sql.execute(
                f"SELECT {columns} FROM json_each(%s) k CROSS JOIN {tier.table} t"  # noqa: S608
                " ON t.series_id = k.value ->> 0 AND t.start = k.value ->> 1",
                [json.dumps(keys)],
            )
        return list(sql.fetchall())


def slices(lengths: Sequence[int]) -> Iterator[slice]:
    """Cuts values of these lengths into parts of WRITTEN_AT_ONCE, or one value where that alone is longer."""
    first = size = 0
    for place, length in enumerate(lengths):
        if size and size + length > WRITTEN_AT_ONCE:
            yield slice(first, place)
            first, size = place, 0
        size += length
    if first < len(lengths):
        yield slice(first, len(lengths))


def json_rows() -> str:
    """What to select from for each element of a parameter that is a JSON array; it is `v.value` then."""
    return "jsonb_array_elements(%s::jsonb) v(value)" if on_postgres() else "json_each(%s) v"


def array(numbers: Iterable[float]) -> str:
    """Finite numbers as PostgreSQL reads an array. The driver would look at each of them for what to escape."""
    return "{" + ",".join(map(repr, numbers)) + "}"


def bytes_array(values: Iterable[bytes]) -> str:
    """The same for bytes."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def rows(
    tier: Tier, series: Iterable[int], first: int, end: int, columns: Sequence[str] = NUMBERS
) -> Iterable[tuple[Any, ...]]:
    """The windows of these series that start in `[first, end)`, in no particular order."""
    for some in _parts(sorted(series)):
        if on_postgres() and SKETCH not in columns:
            found = packed.rows(tier, some, first, end, columns)
            yield from np.frombuffer(found, packed.form(columns)).tolist()
        else:
            yield from _rows(tier, some, first, end, columns)


def newest(
    tier: Tier, series: Iterable[int], first: int, end: int, columns: Sequence[str] = NUMBERS
) -> Iterable[tuple[Any, ...]]:
    """Of each of these series the last window that starts in `[first, end)`: one step in the index for each."""
    wanted, table = ", ".join(f"t.{name}" for name in columns), tier.table
    if on_postgres():
        statement = (
            f"SELECT {wanted} FROM unnest(%s::bigint[]) k(id) CROSS JOIN LATERAL (SELECT * FROM {table}"  # noqa: S608
            " WHERE series_id = k.id AND start >= %s AND start < %s ORDER BY start DESC LIMIT 1) t"
        )
    else:
        statement = (
            f"SELECT {wanted} FROM json_each(%s) k CROSS JOIN {table} t ON t.series_id = k.value AND t.start ="  # noqa: S608
            f" (SELECT max(start) FROM {table} WHERE series_id = k.value AND start >= %s AND start < %s)"
        )
    ids = sorted(series)
    with connection.cursor() as sql:
        sql.execute(statement, [array(ids) if on_postgres() else json.dumps(ids), first, end])
        yield from sql.fetchall()


def sketched(tier: Tier, series: Iterable[int], first: int, end: int) -> Sketched:
    """The same of metrics that have sketches, column by column."""
    at_once = max(1, SKETCHES_AT_ONCE * tier.step // max(1, end - first))
    return joined([_sketched(tier, some, first, end) for some in _parts(sorted(series), at_once)])


def _sketched(tier: Tier, series: Sequence[int], first: int, end: int) -> tuple[Sequence[Any], bytes]:
    if on_postgres():
        numbers, sketches = packed.rows_and_sketches(tier, series, first, end, SKETCHED)
        found = np.frombuffer(numbers, packed.form((*SKETCHED, packed.LENGTH)))
        return [found[name] for name in found.dtype.names or ()], sketches
    rows = _rows(tier, series, first, end, (*SKETCHED, SKETCH))
    *columns, each = zip(*rows, strict=True) if rows else [()] * (len(SKETCHED) + 1)
    return [*columns, list(map(len, each))], b"".join(each)


def _rows(
    tier: Tier, series: Sequence[int], first: int, end: int, columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    ids: list[Any] = [list(series)] if on_postgres() else list(series)
    marks = "ANY(%s)" if on_postgres() else f"({', '.join(['%s'] * len(series))})"
    which = f"series_id {'=' if on_postgres() else 'IN'} {marks}"
    with connection.cursor() as sql:
        sql.execute(
            f"SELECT {', '.join(columns)} FROM {tier.table} WHERE {which} AND start >= %s AND start < %s",  # noqa: S608
            [*ids, first, end],
        )
        return list(sql.fetchall())


def first_of(tier: Tier, series: int, most: int) -> list[tuple[Any, ...]]:
    """The oldest windows of a series: all COLUMNS."""
    with connection.cursor() as sql:
        sql.execute(
            f"SELECT {COLUMNS} FROM {tier.table} WHERE series_id = %s ORDER BY start LIMIT %s",  # noqa: S608
            [series, most],
        )
        return list(sql.fetchall())


def remove_windows(tier: Tier, series: int, starts: Sequence[int]) -> None:
    """Deletes these windows of a series."""
    with connection.cursor() as sql:
        sql.execute(
            f"DELETE FROM {tier.table} WHERE series_id = %s AND start IN"  # noqa: S608
            f" (SELECT CAST(v.value AS bigint) FROM {json_rows()}) AND start BETWEEN %s AND %s",
            [series, json.dumps(starts), min(starts), max(starts)],
        )


def remove(series: Sequence[int]) -> None:
    """Deletes every window of these series."""
    with connection.cursor() as sql:
        for tier in TIERS:
            for some in _parts(series):
                marks = ", ".join(["%s"] * len(some))
                sql.execute(f"DELETE FROM {tier.table} WHERE series_id IN ({marks})", list(some))  # noqa: S608


def _parts(ids: Sequence[int], most: int = SERIES_AT_ONCE) -> Iterable[Sequence[int]]:
    return (ids[start : start + most] for start in range(0, len(ids), most))
