"""The rules that a site has from its first start. They tell nobody and speak in no room, until somebody wants that; and
whoever deletes or changes them is not contradicted."""

from typing import Any

from dashboard.models import Rule

from .schemas import Definition

BOARD = "this-server"


def make() -> None:
    """Makes them where there has never been any rule."""
    from dashboard.actions import rules  # once the app registry is ready

    if not Rule.objects.exists():
        for definition in DEFINITIONS:
            rules.create(None, Definition.model_validate({"board": BOARD} | definition))


def _threshold(metric: str, fn: str, above: float, recover: float) -> dict[str, Any]:
    query = {"metric": metric, "fn": fn}
    return {"kind": "threshold", "query": query, "over": 60, "above": above, "recover": recover}


DEFINITIONS: list[dict[str, Any]] = [
    {
        "title": "Memory is short",
        "description": "When it runs out, the system ends the largest process, which is mostly the database.",
        "severity": "critical",
        "condition": _threshold("host_memory_percent", "avg", 95, 90),
        "group_by": ["host"],
        "for": 300,
        "keep_firing": 60,
    },
    {
        "title": "The disk fills up",
        "description": "A database whose disk is full takes nothing any more.",
        "condition": _threshold("host_disk_percent", "last", 90, 88),
        "group_by": ["host"],
        "for": 300,
    },
    {
        "title": "Messages arrive late",
        "description": "Too many connections for one process, a slow Redis, or one client that takes all the time.",
        "condition": _threshold("watchroom_delivery_lag_seconds", "p95", 1, 0.5),
        "for": 60,
        "keep_firing": 60,
        "no_data": "ok",
    },
    {
        "title": "The database is slow",
        "condition": _threshold("database_latency_seconds", "p95", 0.25, 0.1),
        "for": 60,
        "keep_firing": 60,
    },
    {
        "title": "A server says nothing",
        "description": "The process is gone, cannot reach the database, or has METRICS_OWN off.",
        "condition": {"kind": "no_data", "query": {"metric": "host_cpu_percent"}, "over": 60},
        "group_by": ["host"],
        "for": 60,
    },
]
