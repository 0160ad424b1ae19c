"""Commands over HTTP, and reading a stream's log."""

import json
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Path, Query, Router, Schema
from pydantic import create_model

from project.accounts.api_auth import require_scope
from project.accounts.authentication import Identity
from project.realtime import commands, log, streams
from project.realtime.errors import CommandError
from project.realtime.http_limits import take_or_refuse
from project.realtime.protocol import MAX_FRAME_BYTES, is_stream
from project.realtime.schemas import REFUSALS
from project.realtime.streams import Verdict

router = Router()
MAX_EVENTS = 500


class StreamEvents(Schema):
    """A part of a stream's log, and the cursor to go on from."""

    events: list[dict[str, Any]]
    cursor: str
    head: int
    oldest: int


class Done(Schema):
    """A command that has nothing to tell."""

    ok: bool = True
    data: dict[str, Any] | None = None


@router.get(
    "/streams/{stream}/events",
    response={200: StreamEvents, **REFUSALS},
    tags=["streams"],
    summary="Read a stream's log",
)
def read_events(
    request: HttpRequest,
    stream: str,
    after: int = Query(0, ge=0, description="The last seq you have; 0 asks for all that is kept."),
    limit: int = Query(100, ge=1, le=MAX_EVENTS),
) -> HttpResponse:
    """The next events after a seq. Refused with `conflict` where they are not all kept any more."""
    identity: Identity = request.auth  # type: ignore[attr-defined]
    require_scope(identity, "read")
    question = (identity.user_id, stream)
    verdict = streams.verdicts([question])[question] if is_stream(stream) else Verdict.NOT_FOUND
    if verdict is not Verdict.OK:
        raise CommandError(verdict.value, f"There is no stream {stream[:80]!r} that you may read.")
    head = log.heads([stream])[stream]
    events = log.read(stream, after or head.oldest - 1, limit)
    if after and (after + 1 < head.oldest or (events and events[0].seq != after + 1)):
        raise CommandError(
            "conflict", f"Events after {after} are not kept any more; the oldest is {head.oldest}."
        )
    cursor = log.cursor({stream: events[-1].seq if events else after or head.oldest - 1})
    items = b",".join(event.item for event in events)
    body = b'{"events":[%b],"cursor":%b,"head":%d,"oldest":%d}'
    return HttpResponse(
        body % (items, json.dumps(cursor).encode(), head.head, head.oldest), content_type="application/json"
    )


def run(request: HttpRequest, name: str) -> HttpResponse:
    """Runs a command for whoever asks, as a WebSocket frame would, and in one group commit with those."""
    identity: Identity = request.auth  # type: ignore[attr-defined]
    if len(request.body) > MAX_FRAME_BYTES:
        raise CommandError("too_large", f"A command may have {MAX_FRAME_BYTES} bytes.")
    try:
        data = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise CommandError("invalid", "The body must be a JSON object.") from error
    take_or_refuse(identity)
    return JsonResponse({"ok": True, "data": async_to_sync(commands.execute)(identity, name, data)})


def _add_route(command: commands.Command) -> None:
    """One documented operation a command; what it does is said by the handler's own docstring."""

    def operation(request: HttpRequest) -> HttpResponse:
        return run(request, command.name)

    handler = command.handler or command.batch
    reply = (
        create_model(f"{command.name} reply", __base__=Done, data=(command.reply, ...))
        if command.reply
        else Done
    )
    router.post(
        f"/commands/{command.name}",
        response={200: reply, **REFUSALS},
        tags=["commands"],
        summary=command.name,
        description=(handler.__doc__ or "").strip(),
        operation_id=command.name,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": command.schema.model_json_schema()}},
            }
        },
    )(operation)


for _command in commands.registered():
    _add_route(_command)


@router.post("/commands/{name}", response=REFUSALS, include_in_schema=False)
def run_unknown(request: HttpRequest, name: str = Path(...)) -> HttpResponse:
    """Answers for a command that does not exist, in the words of the contract."""
    return run(request, name)
