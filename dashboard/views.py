"""The pages: the list of boards, and one board."""

import time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import alert_pages as pages
from . import events
from .models import Board
from .panels import WINDOW_MAX

ORDERS = (("given", "As given"), ("name", "Name"), ("last", "Now"), ("max", "Max"))
"""How a legend can be sorted, as in choice.js."""

TYPES = (
    ("line", "Lines"),
    ("area", "Areas"),
    ("stacked", "Stacked areas"),
    ("stat", "Number"),
    ("gauge", "Dial"),
    ("heatmap", "Heatmap"),
    ("table", "Top list"),
    ("status", "Status tiles"),
    ("text", "Text"),
)

FUNCTIONS = (
    ("avg", "Average"),
    ("sum", "Sum"),
    ("min", "Lowest"),
    ("max", "Highest"),
    ("last", "Last"),
    ("count", "Count"),
    ("rate", "Per second"),
    ("increase", "Increase"),
    ("moving_avg", "Moving average"),
    ("sessions", "Open sessions"),
    ("p50", "Median"),
    ("p90", "90th percentile"),
    ("p95", "95th percentile"),
    ("p99", "99th percentile"),
)

UNITS = ("bytes", "bytes/s", "s", "ms", "%", "ratio", "/s")
"""Those that units.js scales; any other is shown as it is."""

NAMED = 4  # panels whose titles say in the list what a board is about


@login_required
@never_cache
@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """Every board, by title."""
    return render(request, "dashboard/boards.html", {"boards": [_card(board) for board in _boards()]})


@login_required
@never_cache
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """One board. What its panels show, the browser asks for when it knows how wide they are."""
    found = get_object_or_404(Board, slug=slug, deleted_at=None)
    shown = events.board(found) | {"hidden": found.hidden}
    context = {
        "board": shown,
        "boards": _boards(),
        "orders": ORDERS,
        "types": TYPES,
        "functions": FUNCTIONS,
        "units": UNITS,
        "window_max": WINDOW_MAX,
        "page_data": {"board": shown, "now": time.time()} | pages.about_alerts(request),
    }
    return render(request, "dashboard/board.html", context)


def _boards() -> list[Board]:
    return list(Board.objects.filter(deleted_at=None, hidden=False).order_by("title", "pk"))


def _card(board: Board) -> dict[str, Any]:
    titles = [panel["title"] for panel in board.panels if panel.get("title")]
    return {
        "slug": board.slug,
        "title": board.title,
        "updated_at": board.updated_at,
        "count": len(board.panels),
        "summary": ", ".join(titles[:NAMED]) + (" …" if len(titles) > NAMED else ""),
    }
