"""The inbox page as it is laid out, as groups.js does it: by day in the reader's time zone, in a day by source."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from project.accounts.models import User
from project.accounts.zones import day_name

from . import events, queries
from .events import Payload
from .models import Priority

SHOWS = (("unread", "Unread"), ("snoozed", "Snoozed"), ("all", "All"))
PRIORITIES = (("3", "Normal and up"), ("4", "High and up"), ("5", "Urgent"))
QUERY_MAX = 80  # characters, as of the search field
Filters = dict[str, str]


def filters_of(query: Mapping[str, str]) -> Filters:
    """Which notifications an address asks for; what makes no sense counts as not given."""
    show, priority = query.get("show", ""), query.get("priority", "")
    kind, search = (query.get(name, "").replace("\x00", "") for name in ("kind", "q"))
    return {
        "show": show if show in dict(SHOWS) else "unread",
        "kind": kind[:32],
        "priority": priority if priority in dict(PRIORITIES) else "",
        "q": search.strip()[:QUERY_MAX],
    }


def inbox(user: User, filters: Filters, bell: Payload, zone: ZoneInfo) -> dict[str, Any]:
    """Everything the inbox page shows to a reader in this time zone."""
    wanted = queries.Wanted(
        kind=filters["kind"],
        priority=int(filters["priority"] or 0),
        unread=filters["show"] == "unread",
        snoozed=filters["show"] == "snoozed",
        search=filters["q"],
    )
    page = queries.page(user.pk, wanted)
    found = events.notifications(page.notifications)
    kinds = {kind["name"]: kind for kind in bell["kinds"]}
    title, text = _nothing(filters)
    return {
        "days": by_day([_dressed(one, zone, kinds) for one in found], zone),
        "filters": filters,
        "shows": SHOWS,
        "priorities": PRIORITIES,
        "empty_title": title,
        "empty_text": text,
        "said": _said(filters, len(found), page.has_more, bell["unread"]),
        "page_data": {"notifications": found, "has_more": page.has_more, "seq": bell["seq"]},
    }


def by_day(notifications: Iterable[Payload], zone: ZoneInfo) -> list[Payload]:
    """Days with their sources, each in the order of its newest notification."""
    today = timezone.now().astimezone(zone).date()
    days: dict[date, Payload] = {}
    for note in notifications:
        day = _moment(note["updated_at"]).astimezone(zone).date()
        in_day = days.setdefault(day, {"day": day.isoformat(), "name": day_name(day, today), "groups": {}})
        key = note["source"] or note["kind"]
        name = note["source_name"] or note["kind_title"]
        group = in_day["groups"].setdefault(
            key, {"key": key, "source": note["source"], "name": name, "notes": []}
        )
        group["notes"].append(note)
    return [{**day, "sources": list(day["groups"].values())} for day in days.values()]


def _dressed(note: Payload, zone: ZoneInfo, kinds: Mapping[str, Payload]) -> Payload:
    kind = kinds.get(note["kind"], {"title": note["kind"], "icon": "bell", "acknowledged": False})
    until = note["snoozed_until"]
    return {
        **note,
        "is_unread": not (note["read_at"] or until),
        "is_snoozed": bool(until),
        "icon": kind["icon"],
        "kind_title": kind["title"],
        "to_acknowledge": not note["acknowledged_at"]
        and (note["priority"] >= Priority.HIGH or kind["acknowledged"]),
        "chip": {Priority.HIGH: "High", Priority.URGENT: "Urgent"}.get(note["priority"], ""),
        "clock": f"{_moment(note['updated_at']).astimezone(zone):%H:%M}",
        "snoozed_clock": f"{_moment(until).astimezone(zone):%a %H:%M}" if until else "",
    }


def _nothing(filters: Filters) -> tuple[str, str]:
    """What the page says where there is nothing to show. As inbox_page.js does it."""
    if filters["kind"] or filters["priority"] or filters["q"]:
        return "Nothing found", "No notification is like that. Ask for less, or look under All."
    return {
        "unread": ("All caught up", "Nothing waits for you. What you have read is under All."),
        "snoozed": ("Nothing is put off", "Press S on a notification, and it comes back when you have time."),
        "all": ("Nothing yet", "Mentions, replies, invitations and alerts will be here."),
    }[filters["show"]]


def _said(filters: Filters, shown: int, has_more: bool, unread: int) -> str:
    """The line over the list. As inbox_bar.js does it."""
    if filters["kind"] or filters["priority"] or filters["q"]:
        return f"{shown}{' or more' if has_more else ''} found"
    if filters["show"] == "snoozed":
        return f"{shown} notification{'' if shown == 1 else 's'} put off"
    return f"{unread} unread" if unread else "Nothing unread"


def _moment(iso: str) -> datetime:
    at = parse_datetime(iso)
    assert at is not None
    return at
