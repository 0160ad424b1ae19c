"""What somebody wants, and that all their devices learn of it."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from notifications import actions
from project.accounts.models import User
from tests.notifications.told import kept

Change = Callable[[User], Any]
NIGHT = {"quiet_from": time(22), "quiet_until": time(7)}
CHANGES: list[tuple[Change, str, dict[str, Any]]] = [
    (
        lambda user: actions.mute(user, "topic.ops", "ops"),
        "mute.changed",
        {"source_name": "ops", "muted": True},
    ),
    (
        lambda user: actions.set_preference(user, "notice", "push", False),
        "preference.changed",
        {"wanted": False},
    ),
    (lambda user: actions.follow(user, "ops"), "subscription.changed", {"topic": "ops", "follows": True}),
    (lambda user: actions.save_settings(user, {"sound": True}), "settings.changed", {"sound": True}),
    (lambda user: actions.save_settings(user, NIGHT), "settings.changed", {"quiet_from": "22:00"}),
]


@pytest.fixture(autouse=True)
def ops(db: None) -> None:
    actions.make_topic("ops")


@pytest.mark.parametrize(("change", "type", "said"), CHANGES)
def test_a_change_is_told_once_and_the_same_again_is_none(
    change: Change, type: str, said: dict[str, Any], alice: User, bob: User
) -> None:
    change(alice)
    change(alice)
    (event,) = kept(alice)
    assert event["type"] == type
    assert said.items() <= event["data"].items()
    assert kept(bob) == []


def test_taking_it_back_is_told_too(alice: User) -> None:
    actions.mute(alice, "topic.ops", "ops")
    actions.follow(alice, "ops")
    for _ in range(2):
        actions.unmute(alice, "topic.ops")
        actions.unfollow(alice, "ops")
    last = [event["data"] for event in kept(alice)[2:]]
    assert [(one.get("muted"), one.get("follows")) for one in last] == [(False, None), (None, False)]
