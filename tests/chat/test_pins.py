"""Messages that charts show at a time: who may, what is told, and who sees them there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from chat import actions, history
from chat.models import Message, Pin, Role, Room
from project.accounts.models import User
from project.between import annotations
from project.realtime.log import timestamp
from tests.chat.conftest import Listener
from tests.chat.talk import refused, say

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def changes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """One for each time that somebody was told; -> whether it was in a transaction."""
    told: list[bool] = []
    monkeypatch.setattr(annotations, "_listeners", [])
    annotations.on_change(lambda: told.append(transaction.get_connection().in_atomic_block))
    yield told
    assert all(told)


def read(message: dict[str, Any]) -> dict[str, Any]:
    return history.payload(Message.objects.select_related("author").get(pk=message["id"]))


def between(user: User, start: datetime = NOON, end: datetime = NOON, limit: int = 10) -> list[str]:
    return [one.text for one in annotations.between(user, start, end, limit)]


def test_pinning_tells_the_room_and_is_read_with_the_message(
    room: Room, alice: User, message: dict[str, Any], listener: Listener, changes: list[bool]
) -> None:
    assert message["pin"] is None
    listener.follow(room.stream)
    reply = actions.pin_message(alice, message["id"], NOON)
    pin = {"at": "2026-01-01T12:00:00.000Z", "by": {"id": alice.pk, "name": "Alice A.", "avatar": None}}
    assert reply == {"message": message["id"], "seq": message["seq"], "pin": pin}
    assert listener.news(room.stream) == [("message.pinned", reply)]
    assert read(message) == message | {"pin": pin}
    assert len(changes) == 1


def test_without_a_time_it_is_the_one_when_it_was_said(alice: User, message: dict[str, Any]) -> None:
    assert actions.pin_message(alice, message["id"], None)["pin"]["at"] == message["created_at"]


def test_pinning_again_moves_it_and_the_same_time_changes_nothing(
    room: Room, alice: User, bob: User, message: dict[str, Any], listener: Listener, changes: list[bool]
) -> None:
    actions.pin_message(alice, message["id"], NOON)
    listener.follow(room.stream)
    assert actions.pin_message(bob, message["id"], NOON)["pin"]["by"]["id"] == alice.pk
    assert listener.news(room.stream) == []
    later = NOON + timedelta(hours=1)
    moved = actions.pin_message(bob, message["id"], later)
    assert (moved["pin"]["at"], moved["pin"]["by"]["id"]) == (timestamp(later), bob.pk)
    assert [type for type, _ in listener.news(room.stream)] == ["message.pinned"]
    assert (Pin.objects.count(), len(changes)) == (1, 2)


def test_who_pinned_it_its_author_and_moderators_unpin_it(
    room: Room, alice: User, bob: User, charlie: User, message: dict[str, Any], listener: Listener
) -> None:
    dan = User.objects.create(username="dan")
    for user in (charlie, dan):
        actions.join(user, room.pk)
    for user in (charlie, bob, alice):  # who pinned it; who wrote it; the owner
        actions.pin_message(charlie, message["id"], NOON)
        with refused("forbidden"):
            actions.unpin_message(dan, message["id"])
        listener.follow(room.stream)
        reply = actions.unpin_message(user, message["id"])
        assert reply == {"message": message["id"], "seq": message["seq"], "pin": None}
        assert listener.news(room.stream) == [("message.unpinned", reply)]
    actions.set_role(alice, room.pk, dan.pk, Role.MODERATOR)
    actions.pin_message(charlie, message["id"], NOON)
    actions.unpin_message(dan, message["id"])
    listener.follow(room.stream)
    actions.unpin_message(dan, message["id"])
    assert listener.news(room.stream) == []
    assert read(message)["pin"] is None


def test_a_message_elsewhere_deleted_or_archived_cannot_be_pinned(
    room: Room, alice: User, bob: User, charlie: User, message: dict[str, Any]
) -> None:
    with refused("not_found"):
        actions.pin_message(charlie, message["id"], NOON)
    gone = say(bob, room)
    actions.delete_message(bob, gone["id"])
    with refused("conflict"):
        actions.pin_message(bob, gone["id"], NOON)
    actions.pin_message(bob, message["id"], NOON)
    actions.archive_room(alice, room.pk)
    for change in (
        lambda: actions.pin_message(bob, message["id"], None),
        lambda: actions.unpin_message(bob, message["id"]),
    ):
        with refused("conflict"):
            change()


def test_deleting_a_message_unpins_it(bob: User, message: dict[str, Any], changes: list[bool]) -> None:
    actions.pin_message(bob, message["id"], NOON)
    assert actions.delete_message(bob, message["id"])["pin"] is None
    assert (between(bob), Pin.objects.count(), len(changes)) == ([], 0, 2)


def test_editing_a_pinned_message_tells_those_who_show_it(
    room: Room, bob: User, message: dict[str, Any], changes: list[bool]
) -> None:
    actions.edit_message(bob, say(bob, room)["id"], "Not pinned")
    assert changes == []
    actions.pin_message(bob, message["id"], NOON)
    assert actions.edit_message(bob, message["id"], "Something *else*")["pin"]
    assert (between(bob), len(changes)) == (["Something else"], 2)


def test_people_find_what_was_pinned_to_a_time_in_their_rooms(
    room: Room, closed: Room, alice: User, bob: User, charlie: User
) -> None:
    said = [say(alice, place, text) for place, text in ((room, "two"), (closed, "one"), (room, "three"))]
    hours = (2, 1, 3)
    for message, hour in zip(said, hours, strict=True):
        actions.pin_message(alice, message["id"], NOON + timedelta(hours=hour))
    assert between(bob, NOON, NOON + timedelta(hours=3)) == ["one", "two", "three"]
    assert between(bob, NOON, NOON + timedelta(hours=3), limit=2) == ["one", "two"]
    assert between(bob, NOON + timedelta(hours=2), NOON + timedelta(hours=2.5)) == ["two"]
    actions.join(charlie, room.pk)
    assert between(charlie, NOON, NOON + timedelta(hours=3)) == ["two", "three"]
    (first, *_) = annotations.between(bob, NOON, NOON + timedelta(hours=1), 10)
    assert first == (
        f"message.{said[1]['id']}",
        NOON + timedelta(hours=1),
        "one",
        "Alice A.",
        f"/rooms/{closed.pk}/?at={said[1]['seq']}",
    )
