"""Who is there: rows that hang on a living process, so that a crash takes its people offline by itself."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from project.realtime import ephemeral, streams
from project.realtime.models import Presence, Process
from project.realtime.protocol import PRESENCE_LIST_MEMBERS

ALIVE_SECONDS = 55
"""How long a process that says nothing is believed to live: with the search for such, a minute at most."""
AWAY_SECONDS = 5
"""How long somebody without a connection still counts as there: a page load, a changed network."""


def online(user_ids: Iterable[int]) -> set[int]:
    """Those of these users who have a connection to any living process. One query."""
    rows = Presence.objects.filter(user_id__in=list(user_ids), process__alive_until__gt=timezone.now())
    return set(rows.values_list("user_id", flat=True))


def connections_elsewhere(user_ids: Iterable[int], process: str) -> dict[int, int]:
    """How many connections these users have to other living processes, as of about a second ago. One query."""
    rows = Presence.objects.filter(user_id__in=list(user_ids), process__alive_until__gt=timezone.now())
    others = rows.exclude(process__token=process).values_list("user_id").annotate(Sum("connections"))
    return dict(others)


def keep_alive(token: str, seconds: float = ALIVE_SECONDS) -> int:
    """Says that this process lives for so long from now; returns its id."""
    until = timezone.now() + timedelta(seconds=seconds)
    process, _ = Process.objects.update_or_create(token=token, defaults={"alive_until": until})
    return process.pk


def record(process_id: int, connections: Mapping[int, int]) -> None:
    """Writes how many connections these users have to the process now, and tells whom it concerns."""
    here = [
        Presence(process_id=process_id, user_id=user, connections=n)
        for user, n in connections.items()
        if n > 0
    ]
    gone = [user for user, n in connections.items() if n <= 0]
    with transaction.atomic():
        Presence.objects.bulk_create(
            here, update_conflicts=True, unique_fields=["process", "user"], update_fields=["connections"]
        )
        Presence.objects.filter(process_id=process_id, user_id__in=gone).delete()
    tell(connections)


def bury_the_dead() -> None:
    """Removes processes that stopped living and tells who went with them. Safe to run in many processes at once."""
    for process in Process.objects.filter(alive_until__lt=timezone.now()):
        users = list(Presence.objects.filter(process=process).values_list("user_id", flat=True))
        deleted, _ = Process.objects.filter(pk=process.pk, alive_until__lt=timezone.now()).delete()
        if deleted:  # else another process was first, and tells
            tell(users)


def tell(users: Iterable[int]) -> None:
    """Sends the present state of every stream that these users' coming or going concerns."""
    users = list(users)
    for kind in streams.kinds():
        if kind.presence is None:
            continue
        members = kind.presence.members_of(list(kind.presence.streams_of(users)))
        there = online({user for some in members.values() for user in some})
        for stream, some in members.items():
            ephemeral.send(stream, "presence.changed", _state(some, there), key="presence")


def _state(members: Iterable[int], there: set[int]) -> dict[str, object]:
    members = list(members)
    here = sorted(there.intersection(members))
    if len(members) > PRESENCE_LIST_MEMBERS:
        return {"count": len(here)}
    return {"online": here, "count": len(here)}
