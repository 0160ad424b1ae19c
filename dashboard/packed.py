"""Many windows read from PostgreSQL as one value: the database packs them in less time than the driver takes to look at
every number of every row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg
from django.db import connection

from .tiers import Tier

LENGTH = "length"
"""Of the sketch, as a column."""
_WHOLE = ("series_id", "start", "count", LENGTH)


def form(columns: Sequence[str]) -> np.dtype[np.void]:
    """How a row of these columns is packed."""
    return np.dtype([(name, ">i8" if name in _WHOLE else ">f8") for name in columns])


def rows(tier: Tier, series: Sequence[int], first: int, end: int, columns: Sequence[str]) -> bytes:
    """These columns, all of numbers, of the windows that start in `[first, end)`."""
    return _read(tier, series, first, end, f"string_agg({_pack(columns)}, '')")[0]


def rows_and_sketches(
    tier: Tier, series: Sequence[int], first: int, end: int, columns: Sequence[str]
) -> tuple[bytes, bytes]:
    """The same with the LENGTH of its sketch as the last column, and all sketches one after the other."""
    # Aggregates of one statement see the rows in one order.
    wanted = f"string_agg({_pack(columns)} || int8send(length(sketch)), ''), string_agg(sketch, '')"
    packed, sketches = _read(tier, series, first, end, wanted)
    return packed, sketches


def _pack(columns: Sequence[str]) -> str:
    return " || ".join(f"{'int8send' if name in _WHOLE else 'float8send'}({name})" for name in columns)


def _read(tier: Tier, series: Sequence[int], first: int, end: int, wanted: str) -> tuple[Any, ...]:
    connection.ensure_connection()
    # Django's own cursors take no binary answers: bytes would come as twice as many digits.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as sql:
        sql.execute(
            f"SELECT {wanted} FROM {tier.table} WHERE series_id = ANY(%s) AND start >= %s AND start < %s",  # noqa: S608
            [list(series), first, end],
            prepare=False,
            binary=True,
        )
        found = sql.fetchone()
    return tuple(value or b"" for value in found or ())
