"""The boards that a site has from its first start. Whoever deletes or changes them is not contradicted."""

from typing import Any

from .models import Board
from .panels import Panel, stored

THIS_SERVER = "this-server"
THE_TEAM = "the-team"


def make(**_: Any) -> None:
    """Makes those that have never been there; called after every migration."""
    from . import actions  # once the app registry is ready

    for slug, title, panels in ((THIS_SERVER, "This server", _server()), (THE_TEAM, "The team", _team())):
        if not Board.objects.filter(slug=slug).exists():
            checked = stored([Panel.model_validate(panel) for panel in panels])
            actions.create(None, title, checked, slug)


def _panel(id: str, title: str, *queries: dict[str, Any], type: str = "line", **more: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "title": title, "queries": list(queries), "w": 6, "h": 5} | more


def _query(metric: str, fn: str = "avg", *by: str, legend: str = "", **more: Any) -> dict[str, Any]:
    return {"metric": metric, "fn": fn, "by": list(by), "legend": legend} | more


def _number(id: str, title: str, query: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _panel(id, title, query, type="stat", w=3, h=3, **more)


def _server() -> list[dict[str, Any]]:
    lag = "watchroom_delivery_lag_seconds"
    quantiles = [_query(lag, fn, legend=fn) for fn in ("p50", "p95", "p99")]
    return [
        _number("connections", "Connections", _query("watchroom_connections", "sum")),
        _number("events", "Events a second", _query("watchroom_events_appended_total", "rate"), unit="/s"),
        _number("lag", "Delivery, 99th percentile", _query(lag, "p99"), unit="seconds"),
        _number("memory", "Memory of all processes", _query("process_memory_bytes", "sum"), unit="bytes"),
        _panel(
            "transports",
            "Connections by transport",
            _query("watchroom_connections", "sum", "transport"),
            type="stacked",
        ),
        _panel(
            "flow",
            "Events a second",
            _query("watchroom_events_appended_total", "rate", legend="written"),
            _query("watchroom_events_delivered_total", "rate", legend="delivered"),
            unit="/s",
        ),
        _panel("delays", "Delivery lag", *quantiles, unit="seconds"),
        _panel("sizes", "Delivery lag, how many", _query(lag), type="heatmap"),
        _panel(
            "mended",
            "Holes filled and positions reset",
            _query("watchroom_holes_filled_total", "increase", legend="holes"),
            _query("watchroom_resets_total", "increase", legend="resets"),
            _query("watchroom_dropped_total", "increase", legend="dropped"),
        ),
        _panel(
            "commands", "Commands a second", _query("watchroom_commands_total", "rate", "code"), unit="/s"
        ),
        _panel(
            "cpu",
            "CPU",
            _query("host_cpu_percent", legend="machine"),
            _query("process_cpu_percent", "sum", legend="processes"),
            unit="percent",
            type="area",
            min=0,
        ),
        _panel(
            "resident",
            "Memory",
            _query("process_memory_bytes", "sum", "process"),
            unit="bytes",
            type="stacked",
        ),
        _panel(
            "latency",
            "Database and Redis",
            _query("database_latency_seconds", "p95", legend="database"),
            _query("redis_latency_seconds", "p95", legend="Redis"),
            unit="seconds",
        ),
        _panel(
            "network",
            "Network",
            _query("host_network_received_bytes_per_second", legend="received"),
            _query("host_network_sent_bytes_per_second", legend="sent"),
            unit="bytes",
        ),
        _panel(
            "used",
            "Memory in use",
            _query("host_memory_percent"),
            type="gauge",
            w=3,
            min=0,
            max=100,
            unit="percent",
        ),
        _panel(
            "disk",
            "Disk in use",
            _query("host_disk_percent"),
            type="gauge",
            w=3,
            min=0,
            max=100,
            unit="percent",
        ),
        _panel(
            "samples",
            "Samples a second",
            _query("watchroom_samples_accepted_total", "rate", "source"),
            unit="/s",
        ),
    ]


def _team() -> list[dict[str, Any]]:
    messages = "watchroom_events_by_type_total"
    written: dict[str, Any] = {"where": {"type": "message.created"}}
    return [
        _number("online", "People here", _query("team_people_online", "last")),
        _number("messages", "Messages", _query(messages, "increase", **written)),
        _number("unread", "Unread notifications", _query("team_notifications_unread", "last")),
        _panel(
            "talk", "Messages a minute", _query(messages, "moving_avg", window=60, **written), unit="/s", w=12
        ),
        _panel("people", "People here", _query("team_people_online", "max"), type="area", min=0),
        _panel(
            "waiting", "Unread notifications", _query("team_notifications_unread", "max"), type="area", min=0
        ),
    ]
