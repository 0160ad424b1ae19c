"""Reads over HTTP. Each carries the cursor to go on from: the inbox's head as read before the state."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from project.accounts.api_auth import require_scope
from project.realtime import log
from project.realtime.errors import CommandError
from project.realtime.schemas import REFUSALS
from project.realtime.texts import Text

from . import events, queries, schemas
from .access import stream_of
from .events import Payload
from .queries import Wanted

router = Router()
ID_MAX = 2**63 - 1


@router.get(
    "/notifications",
    response={200: schemas.Notifications, **REFUSALS},
    tags=["notifications"],
    summary="Your inbox",
)
def notifications(
    request: HttpRequest,
    before: int = Query(0, ge=0, le=ID_MAX, description="The id of the last one you have."),
    kind: Annotated[str, Text] = Query("", max_length=32),
    priority: int = Query(0, ge=0, le=5, description="The least."),
    unread: bool = Query(False, description="Only what is not read."),
    snoozed: bool = Query(False, description="What is put off, instead of what is not."),
    source: Annotated[str, Text] = Query("", max_length=100),
    q: Annotated[str, Text] = Query(
        "", max_length=80, description="Words of the title, the body or the source."
    ),
    limit: int = Query(queries.PAGE, ge=1, le=queries.PAGE_MAX),
) -> Payload:
    """What you were told, the one that changed last first."""
    user_id = _reader(request)
    cursor = _cursor(user_id)
    wanted = Wanted(kind=kind, priority=priority, unread=unread, snoozed=snoozed, source=source, search=q)
    page = queries.page(user_id, wanted, before, limit)
    return {
        "cursor": cursor,
        "notifications": events.notifications(page.notifications),
        "has_more": page.has_more,
        "unread": queries.unread(user_id),
    }


@router.get(
    "/notifications/{notification}",
    response={200: schemas.OneNotification, **REFUSALS},
    tags=["notifications"],
    summary="One notification",
)
def notification(request: HttpRequest, notification: int) -> Payload:
    """One of your notifications."""
    user_id = _reader(request)
    cursor = _cursor(user_id)
    known = notification <= ID_MAX
    row = queries.inbox(user_id).filter(pk=notification).first() if known else None
    if row is None:
        raise CommandError("not_found", "There is no such notification.")
    return {"cursor": cursor, "notification": events.notifications([row])[0]}


def _reader(request: HttpRequest) -> int:
    """The id of who is asking. Raises `forbidden` for a token that may not read."""
    identity = request.auth  # type: ignore[attr-defined]
    require_scope(identity, "read")
    return int(identity.user_id)


def _cursor(user_id: int) -> str:
    stream = stream_of(user_id)
    return log.cursor({stream: log.heads([stream])[stream].head})
