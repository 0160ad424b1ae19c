"""What a link opens: a page with one board, and the numbers that it shows. No session is looked at."""

import gzip
import json
import math
import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.models import Share
from dashboard.queries import boards
from dashboard.views import ORDERS
from project.realtime.errors import CommandError
from project.realtime.http_limits import take_or_refuse_for
from project.realtime.log import timestamp

from . import queries

SPAN_MAX = 6 * 366 * 86_400.0
SPAN_USUAL = 900.0
WIDTH_MAX = 5_000

View = Callable[[HttpRequest, Share], HttpResponse]


def _opened_by_link(view: View) -> Callable[..., HttpResponse]:
    """Has the view called with the link whose secret is in the address. The address is a secret: no search engine may
    list it, no other page learn it, and nobody try many. Nobody signs in, so that uses are counted by link as well; of
    each view by itself, so that a page and the data that it reads are one use of the link."""

    @never_cache
    @require_safe
    @wraps(view)
    def opened(request: HttpRequest, secret: str) -> HttpResponse:
        try:
            take_or_refuse_for(f"link {view.__name__} of {request.META.get('REMOTE_ADDR')}")
            share = queries.find(secret)
            if share:
                take_or_refuse_for(f"link {view.__name__} {share.pk}")
            response = view(request, share) if share else _ended(request)
        except CommandError as refusal:
            response = JsonResponse({"ok": False, "error": refusal.payload()}, status=refusal.status)
            if refusal.retry_after is not None:
                response["Retry-After"] = str(max(1, round(refusal.retry_after)))
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return opened


@_opened_by_link
def board(request: HttpRequest, share: Share) -> HttpResponse:
    """The board, to be looked at."""
    queries.opened(share)
    was = {"title": share.board.title, "panels": share.board.panels} if share.is_live else share.frozen_board
    if was is None:
        return _ended(request)
    shown = _shown(was["title"], was["panels"])
    page_data = {
        "board": shown,
        "link": share.pk,
        "stream": share.board.stream if share.is_live else None,
        "from": share.frozen_from,
        "to": share.frozen_to,
        "until": timestamp(share.expires_at),
        "now": time.time(),
    }
    context = {
        "orders": ORDERS,
        "board": shown,
        "share": share,
        "user": AnonymousUser(),
        "page_data": page_data,
    }
    return render(request, "dashboard/shared.html", context)


@_opened_by_link
def data(request: HttpRequest, share: Share) -> HttpResponse:
    """What the board's panels show: between two moments, or for good."""
    if not share.is_live:
        packed = queries.frozen(share)
        return _frozen(request, packed) if packed else _ended(request)
    end = _number(request, "to", time.time())
    start = _number(request, "from", end - SPAN_USUAL)
    width = int(_number(request, "width", 1_000))
    if not 0 < end - start <= SPAN_MAX or not 1 <= width <= WIDTH_MAX:
        raise CommandError("invalid", "That is no time that a board can show.")
    return _json(boards.snapshot(share.board, start, end, width))


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/shared_ended.html", {"user": AnonymousUser()}, status=404)


def _frozen(request: HttpRequest, packed: bytes) -> HttpResponse:
    """What was kept, as it is: neither parsed, nor unpacked where the client can do so."""
    if _takes_gzip(request):
        response = HttpResponse(packed, content_type="application/json", headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(packed), content_type="application/json")
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    for coding in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, quality = coding.replace(" ", "").partition(";q=")
        if name == "gzip":
            return not quality or quality.strip("0.") != ""
    return False


def _shown(title: str, panels: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A board without what its panels ask: which metrics there are is nobody's business here."""
    return {"title": title, "panels": [panel | {"queries": []} for panel in panels]}


def _number(request: HttpRequest, name: str, usual: float) -> float:
    try:
        number = float(request.GET.get(name, usual))
    except ValueError:
        number = math.nan
    if not 0 <= number <= 2.0**40:
        raise CommandError("invalid", "Some fields are not right.", fields={name: "must be a number"})
    return number


def _json(data: dict[str, Any]) -> HttpResponse:
    return HttpResponse(
        json.dumps(data, separators=(",", ":"), allow_nan=False), content_type="application/json"
    )
