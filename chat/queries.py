"""Reads: rooms as somebody sees them, and their people. Each makes a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from project.accounts.models import User
from project.realtime import presence
from project.realtime.models import Stream

from . import events
from .events import Payload
from .models import Activity, Kind, Membership, Mention, Message, Room

FOUND_MAX = 50  # rooms in one answer of a search: more is a reason to type on
PEOPLE_MAX = 500  # people in one answer: a whole team, as a browser keeps it to complete names from


def rooms_of(user: User) -> list[Payload]:
    """All rooms somebody is in, the one with the newest message first."""
    newest = Message.objects.filter(room=OuterRef("room_id")).order_by("-seq").values("created_at")[:1]
    active_at = Coalesce(Subquery(newest), F("room__created_at"))
    rows = _counted(Membership.objects.filter(user=user)).annotate(active_at=active_at)
    return _rooms(rows.select_related("room").order_by("-active_at", "-room_id"))


def room_of(user_id: int, room_id: int) -> Payload:
    """One room that somebody is in. Raises Membership.DoesNotExist where they are not."""
    rows = _rooms(_counted(Membership.objects.filter(user=user_id, room=room_id)).select_related("room"))
    if not rows:
        raise Membership.DoesNotExist
    return rows[0]


def rooms_for(room: Room, user_ids: Iterable[int]) -> dict[int, Payload]:
    """One room as each of these of its people sees it, for news to all of them."""
    rows = _counted(Membership.objects.filter(room=room, user__in=user_ids)).select_related("room")
    return {row.user_id: payload for row, payload in zip(rows, _rooms(rows), strict=True)}


def counts(membership: Membership) -> Any:
    """The membership again, with `unread`, `mentions` and `head`, all three as of one moment; None once it is gone."""
    return _counted(Membership.objects.filter(pk=membership.pk)).first()


def _counted(memberships: QuerySet[Membership]) -> QuerySet[Any]:
    """Adds the counts. One statement sees one moment, so `head` says exactly what they include."""
    unread = Message.objects.filter(
        ~Q(author=OuterRef("user_id")),
        room=OuterRef("room_id"),
        seq__gt=OuterRef("read_seq"),
        deleted_at=None,
    )
    by_name = Mention.objects.filter(
        ~Q(message__author=OuterRef("user_id")),
        user=OuterRef("user_id"),
        message__room=OuterRef("room_id"),
        message__seq__gt=OuterRef("read_seq"),
        message__deleted_at=None,
        message__mentions_room=False,
    )
    stream = Stream.objects.filter(name=Concat(Value("room."), Cast(OuterRef("room_id"), CharField())))
    return memberships.annotate(
        unread=_count(unread, "room"),
        mentions=_count(unread.filter(mentions_room=True), "room") + _count(by_name, "user"),
        head=Coalesce(Subquery(stream.values("head")[:1]), 0),
    )


def _count(rows: QuerySet[Any], same: str) -> Coalesce:
    """How many there are, as a subquery. `same` is a field that is equal in all of them."""
    grouped = rows.order_by().values(same).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)


def _rooms(rows: Iterable[Any]) -> list[Payload]:
    rows = list(rows)
    members: dict[int, list[int]] = defaultdict(list)
    pairs = Membership.objects.filter(room__in=[row.room_id for row in rows]).order_by("pk")
    for room_id, user_id in pairs.values_list("room_id", "user_id"):
        members[room_id].append(user_id)
    in_direct = {pk for row in rows if row.room.is_direct for pk in members[row.room_id]}
    names = {user.pk: user.name for user in User.objects.filter(pk__in=in_direct)} if in_direct else {}

    def name(row: Membership) -> str:
        if not row.room.is_direct:
            return row.room.name
        return events.direct_name(names[pk] for pk in members[row.room_id] if pk != row.user_id)

    return [
        events.room(
            row,
            members=members[row.room_id],
            name=name(row),
            unread=row.unread,
            mentions=row.mentions,
            head=row.head,
        )
        for row in rows
    ]


def open_rooms(user: User, search: str = "") -> list[Payload]:
    """The open rooms whose name contains `search`, those with most people first."""
    if _names_nothing(search):
        return []
    rooms = Room.objects.filter(kind=Kind.OPEN, archived_at=None, name__icontains=search.strip())
    mine = Membership.objects.filter(room=OuterRef("pk"), user=user)
    rooms = rooms.annotate(people=Count("memberships"), joined=Exists(mine)).order_by("-people", "name", "pk")
    fields = rooms.values("id", "name", "kind", "people", "joined")
    return [dict(row) for row in fields[:FOUND_MAX]]


def people_in(room_id: int) -> list[Payload]:
    """Everyone in a room by name, with their role, and whether they are here now."""
    rows = list(Membership.objects.filter(room=room_id, user__is_active=True).select_related("user"))
    online = presence.online(row.user_id for row in rows)
    people = [_profile(row.user, online) | {"role": str(row.role)} for row in rows]
    return sorted(people, key=lambda person: (person["name"].casefold(), person["id"]))


def people(search: str = "", limit: int = PEOPLE_MAX, ids: Collection[int] = ()) -> list[Payload]:
    """Everyone with an active account whose name or username contains `search`, those whose begins with it first;
    with `ids`, of these people only."""
    if _names_nothing(search):
        return []
    text = search.strip()
    wanted = Q(username__icontains=text) | Q(display_name__icontains=text)
    begins = Q(username__istartswith=text) | Q(display_name__istartswith=text)
    rows = User.objects.filter(wanted, is_active=True, **({"pk__in": ids} if ids else {}))
    return profiles(list(rows.order_by(Case(When(begins, then=0), default=1), "username")[:limit]))


def active_since(moment: datetime) -> int:
    """How many people have said, read or reacted to something since then."""
    return Activity.objects.filter(at__gte=moment, user__is_active=True, user__is_bot=False).count()


def _names_nothing(search: str) -> bool:
    """No name has a NUL, and PostgreSQL does not even take the question."""
    return "\x00" in search


def profiles(users: Sequence[User]) -> list[Payload]:
    """These people, with whether they are here now."""
    online = presence.online(user.pk for user in users)
    return [_profile(user, online) for user in users]


def _profile(user: User, online: set[int]) -> Payload:
    return events.person(user) | {
        "username": user.username,
        "is_bot": user.is_bot,
        "time_zone": user.time_zone,
        "online": user.pk in online,
    }
