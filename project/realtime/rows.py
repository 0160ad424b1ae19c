"""The statements that every append runs, written out.

Django takes longer to put them together, for each of a batch's rows, than the database takes to run them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from project.realtime.models import Stream

_ADVANCE = "UPDATE realtime_stream SET head = head + %s WHERE name = %s RETURNING id, head"
_CREATE = """
    INSERT INTO realtime_stream (name, head, oldest) VALUES (%s, %s, 1)
    ON CONFLICT (name) DO UPDATE SET head = realtime_stream.head + EXCLUDED.head RETURNING id, head
"""

_CREATE_EACH = """
    INSERT INTO realtime_stream (name, head, oldest) VALUES {}
    ON CONFLICT (name) DO UPDATE SET head = realtime_stream.head + EXCLUDED.head RETURNING id, name, head
"""
"""The rows are locked in the order of the VALUES, so that two of these cannot wait for each other."""

_INSERT = "INSERT INTO realtime_event (stream_id, seq, type, data, at, subject) VALUES "
_ROW = "(%s, %s, %s, %s, %s, %s)"
PER_INSERT = 1000
"""SQLite takes at most 32,766 values in a statement."""


class Row(NamedTuple):
    """An event as the table holds it, but for its time."""

    stream_id: int
    seq: int
    type: str
    data: str
    subject: str


def advance(stream: str, count: int) -> tuple[int, int]:
    """The stream's id and its new head, locked until the transaction ends; made where it is new."""
    with connection.cursor() as sql:
        sql.execute(_ADVANCE, [count, stream])
        row = sql.fetchone()
        if row is None:
            sql.execute(_CREATE, [stream, count])
            row = sql.fetchone()
    return row[0], row[1]


def advance_each(counts: Mapping[str, int]) -> tuple[dict[str, int], dict[str, range]]:
    """The ids of these streams, and the seqs taken on each; the rows are locked in the order of the names."""
    ids: dict[str, int] = {}
    seqs: dict[str, range] = {}
    names = sorted(counts)
    with connection.cursor() as sql:
        for start in range(0, len(names), PER_INSERT):
            part = names[start : start + PER_INSERT]
            values = [value for name in part for value in (name, counts[name])]
            sql.execute(_CREATE_EACH.format(", ".join(["(%s, %s, 1)"] * len(part))), values)
            for pk, name, head in sql.fetchall():
                ids[name], seqs[name] = pk, range(head - counts[name] + 1, head + 1)
    return ids, seqs


def give_back(unused: Mapping[int, int]) -> None:
    """Nobody has seen these seqs, since their streams are still locked."""
    amounts: dict[int, list[int]] = {}
    for pk, amount in unused.items():
        if amount:
            amounts.setdefault(amount, []).append(pk)
    for amount, ids in amounts.items():
        Stream.objects.filter(pk__in=ids).update(head=F("head") - amount)


def insert(rows: Sequence[Row], at: datetime) -> None:
    """Inserts events of this moment: what `bulk_create` does."""
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as sql:
        for start in range(0, len(rows), PER_INSERT):
            part = rows[start : start + PER_INSERT]
            values: list[Any] = []
            for row in part:
                values += (row.stream_id, row.seq, row.type, row.data, moment, row.subject)
            sql.execute(_INSERT + ", ".join([_ROW] * len(part)), values)
