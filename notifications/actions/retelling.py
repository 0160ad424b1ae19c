"""Telling of something that has changed: those it concerns no more forget it, those it concerns now are told."""

from collections.abc import Collection, Sequence

from ..models import Deed, Occurrence
from . import inboxes
from .broadcasting import INLINE_MAX, set_right, tell
from .notices import Notice
from .withdrawing import amend, stop_broadcasts, withdraw


def retell(dedupe_key: str, notices: Sequence[tuple[Notice, Collection[int]]], *, body: str) -> None:
    """Makes these notices, all of this key, what people are told of it. In the caller's transaction.

    Whoever was told of it and still is to be finds `body` there now, and is not told again.
    """
    stop_broadcasts([dedupe_key])
    told = set(Occurrence.objects.filter(dedupe_key=dedupe_key).values_list("recipient", flat=True))
    wanted = {user_id for _, recipients in notices for user_id in recipients}
    gone, kept = told - wanted, told & wanted
    if len(told | wanted) <= INLINE_MAX:
        inboxes.hold(told | wanted)
        withdraw(dedupe_key, gone)
        amend(dedupe_key, kept, body)
    else:
        if gone:
            set_right(Deed.WITHDRAW, dedupe_key, gone)
        if kept:
            set_right(Deed.AMEND, dedupe_key, kept, body)
    tell([(notice, sorted(set(recipients) - told)) for notice, recipients in notices])
