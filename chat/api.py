"""Reads over HTTP. Each snapshot carries the cursor to go on from: the heads as read before the state."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from notifications.access import stream_of
from project.accounts.api_auth import require_scope
from project.accounts.models import User
from project.between import slashes
from project.realtime import log
from project.realtime.errors import CommandError
from project.realtime.schemas import REFUSALS

from . import access, history, queries, schemas
from .events import Payload
from .models import Message

router = Router()
SEQ_MAX = 2**63 - 1
PersonId = Annotated[int, Field(ge=1, lt=2**63)]


def reader(request: HttpRequest) -> User:
    """Who is asking. Raises `forbidden` for a token that may not read."""
    require_scope(request.auth, "read")  # type: ignore[attr-defined]
    assert isinstance(request.user, User)
    return request.user


def cursor_of(*streams: str) -> str:
    """The cursor of these streams as they stand. Read it before the state it is handed out with."""
    return log.cursor({name: head.head for name, head in log.heads(streams).items()})


@router.get("/me", response={200: schemas.Me, **REFUSALS}, tags=["people"], summary="Yourself")
def me(request: HttpRequest) -> Payload:
    """Who this session or token belongs to, and what it may do."""
    user = reader(request)
    scopes = sorted(request.auth.scopes)  # type: ignore[attr-defined]
    return queries.profiles([user])[0] | {"stream": stream_of(user.pk), "scopes": scopes}


@router.get("/rooms", response={200: schemas.Rooms, **REFUSALS}, tags=["rooms"], summary="Your rooms")
def rooms(request: HttpRequest) -> Payload:
    """All rooms you are in, with what you have not read."""
    user = reader(request)
    streams = [stream_of(user.pk), *access.streams_of([user.pk])]
    return {"cursor": cursor_of(*streams), "rooms": queries.rooms_of(user)}


@router.get(
    "/rooms/find", response={200: schemas.FoundRooms, **REFUSALS}, tags=["rooms"], summary="Find rooms"
)
def find_rooms(request: HttpRequest, q: str = Query("", max_length=80)) -> Payload:
    """The open rooms whose name contains `q`, at most fifty, those with most people first."""
    return {"rooms": queries.open_rooms(reader(request), q)}


@router.get("/rooms/{room}", response={200: schemas.OneRoom, **REFUSALS}, tags=["rooms"], summary="One room")
def room(request: HttpRequest, room: int) -> Payload:
    """One of your rooms."""
    user = reader(request)
    membership = access.membership_in(room, user.pk)
    return {"cursor": cursor_of(membership.room.stream), "room": queries.room_of(user.pk, room)}


@router.get(
    "/rooms/{room}/people",
    response={200: schemas.Members, **REFUSALS},
    tags=["rooms"],
    summary="Who is in a room",
)
def people_of_room(request: HttpRequest, room: int) -> Payload:
    """Everyone in one of your rooms."""
    membership = access.membership_in(room, reader(request).pk)
    return {"cursor": cursor_of(membership.room.stream), "people": queries.people_in(room)}


@router.get(
    "/rooms/{room}/messages",
    response={200: schemas.Messages, **REFUSALS},
    tags=["messages"],
    summary="A page of messages",
)
def messages(
    request: HttpRequest,
    room: int,
    before: int | None = Query(None, ge=0, le=SEQ_MAX, description="Messages below this seq."),
    after: int | None = Query(None, ge=0, le=SEQ_MAX, description="Messages above this seq."),
    around: int | None = Query(None, ge=0, le=SEQ_MAX, description="Messages on both sides of this seq."),
    limit: int = Query(history.PAGE, ge=1, le=history.PAGE_MAX),
) -> Payload:
    """Messages by ascending `seq`. Name one of `before`, `after`, `around`, or none for the newest."""
    membership = access.membership_in(room, reader(request).pk)
    asked = {"before": before, "after": after, "around": around}
    given = [name for name, seq in asked.items() if seq is not None]
    if len(given) > 1:
        fields = dict.fromkeys(given, "Only one of these at a time.")
        raise CommandError("invalid", "Ask in one direction.", fields=fields)
    cursor = cursor_of(membership.room.stream)
    page = _page(room, asked, limit)
    return {
        "messages": history.with_quotes(history.payloads(page.messages)),
        "has_more": page.has_after if after is not None else page.has_before,
        "has_before": page.has_before,
        "has_after": page.has_after,
        "cursor": cursor,
    }


def _page(room: int, asked: dict[str, Any], limit: int) -> history.Page:
    if asked["before"] is not None:
        return history.before(room, asked["before"], limit)
    if asked["after"] is not None:
        return history.after(room, asked["after"], limit)
    if asked["around"] is not None:
        return history.around(room, asked["around"], limit)
    return history.newest(room, limit)


@router.get(
    "/messages/{message}",
    response={200: schemas.OneMessage, **REFUSALS},
    tags=["messages"],
    summary="One message",
)
def message(request: HttpRequest, message: int) -> Payload:
    """One message in a room you are in."""
    user = reader(request)
    room_id = Message.objects.filter(pk=message).values_list("room_id", flat=True).first()
    if room_id is None or not user.memberships.filter(room=room_id).exists():
        raise access.no_such_message()
    cursor = cursor_of(f"room.{room_id}")
    found = history.payload(Message.objects.select_related("author").get(pk=message))
    return {"cursor": cursor, "message": history.with_quotes([found])[0]}


@router.get(
    "/slashes/{name}",
    response={200: schemas.Suggestions, **REFUSALS},
    tags=["messages"],
    summary="What may stand behind a command",
)
def suggestions(request: HttpRequest, name: str, text: str = Query("", max_length=200)) -> Payload:
    """What the last word of `text`, which stands behind the command's name, may become; the best first."""
    reader(request)
    slash = slashes.named(name)
    if slash is None:
        raise CommandError("not_found", "There is no such command.")
    return {"suggestions": [one._asdict() for one in slash.suggest(text)]}


@router.get("/people", response={200: schemas.People, **REFUSALS}, tags=["people"], summary="Find people")
def people(
    request: HttpRequest,
    q: str = Query("", max_length=80),
    limit: int = Query(queries.PEOPLE_MAX, ge=1, le=queries.PEOPLE_MAX),
    id: Annotated[list[PersonId], Query(max_length=queries.PEOPLE_MAX, description="Only these.")] = [],  # noqa: B006
) -> Payload:
    """Everyone here whose name or username contains `q`, those whose begins with it first."""
    reader(request)
    found = queries.people(q, limit + 1, id)
    return {"people": found[:limit], "has_more": len(found) > limit}
