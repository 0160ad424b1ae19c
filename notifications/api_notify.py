"""What programs may tell people: `POST /api/v1/notify`, simple enough for curl."""

import json
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import ValidationError

from project.accounts.api_auth import require_scope
from project.accounts.authentication import Identity
from project.accounts.models import User
from project.realtime.errors import CommandError
from project.realtime.http_limits import take_or_refuse
from project.realtime.protocol import MAX_FRAME_BYTES
from project.realtime.schemas import REFUSALS
from project.realtime.texts import Text

from . import actions, incoming, schemas
from .events import Payload
from .incoming import Addressed, Incoming

router = Router()
Target = Annotated[str, Text, Path(..., description="A topic, or @ and a username.")]


@router.post(
    "/notify", response={200: schemas.Told, **REFUSALS}, tags=["notify"], summary="Tell a topic or people"
)
def notify(request: HttpRequest, notice: Addressed) -> Payload:
    """Sends a notice to those who follow a topic, or to people by their usernames. Needs the scope `notify`."""
    identity, sender = _sender(request)
    if notice.topic is not None:
        return actions.send_to_topic(sender, identity.token_id, notice.topic, notice)
    return actions.send_to_people(sender, identity.token_id, notice.usernames, notice)


@router.post(
    "/notify/{target}",
    response={200: schemas.Told, **REFUSALS},
    tags=["notify"],
    summary="Tell a topic or somebody, with a text",
    openapi_extra={
        "requestBody": {
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "application/json": {"schema": {"$ref": "#/components/schemas/Addressed"}},
            }
        }
    },
)
def notify_with_text(request: HttpRequest, target: Target) -> Payload:
    """Sends the body as a notice. Headers say the rest: Title, Priority, Link, Actions, Dedupe-Key, Collapse-Key, Many,
    Delay, Expires. A body that says it is JSON has it all."""
    identity, sender = _sender(request)
    body = _body(request)
    is_json = request.content_type == "application/json"
    notice = _parsed(_json(body) if is_json else incoming.from_text(body, request.headers))
    if target.startswith("@"):
        return actions.send_to_people(sender, identity.token_id, [target[1:]], notice)
    return actions.send_to_topic(sender, identity.token_id, target, notice)


DedupeKey = Annotated[str, Text, Query(..., min_length=1, max_length=incoming.KEY_MAX)]


@router.delete(
    "/notify/{target}",
    response={200: schemas.Told, **REFUSALS},
    tags=["notify"],
    summary="Take a notice back",
)
def withdraw(request: HttpRequest, target: Target, dedupe_key: DedupeKey) -> Payload:
    """Takes back what was sent there with this `dedupe_key`; says how many people had it."""
    _, sender = _sender(request)
    return {"people": actions.take_back(sender, target, dedupe_key)}


def _sender(request: HttpRequest) -> tuple[Identity, User]:
    identity: Identity = request.auth  # type: ignore[attr-defined]
    require_scope(identity, "notify")
    take_or_refuse(identity)
    assert isinstance(request.user, User)
    return identity, request.user


def _body(request: HttpRequest) -> bytes:
    if (request.content_type or "").startswith("multipart/"):
        raise CommandError("invalid", "Send the text itself as the body, not a form.")
    if len(request.body) > MAX_FRAME_BYTES:
        raise CommandError("too_large", f"A notice may have {MAX_FRAME_BYTES} bytes.")
    return request.body


def _json(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise CommandError("invalid", "This is no JSON object, though its Content-Type says that it is JSON.")
    return fields


def _parsed(fields: dict[str, Any]) -> Incoming:
    try:
        return Incoming.model_validate(fields)
    except ValidationError as error:
        found = {".".join(map(str, e["loc"])) or "body": e["msg"] for e in error.errors()}
        raise CommandError("invalid", "Some fields are not right.", fields=found) from error
