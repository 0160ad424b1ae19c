"""The shop's board, and the rules that watch it."""

from typing import Any

from .shop import DURATION, ERRORS, QUEUE, REQUESTS, UP

SLUG, TITLE = "shop", "Shop"
SLOW, BACK = 1.0, 0.6  # seconds: too slow, and well again

_BY_REGION: dict[str, Any] = {"by": ["region"]}
_SLOWEST = {"metric": DURATION, "fn": "p95"}
_ERRORS_OF_ALL = {"metric": ERRORS, "fn": "increase", "ratio_to": {"metric": REQUESTS, "fn": "increase"}}


def _panel(id: str, type: str, title: str, *queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "title": title, "queries": list(queries), **more}


PANELS = [
    _panel("rate", "stat", "Checkouts", {"metric": REQUESTS, "fn": "rate"}, unit="/s", w=3, h=3),
    _panel("slowest", "stat", "95th percentile", _SLOWEST, unit="seconds", w=3, h=3),
    _panel("failed", "stat", "Fail", _ERRORS_OF_ALL, unit="ratio", w=3, h=3),
    _panel("services", "status", "Services", {"metric": UP, "fn": "last", "by": ["service"]}, w=3, h=3)
    | {"thresholds": [{"value": 0, "state": "critical"}, {"value": 1, "state": "ok"}]},
    _panel(
        "regions",
        "stacked",
        "Checkouts by region",
        {"metric": REQUESTS, "fn": "rate", **_BY_REGION},
        unit="/s",
    ),
    _panel("times", "line", "95th percentile by region", {**_SLOWEST, **_BY_REGION}, unit="seconds"),
    _panel("spread", "heatmap", "How long checkouts take", {"metric": DURATION}, unit="seconds"),
    _panel("errors", "area", "Errors by region", {"metric": ERRORS, "fn": "rate", **_BY_REGION}, unit="/s"),
    _panel("queues", "line", "Waiting", {"metric": QUEUE, "fn": "avg", "by": ["queue"]}),
    _panel("busiest", "table", "Checkouts so far", {"metric": REQUESTS, "fn": "increase", **_BY_REGION}),
]


def rules(room: int | None, topic: str) -> list[dict[str, Any]]:
    """What is watched; told of in this room and to those who follow this topic."""
    common = {"board": SLUG, "room": room, "followers": {"topics": [topic]}, "for": 20}
    return [
        {
            **common,
            "title": "Checkout is slow",
            "description": "Look at the payment provider's status page first, then at the database of that region.",
            "severity": "critical",
            "group_by": ["region"],
            "condition": {"kind": "threshold", "query": _SLOWEST, "over": 60, "above": SLOW, "recover": BACK},
        },
        {
            **common,
            "title": "Checkouts fail",
            "condition": {
                "kind": "threshold",
                "query": _ERRORS_OF_ALL,
                "over": 120,
                "above": 0.02,
                "recover": 0.01,
            },
        },
        {
            **common,
            "title": "The shop says nothing",
            "condition": {"kind": "no_data", "query": {"metric": REQUESTS, "fn": "increase"}, "over": 120},
        },
    ]
