"""Telling of something that has changed: those it concerns no more forget it, those it concerns now are told."""

from collections.abc import Collection, Sequence

from ..models import Deed, Occurrence
from . import inboxes
from .broadcasting import INLINE_MAX, set_right, tell
from .notices import Notice
from .withdrawing import amend, stop_broadcasts, withdraw


def retell(
    dedupe_key: str,
    notices: Sequence[tuple[Notice, Collection[int]]],
    *,
    body: str,
    quoted_by: Collection[str] = (),
) -> None:
    """Makes these notices, all of this key, what people are told of it. In the caller's transaction.

    Whoever was told of it and still is to be finds `body` there now, and is not told again; so does whoever was told
    something under the keys `quoted_by`, which quotes it.
    """
    stop_broadcasts([dedupe_key])
    told, quoting = _told([dedupe_key]), _told(quoted_by)
    wanted = {user_id for _, recipients in notices for user_id in recipients}
    new = [(notice, sorted(set(recipients) - told)) for notice, recipients in notices]
    gone, kept = told - wanted, told & wanted
    if len(told | wanted) <= INLINE_MAX:
        inboxes.hold(told | wanted | quoting)
        withdraw(dedupe_key, gone)
        amend(dedupe_key, kept, body)
    else:
        few = {user_id for _, people in new if len(people) <= INLINE_MAX for user_id in people}
        inboxes.hold(few | quoting)
        if gone:
            set_right(Deed.WITHDRAW, dedupe_key, gone)
        if kept:
            set_right(Deed.AMEND, dedupe_key, kept, body)
    amend(quoted_by, quoting, body)
    tell(new)


def _told(keys: Collection[str]) -> set[int]:
    if not keys:
        return set()
    return set(Occurrence.objects.filter(dedupe_key__in=keys).values_list("recipient", flat=True))
