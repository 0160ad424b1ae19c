"""Times on pages: those of the browser that shows them, as project/times.js says them there."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from .models import User, time_zones

COOKIE = "zone"  # set by project/zone.js


def reader_zone(request: HttpRequest) -> ZoneInfo:
    """The time zone of the browser that asks; until it has told, that of the person's profile."""
    told = request.COOKIES.get(COOKIE, "")
    if told not in time_zones():
        told = request.user.time_zone if isinstance(request.user, User) else "UTC"
    return ZoneInfo(told)


def day_name(day: date, today: date) -> str:
    """As in "Today", "Yesterday", "Tuesday, 3 March", with the year where it is another one."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A, {day.day} %B}" + ("" if day.year == today.year else f" {day.year}")
