"""Boards as clients read them, and what their panels show."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Max

from dashboard import access, events
from dashboard.events import Payload
from dashboard.models import Board, BoardVersion, Metric, Ticker
from dashboard.panels import Panel, parsed
from dashboard.tiers import WATERMARK_SECONDS, tier_for
from project.realtime import log
from project.realtime.errors import CommandError

from . import affording
from .answers import Line
from .lines import evaluate

LEADERLESS_SECONDS = 15.0
"""After so long without a closed window nobody closes any, and the clock alone says what is over."""
FOLLOW_SECONDS = 180.0
"""How long a board is told of what happens after somebody last looked: a restart, a tunnel, a night's short outage."""
METRICS_MAX = 1_000
VERSIONS_MAX = 100


def find(slug: str) -> Board:
    """A board that was not deleted.

    Raises CommandError `not_found`.
    """
    board = Board.objects.filter(slug=slug, deleted_at=None).first() if "\x00" not in slug else None
    if board is None:
        raise CommandError("not_found", f"There is no board {slug[:80]!r}.")
    return board


def boards() -> list[Payload]:
    """All boards, by title, without their panels."""
    rows = Board.objects.filter(deleted_at=None, hidden=False).order_by("title", "pk")
    return [events.summary(board) for board in rows]


def versions(board: Board) -> list[Payload]:
    """What a board once was, the newest first."""
    rows = BoardVersion.objects.filter(board=board).select_related("author").order_by("-version")
    return [events.version(row) for row in rows[:VERSIONS_MAX]]


def metrics(search: str) -> list[Payload]:
    """What is measured, by name."""
    rows = Metric.objects.filter(name__icontains=search) if search else Metric.objects.all()
    counted = rows.annotate(n=Count("series"), newest=Max("series__last_at")).order_by("name")
    return [
        {
            "name": row.name,
            "kind": row.kind,
            "unit": row.unit,
            "help": row.help,
            "series": row.n,
            "last_at": row.newest,
        }
        for row in counted[:METRICS_MAX]
    ]


def cursor(*slugs: str) -> str:
    """The cursor of these boards as they stand. Read it before the state it is handed out with."""
    heads = log.heads([access.stream_of(slug) for slug in slugs])
    return log.cursor({name: head.head for name, head in heads.items()})


def follow(slugs: Iterable[str], now: float) -> None:
    """Has these boards told of what happens, for the next FOLLOW_SECONDS."""
    stale = Board.objects.filter(slug__in=list(slugs), followed_until__lt=now + FOLLOW_SECONDS / 2)
    stale.update(followed_until=now + FOLLOW_SECONDS)


def snapshot(board: Board, start: float, end: float, width: int) -> Payload:
    """What a board shows, and the cursor from which on its ticks tell of everything that this does not."""
    follow([board.slug], time.time())
    position = cursor(board.slug)
    return {"cursor": position} | data(parsed(board.panels), start, end, width)


def data(panels: Sequence[Panel], start: float, end: float, width: int) -> Payload:
    """What some panels show of the windows that are closed, in at most about `width` of them."""
    now = time.time()
    tier = tier_for(end - start, affording.windows(panels, start, width), now - start)
    until = min(end, closed_until(now))
    first = tier.window(start)
    found = evaluate(panels, tier, first, max(first, int(until)), now)
    return {
        "step": tier.step,
        "from": first,
        "to": max(first, int(until)),
        "panels": {panel: [_line(line) for line in one.lines] for panel, one in found.items()},
        "more": {panel: one.more for panel, one in found.items() if one.more},
    }


def closed_until(now: float) -> int:
    """The end of the last window that is closed."""
    closed = Ticker.objects.values_list("closed", flat=True).first()
    if closed is None or closed < now - LEADERLESS_SECONDS:
        return int(now - WATERMARK_SECONDS)
    return int(closed) + 1


def _line(line: Line) -> Payload:
    points: list[list[Any]] = [[start, line.values[start]] for start in sorted(line.values)]
    return {"key": line.key, "labels": line.labels, "name": line.name, "points": points}
