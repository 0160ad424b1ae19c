"""Keeps people signed in for as long as they come back, and has the admin say times by their clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .sessions import LAST_ACTIVE
from .zones import reader_zone

PRECISION = timedelta(hours=1)
"""How often an active session is written: it says when somebody was last here, and moves its expiry on."""


class KeepSignedInMiddleware:
    """Must come after SessionMiddleware. Without it a session ends a fixed time after sign-in, however used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.session.get(LAST_ACTIVE)
        now = timezone.now()
        if seen and datetime.fromisoformat(seen) < now - PRECISION:
            request.session[LAST_ACTIVE] = now.isoformat()
        return self.get_response(request)


class StaffTimesMiddleware:
    """Must come after AuthenticationMiddleware. Times in the admin, shown and typed, are those of the reader's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/"):
            return self.get_response(request)
        with timezone.override(reader_zone(request)):
            return self.get_response(request)
