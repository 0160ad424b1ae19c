"""`POST /v1/metrics`: where an OpenTelemetry exporter sends what it has, unchanged."""

import hashlib
import math

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from project.accounts.api_auth import require_scope
from project.accounts.authentication import authenticate
from project.realtime.database import UNREACHABLE
from project.realtime.errors import CommandError

from . import otlp, quota
from .packing import CannotUnpack, TooLarge, unpacked
from .points import Sender
from .writing import write

BODY_MAX = 4 * 1024 * 1024
UNPACKED_MAX = 16 * 1024 * 1024
JSON = "application/json"
PROTOBUF = "application/x-protobuf"


BAD_REQUEST, UNSUPPORTED = 400, 415
"""What OTLP calls `invalid`: an exporter gives up there. It tries again after 429 and 503."""


@csrf_exempt  # a token only: there is no cookie that somebody else's page could use
@require_POST
def metrics(request: HttpRequest) -> HttpResponse:
    """Takes in an OTLP request, in protobuf or JSON. The same body again counts nothing, so an exporter may retry."""
    if request.content_type not in (JSON, PROTOBUF):
        return _refused(request, CommandError("invalid", f"Send {PROTOBUF} or {JSON}."), UNSUPPORTED)
    try:
        return _take(request)
    except CommandError as refusal:
        return _refused(request, refusal)
    except UNREACHABLE:
        error = CommandError("unavailable", "The database cannot be reached. Try again.", retry_after=1)
        return _refused(request, error)


def _refused(request: HttpRequest, refusal: CommandError, status: int = 0) -> HttpResponse:
    as_json = request.content_type != PROTOBUF
    response = HttpResponse(
        otlp.status_of(refusal, as_json=as_json),
        content_type=JSON if as_json else PROTOBUF,
        status=status or (BAD_REQUEST if refusal.code == "invalid" else refusal.status),
    )
    if refusal.retry_after is not None:
        response["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    return response


def _take(request: HttpRequest) -> HttpResponse:
    found = authenticate({"authorization": request.headers.get("Authorization", "Bearer ")})
    if found is None:
        raise CommandError("unauthenticated", "Send a token that is valid.")
    identity, _ = found
    require_scope(identity, "metrics")
    as_json = request.content_type == JSON
    body = _body(request)
    try:
        asked = otlp.request_of(body, as_json=as_json)
    except otlp.Unreadable as error:
        raise CommandError("invalid", f"This cannot be read: {error}") from error
    sender = Sender(identity.user_id, identity.token_id)
    push = otlp.push_of(sender, asked)
    quota.take_or_refuse(sender, sum(point.cost for point in push.points))
    push.batch = f"otlp {hashlib.sha256(body).hexdigest()}"
    (result,) = write([push])
    answer = otlp.response_of(result, as_json=as_json)
    return HttpResponse(answer, content_type=JSON if as_json else PROTOBUF)


def _body(request: HttpRequest) -> bytes:
    body = request.read(BODY_MAX + 1)
    if len(body) > BODY_MAX:
        raise CommandError("too_large", f"A body may have {BODY_MAX} bytes.")
    try:
        return unpacked(body, request.headers.get("Content-Encoding", ""), UNPACKED_MAX)
    except CannotUnpack as error:
        raise CommandError("invalid", str(error)) from error
    except TooLarge as error:
        raise CommandError("too_large", str(error)) from error
