"""The pages of alerts: all of them, and the editor of one rule."""

import time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.models import Topic
from project.between.rooms import rooms

from . import alert_pages as pages
from .models import Board, Rule
from .panels import WINDOW_MAX
from .rules import events, queries
from .views import FUNCTIONS

SECTIONS = (
    ("firing", "Firing", "What somebody should look at now."),
    ("waiting", "Pending and recovering", "What may fire soon, and what is about to be over."),
    ("quiet", "Quiet rules", "What is watched, and is as it should be."),
)
SHOWS = (("", "All"), ("firing", "Firing"), ("waiting", "Pending"), ("quiet", "Quiet"))

KINDS = (
    ("threshold", "A limit", "A value is above or below a number."),
    ("change", "A change", "A value rises or falls fast."),
    ("no_data", "No data", "What reported has stopped."),
    ("anomaly", "Unusual", "A value is not what it usually is at this hour."),
    ("composite", "A combination", "Other rules fire together, or one without another."),
)
SEVERITIES = (("info", "Info"), ("warning", "Warning"), ("critical", "Critical"))
POLICIES = (("keep", "leave it as it is"), ("ok", "be quiet"), ("alert", "fire"))
DAYS = (
    ("mon", "Mon"),
    ("tue", "Tue"),
    ("wed", "Wed"),
    ("thu", "Thu"),
    ("fri", "Fri"),
    ("sat", "Sat"),
    ("sun", "Sun"),
)


@login_required
@never_cache
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """What fires, what may, and what is watched. What is shown, the browser draws and keeps up to date."""
    boards = _boards()
    titles = {board.slug: board.title for board in boards}
    page = {"boards": titles, "now": time.time()} | pages.about_alerts(request)
    context = {"boards": boards, "sections": SECTIONS, "shows": SHOWS, "page_data": page}
    return render(request, "dashboard/alerts/list.html", context)


@login_required
@never_cache
@require_safe
def rule(request: HttpRequest, rule_id: int | None = None) -> HttpResponse:
    """The editor of a rule, or of a new one: about what `?board=` and `?panel=` name, or `?like=` another."""
    row = get_object_or_404(Rule, pk=rule_id, deleted_at=None) if rule_id else None
    like = _like(request)
    boards = _boards()
    page = {
        "cursor": queries.cursor(),
        "rule": events.rule(row) if row else None,
        "like": events.rule(like) if like else None,
        "people": pages.followers(row or like),
        "from": _source(request),
        "rules": queries.rules(),
        "metrics": pages.metrics(),
        "now": time.time(),
    }
    context = {
        "rule": row,
        "boards": boards,
        "kinds": KINDS,
        "severities": SEVERITIES,
        "policies": POLICIES,
        "days": DAYS,
        "functions": FUNCTIONS,
        "window_max": WINDOW_MAX,
        "rooms": rooms().places(pages.person(request)),
        "topics": Topic.objects.order_by("name"),
        "page_data": page,
    }
    return render(request, "dashboard/alerts/rule.html", context)


def _like(request: HttpRequest) -> Rule | None:
    wanted = request.GET.get("like", "")
    return Rule.objects.filter(pk=int(wanted), deleted_at=None).first() if wanted.isdecimal() else None


def _source(request: HttpRequest) -> dict[str, Any]:
    slug = request.GET.get("board", "").replace("\x00", "")  # PostgreSQL does not even take the question
    board = Board.objects.filter(slug=slug, deleted_at=None, hidden=False).first()
    wanted = request.GET.get("panel", "")
    panels = [panel for panel in board.panels if panel["id"] == wanted] if board else []
    return {"board": board.slug if board else None, "panel": panels[0] if panels else None}


def _boards() -> list[Board]:
    return list(Board.objects.filter(deleted_at=None, hidden=False).order_by("title", "pk"))
