"""Telling many: in the background, in bounded batches, each person once, whatever crashes in between."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from project.accounts.models import User
from project.jobs import queue

from .. import metrics, queries
from ..models import Audience, Broadcast
from .notices import Notice
from .telling import notify, notify_all

INLINE_MAX = 100
"""People told in the caller's transaction. More would keep whoever caused it, and the lock of a room, waiting."""
BATCH = 500
"""People in one transaction: about a tenth of a second, in which those inboxes are locked."""


@transaction.atomic
def broadcast(
    audience: Audience,
    notice: Notice,
    *,
    key: str = "",
    people: Iterable[int] = (),
    sender: User | None = None,
    due: datetime | None = None,
) -> Broadcast:
    """Tells an audience, from `due` on. `key` names the topic or group; `people` are the ids for Audience.PEOPLE.

    Whoever belongs to the audience when their batch comes is told. With the notice's own `dedupe_key`, whoever
    was told before is not told again.
    """
    row = Broadcast.objects.create(
        audience=audience,
        audience_key=key,
        people=sorted(set(people)),
        notice=notice.stored(),
        sender=sender,
        due_at=due or timezone.now(),
    )
    if not notice.dedupe_key:
        row.notice = replace(notice, dedupe_key=f"broadcast.{row.pk}").stored()
        row.save(update_fields=("notice",))
    queue.put("broadcast", {"broadcast": row.pk}, key=f"broadcast.{row.pk}", due=due)
    return row


def tell(notices: Sequence[tuple[Notice, Collection[int]]]) -> None:
    """Tells people several things: at once where they are few, else as broadcasts. In the caller's transaction."""
    notify_all([(notice, recipients) for notice, recipients in notices if len(recipients) <= INLINE_MAX])
    for notice, recipients in notices:
        if len(recipients) > INLINE_MAX:
            broadcast(Audience.PEOPLE, notice, people=recipients)


def next_batch(broadcast_id: int) -> bool:
    """Tells the next people, in the caller's transaction; whether there were any.

    The row is locked meanwhile: a second worker waits, and then goes on from where this one has come.
    """
    row = Broadcast.objects.select_for_update().filter(pk=broadcast_id, finished_at=None).first()
    if row is None:
        return False
    people = queries.next_of(row, BATCH)
    if people:
        row.reached += len(notify(Notice.restored(row.notice), people))
        row.done_up_to = people[-1]
    else:
        row.finished_at = timezone.now()
        metrics.BROADCASTS.inc()
    row.save(update_fields=("reached", "done_up_to", "finished_at"))
    return bool(people)
