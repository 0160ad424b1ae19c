"""The two statements that every send runs, written out.

Django takes longer to put them together, for each of a batch's rows, than the database takes to run them.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from ..models import Message

_SENT = "SELECT id FROM chat_message WHERE room_id = %s AND author_id IN ({}) AND client_id IN ({})"
_INSERT = """
    INSERT INTO chat_message
        (room_id, author_id, seq, body, html, client_id, reply_to_id, mentions_room, attachments, created_at)
    VALUES {} RETURNING id
"""
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def sent_before(room_id: int, author_ids: Collection[int], client_ids: Collection[UUID]) -> list[int]:
    """The ids of messages of these authors in this room with one of these client ids."""
    if not author_ids:
        return []
    statement = _SENT.format(_marks(author_ids), _marks(client_ids))
    with connection.cursor() as sql:
        sql.execute(statement, [room_id, *author_ids, *map(_uuid, client_ids)])
        return [pk for (pk,) in sql.fetchall()]


def insert(messages: Sequence[Message]) -> None:
    """Inserts new messages, which get their ids: what `bulk_create` does."""
    values: list[Any] = []
    for m in messages:
        at = connection.ops.adapt_datetimefield_value(m.created_at)
        values += (m.room_id, m.author_id, m.seq, m.body, m.html, _uuid(m.client_id))
        attachments = connection.ops.adapt_json_value(m.attachments, None)
        values += (m.reply_to_id, m.mentions_room, attachments, at)
    with connection.cursor() as sql:
        sql.execute(_INSERT.format(", ".join([_ROW] * len(messages))), values)
        for message, (pk,) in zip(messages, sql.fetchall(), strict=True):
            message.pk = pk


def _marks(values: Iterable[Any]) -> str:
    return ", ".join("%s" for _ in values)


def _uuid(value: UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex
