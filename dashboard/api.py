"""Reads over HTTP. Each snapshot carries the cursor to go on from: the board's head as read before the state."""

import json
import math
import time
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from project.accounts.api_auth import require_scope
from project.accounts.models import User
from project.between import annotations
from project.realtime.errors import CommandError
from project.realtime.schemas import REFUSALS

from . import events, requests, schemas
from .events import Payload
from .queries import boards as queries
from .queries import sources as senders
from .rules import queries as alerts

router = Router(tags=["boards"])
SPAN_MAX = 6 * 366 * 86_400.0
MOMENT_MAX = 2.0**40
WIDTH_MAX = 5_000
LAST_MOMENT = 253_370_764_800.0  # the year 9999: no calendar goes on
SPAN_USUAL = 900.0
ANNOTATIONS_MAX = 500
"""Over a chart more are a grey band."""


@router.get("/boards", response={200: schemas.Boards, **REFUSALS}, summary="All boards")
def boards(request: HttpRequest) -> Payload:
    """Every board, without its panels."""
    _may_read(request)
    return {"boards": queries.boards()}


@router.post("/boards/preview", response={200: schemas.Shown, **REFUSALS}, summary="What panels would show")
def preview(request: HttpRequest, wanted: requests.Preview) -> HttpResponse:
    """The same for panels that are on no board."""
    _may_read(request)
    first, last = _span(wanted.start, wanted.end)
    return _json(queries.data(wanted.panels, first, last, wanted.width))


@router.get("/boards/{slug}", response={200: schemas.OneBoard, **REFUSALS}, summary="One board")
def board(request: HttpRequest, slug: str) -> Payload:
    """A board with its panels."""
    _may_read(request)
    found = queries.find(slug)
    cursor = queries.cursor(found.slug)
    return {"board": events.board(queries.find(slug)), "cursor": cursor}


@router.get(
    "/boards/{slug}/versions", response={200: schemas.Versions, **REFUSALS}, summary="What a board once was"
)
def versions(request: HttpRequest, slug: str) -> Payload:
    """The versions of a board, the newest first."""
    _may_read(request)
    return {"versions": queries.versions(queries.find(slug))}


@router.get("/boards/{slug}/data", response={200: schemas.Snapshot, **REFUSALS}, summary="What a board shows")
def data(
    request: HttpRequest,
    slug: str,
    start: float | None = Query(None, alias="from", ge=0, le=MOMENT_MAX, description="Unix seconds."),
    end: float | None = Query(
        None, alias="to", ge=0, le=MOMENT_MAX, description="Unix seconds; now if left out."
    ),
    width: int = Query(1_000, ge=1, le=WIDTH_MAX, description="In about how many windows, at most."),
) -> HttpResponse:
    """What a board's panels show between two moments, in windows of the length that fits; those that are not closed yet
    are left out, and come as ticks."""
    _may_read(request)
    first, last = _span(start, end)
    return _json(queries.snapshot(queries.find(slug), first, last, width))


@router.get(
    "/annotations", response={200: schemas.Annotations, **REFUSALS}, summary="What was said at a time"
)
def between(
    request: HttpRequest,
    start: float = Query(..., alias="from", ge=0, le=MOMENT_MAX, description="Unix seconds."),
    end: float = Query(..., alias="to", ge=0, le=MOMENT_MAX),
) -> Payload:
    """Messages that were pinned to a time between these, in rooms that you are in: the oldest first, 500 at most."""
    _may_read(request)
    assert isinstance(request.user, User)
    first, last = _span(start, end)
    cursor = alerts.cursor()
    found = annotations.between(request.user, _moment(first), _moment(last), ANNOTATIONS_MAX)
    return {"annotations": [events.annotation(one) for one in found], "cursor": cursor}


@router.get(
    "/metrics", response={200: schemas.Metrics, **REFUSALS}, tags=["metrics"], summary="What is measured"
)
def metrics(request: HttpRequest, q: str = Query("", max_length=80, pattern=r"^[^\x00]*$")) -> Payload:
    """The metrics whose name contains `q`."""
    _may_read(request)
    return {"metrics": queries.metrics(q)}


@router.get(
    "/metrics/sources",
    response={200: schemas.Sources, **REFUSALS},
    tags=["metrics"],
    summary="Who sends measurements",
)
def sources(request: HttpRequest) -> Payload:
    """Every source with its watermark: the moment up to which it is taken to have sent everything."""
    _may_read(request)
    assert isinstance(request.user, User)
    return {"sources": senders.sources(request.user)}


def _json(data: Payload) -> HttpResponse:
    """Encoded as it is: looking at each of a hundred thousand points again would take longer than reading them."""
    return HttpResponse(
        json.dumps(data, separators=(",", ":"), allow_nan=False), content_type="application/json"
    )


def _may_read(request: HttpRequest) -> None:
    require_scope(request.auth, "read")  # type: ignore[attr-defined]


def _span(start: float | None, end: float | None) -> tuple[float, float]:
    last = time.time() if end is None else end
    first = last - SPAN_USUAL if start is None else start
    if not 0 < last - first <= SPAN_MAX or not math.isfinite(first):
        raise CommandError(
            "invalid",
            "Some fields are not right.",
            fields={"to": "must be after `from`, by six years at most"},
        )
    return first, last


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(seconds, LAST_MOMENT), UTC)
