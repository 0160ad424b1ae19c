"""Who said, read or reacted to something, and when: noted for each person once in half a minute, to be counted."""

import time
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone

from ..models import Activity

NOTED_SECONDS = 30.0
"""How much too old what is noted may be. Each process writes once in that time for each person, not with every act."""
NOTED_MAX = 10_000
"""People remembered in a process. Beyond that all are forgotten, and noted once more."""
_noted: dict[int, float] = {}


def note(people: Iterable[int]) -> None:
    """Notes that these people are active, once the caller's transaction has committed, and beside it: it is a number
    for boards, and holds up nobody."""
    now = time.monotonic()
    if due := sorted({pk for pk in people if now - _noted.get(pk, -NOTED_SECONDS) >= NOTED_SECONDS}):
        transaction.on_commit(partial(_write, due, now), robust=True)


def _write(people: Iterable[int], now: float) -> None:
    moment = timezone.now()
    rows = [Activity(user_id=pk, at=moment) for pk in people]
    Activity.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user"], update_fields=["at"])
    if len(_noted) >= NOTED_MAX:
        _noted.clear()
    _noted.update(dict.fromkeys(people, now))
