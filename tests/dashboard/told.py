"""What boards are told by the ticker in tests, and when it is for it."""

import json
import time
from typing import Any

from dashboard.models import Board
from project.realtime import log

NOW = int(time.time()) - 600  # the ticker's clock in these tests; samples are never in the future

PANELS = [
    {"id": "avg", "type": "line", "queries": [{"metric": "level", "fn": "avg", "by": ["host"]}]},
    {"id": "p95", "type": "line", "queries": [{"metric": "level", "fn": "p95"}]},
    {"id": "smooth", "type": "line", "queries": [{"metric": "level", "fn": "moving_avg", "window": 5}]},
    {"id": "rate", "type": "stat", "queries": [{"metric": "hits", "fn": "rate"}]},
    {"id": "heat", "type": "heatmap", "queries": [{"metric": "level"}]},
    {
        "id": "ratio",
        "type": "line",
        "queries": [{"metric": "hits", "fn": "rate", "ratio_to": {"metric": "level", "fn": "avg"}}],
    },
]


def follow(board: Board, until: float = NOW + 10_000) -> None:
    Board.objects.filter(pk=board.pk).update(followed_until=until)


def ticks(board: Board, after: int = 0) -> list[dict[str, Any]]:
    found = log.read(board.stream, after, 10_000)
    return [json.loads(event.item)["data"] for event in found if event.type == "board.tick"]


def level(at: float, value: float = 1.0, host: str = "a") -> dict[str, Any]:
    return {"name": "level", "value": value, "at": at, "labels": {"host": host}}
