"""Telling many: in the background, in bounded batches, each person once, whatever crashes in between."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from project.accounts.models import User
from project.jobs import queue

from .. import metrics, queries
from ..haste import haste
from ..models import Audience, Broadcast, Deed
from .notices import Notice
from .telling import notify, notify_all
from .withdrawing import AT_ONCE, amend, withdraw

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
        dedupe_key=notice.dedupe_key,
        notice=notice.stored(),
        sender=sender,
        due_at=due or timezone.now(),
    )
    if not notice.dedupe_key:
        row.dedupe_key = f"broadcast.{row.pk}"
        row.notice = replace(notice, dedupe_key=row.dedupe_key).stored()
        row.save(update_fields=("dedupe_key", "notice"))
    args = {"broadcast": row.pk}
    queue.put("broadcast", args, key=f"broadcast.{row.pk}", due=due, priority=haste(notice.priority))
    return row


def set_right(deed: Deed, dedupe_key: str, people: Collection[int], body: str = "") -> None:
    """Changes or takes back what these people were told under a key, in the background. In the caller's transaction.

    Like the telling, it ends where `stop_broadcasts` is called for that key: so the newest word about it is the last.
    """
    row = Broadcast.objects.create(
        deed=deed,
        audience=Audience.PEOPLE,
        people=sorted(people),
        dedupe_key=dedupe_key,
        notice={"body": body},
    )
    queue.put("broadcast", {"broadcast": row.pk}, key=f"broadcast.{row.pk}")


def tell(notices: Sequence[tuple[Notice, Collection[int]]]) -> None:
    """Tells people several things: at once where they are few, else as broadcasts. In the caller's transaction."""
    notify_all([(notice, recipients) for notice, recipients in notices if len(recipients) <= INLINE_MAX])
    for notice, recipients in notices:
        if len(recipients) > INLINE_MAX:
            broadcast(Audience.PEOPLE, notice, people=recipients)


def next_batch(broadcast_id: int) -> bool:
    """Tells the next people, or sets right what they were told, in the caller's transaction; whether there were any.

    The row is locked meanwhile: a second worker waits, and then goes on from where this one has come.
    """
    row = Broadcast.objects.select_for_update().filter(pk=broadcast_id, finished_at=None).first()
    if row is None:
        return False
    people = queries.next_of(row, BATCH if row.deed == Deed.TELL else AT_ONCE)
    if people:
        row.reached += _do(row, people)
        row.done_up_to = people[-1]
        row.save(update_fields=("reached", "done_up_to"))
    else:
        _finish(row)
    return bool(people)


def _do(row: Broadcast, people: Sequence[int]) -> int:
    if row.deed == Deed.WITHDRAW:
        return withdraw(row.dedupe_key, people)
    if row.deed == Deed.AMEND:
        amend(row.dedupe_key, people, row.notice["body"])
        return len(people)
    return len(notify(Notice.restored(row.notice), people))


def _finish(row: Broadcast) -> None:
    if row.deed == Deed.TELL:
        metrics.BROADCASTS.inc()
    if row.has_no_sender:
        row.delete()
    else:
        row.finished_at = timezone.now()
        row.save(update_fields=("finished_at",))
