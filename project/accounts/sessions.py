"""The session engine: Django's database sessions, whose rows also say whose they are.

So that a person's sessions can be listed and ended, and a connection's session found by its digest.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.http import HttpRequest
from django.utils import timezone

from .models import Session
from .secrets import digest

SIGNED_IN, LAST_ACTIVE, DEVICE, ADDRESS = "signed_in", "last_active", "device", "address"


class SessionStore(DatabaseStore):
    """Django's own, with a model that says more."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        return _described(super().create_model_instance(data), data)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        return _described(await super().acreate_model_instance(data), data)


def remember_device(request: HttpRequest) -> None:
    """Notes in the session, just signed in, when and from where that happened."""
    now = timezone.now().isoformat()
    request.session[SIGNED_IN] = request.session[LAST_ACTIVE] = now
    request.session[DEVICE] = request.META.get("HTTP_USER_AGENT", "")[:200]
    request.session[ADDRESS] = request.META.get("REMOTE_ADDR") or None


def _described(row: AbstractBaseSession, data: dict[str, Any]) -> Session:
    assert isinstance(row, Session)
    row.digest = digest(row.session_key)
    row.user_id = data.get(SESSION_KEY)
    row.signed_in = _moment(data.get(SIGNED_IN))
    row.last_active = _moment(data.get(LAST_ACTIVE))
    row.device = data.get(DEVICE, "")
    row.address = data.get(ADDRESS)
    return row


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
