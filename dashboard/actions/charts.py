"""Charts outside boards: each is a hidden board with one panel, so that reading and following it is the same."""

import hashlib
import json
from typing import Any

from django.utils import timezone

from dashboard.models import TITLE_MAX, Board, Metric
from dashboard.panels import Query
from dashboard.units import unit_of


def chart_of(title: str, query: Query, seconds: int) -> Board:
    """The chart that shows `query` over the last `seconds`: always the same board for the same, with its first title.

    It lives for as long as somebody asks for it or follows it, and a while longer, see `retention`.
    """
    asked = query.model_dump(exclude_defaults=True)
    text = json.dumps([asked, seconds], sort_keys=True, separators=(",", ":"))
    slug = f"chart-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
    board, made = Board.objects.get_or_create(
        slug=slug,
        defaults={"title": title[:TITLE_MAX], "panels": [_panel(title, query)], "hidden": True},
    )
    if not made:
        Board.objects.filter(pk=board.pk).update(updated_at=timezone.now())
    return board


def _panel(title: str, query: Query) -> dict[str, Any]:
    asked = query.model_dump(exclude_defaults=True) | {"fn": query.fn}
    names = {part.metric for part in query.sides}
    metrics = {row.name: row for row in Metric.objects.filter(name__in=names)}
    named = {"id": "chart", "type": "line", "title": title[:TITLE_MAX], "unit": unit_of(query, metrics)}
    return named | {"w": 12, "h": 8, "queries": [asked]}
