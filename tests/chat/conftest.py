"""The cast: alice owns the room, bob is a member of it, charlie is not in it."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from chat import actions
from chat.models import Kind, Room
from project.accounts.actions import create_user
from project.accounts.models import User
from project.realtime import log
from tests.chat.talk import say


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def alice(db: None) -> User:
    return create_user("alice", display_name="Alice A.")


@pytest.fixture
def bob(db: None) -> User:
    return create_user("bob", display_name="Bob B.")


@pytest.fixture
def charlie(db: None) -> User:
    return create_user("charlie")


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    """An open room."""
    return actions.create_room(alice, "ops", Kind.OPEN, [bob.pk])


@pytest.fixture
def closed(alice: User, bob: User) -> Room:
    return actions.create_room(alice, "secrets", Kind.CLOSED, [bob.pk])


@pytest.fixture
def direct(alice: User, bob: User) -> Room:
    return actions.create_room(alice, "", Kind.DIRECT, [bob.pk])


@pytest.fixture
def message(room: Room, bob: User) -> dict[str, Any]:
    """Something that bob said in the open room."""
    return say(bob, room, "The *first* message")


class Listener:
    """Tells what was appended to streams since it was last asked."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def follow(self, *streams: str) -> None:
        self.seen |= {name: head.head for name, head in log.heads(streams).items()}

    def news(self, stream: str) -> list[tuple[str, Any]]:
        """`(type, data)` of each event since `follow` or the last call, but for those of notifications."""
        return [(type, data) for type, data in self.all(stream) if not type.startswith("notification.")]

    def all(self, stream: str) -> list[tuple[str, Any]]:
        """The same with them."""
        found = log.read(stream, self.seen[stream], 1000)
        self.seen[stream] = found[-1].seq if found else self.seen[stream]
        return [(event.type, json.loads(event.item)["data"]) for event in found]


@pytest.fixture
def listener(db: None) -> Listener:
    return Listener()
