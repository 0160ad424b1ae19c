"""The cast: alice runs the place, bob is a member, charlie is new here."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from project.accounts import actions
from project.accounts.models import User
from project.realtime import log
from project.realtime.access import CONTROL_STREAM

PASSWORD = "quiet-otter-42"


@pytest.fixture(autouse=True)
def _quick_and_fresh(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    cache.clear()


@pytest.fixture
def alice(db: None) -> User:
    return actions.create_user("alice", password=PASSWORD, email="alice@example.org", staff=True)


@pytest.fixture
def bob(db: None) -> User:
    return actions.create_user("bob", password=PASSWORD, email="bob@example.org", display_name="Bob B.")


@pytest.fixture
def as_alice(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def as_bob(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def announced(db: None) -> Callable[[], list[dict[str, Any]]]:
    """What has been announced to open connections since the last call."""
    seen = log.heads([CONTROL_STREAM])[CONTROL_STREAM].head

    def news() -> list[dict[str, Any]]:
        nonlocal seen
        events = log.read(CONTROL_STREAM, seen, 100)
        seen = events[-1].seq if events else seen
        return [json.loads(event.item)["data"] for event in events]

    return news


def cookie_of(client: Client) -> dict[str, str]:
    """The headers with which this signed-in browser would open a connection."""
    return {"cookie": f"sessionid={client.cookies['sessionid'].value}"}
