"""Who said, read or reacted to something lately is counted, for boards."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import actions
from chat.actions import active
from chat.models import Activity, Room
from project.accounts.actions import create_user
from project.accounts.models import User
from project.between import activity
from tests.chat.talk import draft, say

Committed = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def _nobody_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active, "_noted", {})


def people(minutes: int = 5) -> int:
    return activity.people_since(timezone.now() - timedelta(minutes=minutes))


def test_who_says_reads_or_reacts_is_active_once(
    room: Room, alice: User, bob: User, django_capture_on_commit_callbacks: Committed
) -> None:
    def done(act: Callable[[], Any]) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return people()

    first = say(alice, room, "one")
    assert done(lambda: None) == 0
    assert done(lambda: actions.mark_read(bob, room.pk, first["seq"])) == 1
    assert done(lambda: actions.add_reaction(bob, first["id"], "🎉")) == 1
    assert done(lambda: actions.add_reaction(alice, first["id"], "🎉")) == 2
    outsider = draft(create_user("carol"))
    assert done(lambda: actions.send_messages(room.pk, [outsider])) == 2
    Activity.objects.filter(user=bob).update(at=timezone.now() - timedelta(hours=1))
    assert (people(5), people(24 * 60)) == (1, 2)


def test_bots_are_not_people(room: Room, bob: User, django_capture_on_commit_callbacks: Committed) -> None:
    User.objects.filter(pk=bob.pk).update(is_bot=True)
    with django_capture_on_commit_callbacks(execute=True):
        say(bob, room, "deployed")
    assert people() == 0


def test_what_was_noted_is_not_noted_again_with_every_act(
    room: Room, bob: User, django_capture_on_commit_callbacks: Committed
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        say(bob, room, "one")
    with CaptureQueriesContext(connection) as spent, django_capture_on_commit_callbacks(execute=True):
        say(bob, room, "two")
    assert not any("chat_activity" in one["sql"] for one in spent)
