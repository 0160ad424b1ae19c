"""The pages of the chat. What they show, the browser then keeps up to date from the page's cursor on."""

import json
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from notifications.access import stream_of
from project.accounts.models import User
from project.accounts.zones import day_name, reader_zone
from project.between import attachments, slashes
from project.realtime import log
from project.realtime.errors import CommandError

from . import access, events, history, queries
from .events import Payload
from .history import Page
from .models import BODY_MAX, EMOJI_MAX_BYTES, NAME_MAX, Membership

CONTINUES = timedelta(minutes=5)  # one author's messages closer than this stand together, as in timeline.js


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Goes to the room where something was said last."""
    mine = queries.rooms_of(_user(request))
    current = next((room for room in mine if not room["archived"]), None)
    return redirect("room", current["id"]) if current else redirect("rooms")


@login_required
def rooms(request: HttpRequest) -> HttpResponse:
    """All rooms, none open: the first pane of a narrow screen."""
    return render(request, "chat/rooms.html", _frame(_user(request)))


@login_required
def find_rooms(request: HttpRequest) -> HttpResponse:
    """The open rooms, to join."""
    user = _user(request)
    found = queries.open_rooms(user, request.GET.get("q", ""))
    return render(request, "chat/find.html", _frame(user) | {"open_rooms": found})


@login_required
def room(request: HttpRequest, room_id: int) -> HttpResponse:
    """A room: at the message `?at=<seq>`, else at the first unread one, else at the newest."""
    user = _user(request)
    try:
        membership = access.membership_in(room_id, user.pk)
    except CommandError as refusal:
        if refusal.code == "forbidden":
            return redirect("find_rooms")
        raise Http404(refusal.message) from None
    return render(request, "chat/room.html", _room(user, membership, _seq(request), reader_zone(request)))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _seq(request: HttpRequest) -> int | None:
    text = request.GET.get("at", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _frame(user: User) -> dict[str, Any]:
    """What every page has: the rooms, and the cursor to follow them from, as read before them."""
    names = [stream_of(user.pk), *access.streams_of([user.pk])]
    positions = {name: head.head for name, head in log.heads(names).items()}
    cursor = log.cursor(positions)
    mine = queries.rooms_of(user)
    me = events.person(user) | {
        "username": user.username,
        "time_zone": user.time_zone,
        "is_staff": user.is_staff,
    }
    limits = {
        "body": BODY_MAX,
        "name": NAME_MAX,
        "emoji_bytes": EMOJI_MAX_BYTES,
        "messages_per_10_s": settings.LIMIT_MESSAGES_PER_ROOM,
    }
    kinds = attachments.registered()
    page_data = {
        "me": me,
        "rooms": mine,
        "room": None,
        "epoch": cursor.partition("/")[0],
        "positions": positions,
        "cursor": cursor,
        "limits": limits,
        "now": time.time(),
        "attachments": {kind.name: static(kind.module) for kind in kinds},
        "slashes": [
            {"name": slash.name, "usage": slash.usage, "description": slash.description}
            for slash in slashes.registered()
        ],
    }
    return {
        "me": me,
        "rooms": mine,
        "cursor": cursor,
        "attachment_types": kinds,
        "attachment_styles": attachments.styles(),
        "page_data": page_data,
    }


def _room(user: User, membership: Membership, at: int | None, zone: ZoneInfo) -> dict[str, Any]:
    context = _frame(user)
    current = next((room for room in context["rooms"] if room["id"] == membership.room_id), None)
    if current is None:  # removed between two queries
        raise Http404
    first_unread = history.first_unread(membership)
    page = _page(membership.room_id, first_unread if at is None else at)
    people = queries.people_in(membership.room_id)
    shown: dict[str, Any] = {
        "room": current,
        "people": people,
        "first_unread_seq": first_unread,
        "at": at,
        "has_more_before": page.has_before,
        "has_more_after": page.has_after,
    }
    found = history.with_quotes(history.payloads(page.messages))
    entries = _laid_out(found, zone, first_unread)
    context["page_data"] |= shown
    head_count = sum(not person["is_bot"] for person in people)
    return context | shown | {"entries": entries, "head_count": head_count}


def _page(room_id: int, seq: int | None) -> Page:
    return history.newest(room_id) if seq is None else history.around(room_id, seq)


def _laid_out(messages: Iterable[Payload], zone: ZoneInfo, first_unread: int | None) -> list[Payload]:
    """Adds day and time in the reader's zone, where a day starts, and which messages go on from the one above."""
    laid_out: list[Payload] = []
    today = timezone.now().astimezone(zone).date()
    above: Payload | None = None
    for message in messages:
        starts_day = above is None or _day(above, zone) != _day(message, zone)
        continued = (
            above is not None
            and not starts_day
            and above["author"]["id"] == message["author"]["id"]
            and _at(message) - _at(above) < CONTINUES
            and not above["deleted_at"]
            and message["seq"] != first_unread
            and not message["quote"]
        )
        shown = {
            "starts_day": starts_day,
            "continued": continued,
            "day": day_name(_day(message, zone), today),
            "clock": f"{_at(message).astimezone(zone):%H:%M}",
            "attachments_json": json.dumps(message["attachments"]),
        }
        laid_out.append(message | shown)
        above = message
    return laid_out


def _at(message: Payload) -> datetime:
    at = parse_datetime(message["created_at"])
    assert at is not None
    return at


def _day(message: Payload, zone: ZoneInfo) -> date:
    return _at(message).astimezone(zone).date()
