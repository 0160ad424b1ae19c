"""How far somebody has read, and what is unread."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import actions, history, queries
from chat.access import membership_in
from chat.models import Kind, Room
from project.accounts.models import User
from tests.chat.conftest import Listener
from tests.chat.talk import say


def unread(user: User, room: Room) -> tuple[int, int]:
    payload = queries.room_of(user.pk, room.pk)
    return payload["unread"], payload["mentions"]


def test_unread_is_what_others_said_and_still_stands(room: Room, alice: User, bob: User) -> None:
    say(alice, room, "one")
    gone = say(alice, room, "@bob two")
    say(bob, room, "three")
    say(alice, room, "@room @bob four")
    assert unread(bob, room) == (3, 2)
    assert unread(alice, room) == (1, 0)
    actions.delete_message(alice, gone["id"])
    assert unread(bob, room) == (2, 1)


def test_reading_tells_ones_other_devices_with_exact_counts(
    room: Room, alice: User, bob: User, listener: Listener
) -> None:
    first = say(alice, room, "one")
    second = say(alice, room, "two @bob")
    listener.follow(f"inbox.{bob.pk}", room.stream)
    reply = actions.mark_read(bob, room.pk, first["seq"])
    assert reply == {
        "room": room.pk,
        "read_seq": first["seq"],
        "unread": 1,
        "mentions": 1,
        "head": second["seq"],
    }
    assert listener.news(f"inbox.{bob.pk}") == [("read.moved", reply)]
    assert listener.news(room.stream) == []


def test_the_mark_never_moves_back_nor_past_the_newest_message(
    room: Room, alice: User, bob: User, listener: Listener
) -> None:
    first, second = say(alice, room, "one"), say(alice, room, "two")
    actions.add_reaction(bob, second["id"], "👍")  # an event after the newest message
    assert actions.mark_read(bob, room.pk, 10**12)["read_seq"] == second["seq"]
    listener.follow(f"inbox.{bob.pk}")
    assert actions.mark_read(bob, room.pk, first["seq"])["read_seq"] == second["seq"]
    assert listener.news(f"inbox.{bob.pk}") == []


def test_the_first_unread_message_is_of_somebody_else_and_not_deleted(
    room: Room, alice: User, bob: User
) -> None:
    assert history.first_unread(membership_in(room.pk, bob.pk)) is None
    say(bob, room, "own")
    gone = say(alice, room, "gone")
    wanted = say(alice, room, "this")
    actions.delete_message(alice, gone["id"])
    assert history.first_unread(membership_in(room.pk, bob.pk)) == wanted["seq"]


def test_all_rooms_cost_a_fixed_number_of_queries(alice: User, bob: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            queries.rooms_of(alice)
        return len(queries_made)

    def add_rooms(count: int) -> None:
        for number in range(count):
            say(bob, actions.create_room(alice, f"room {number}", Kind.OPEN, [bob.pk]))

    actions.create_room(alice, "", Kind.DIRECT, [bob.pk])
    add_rooms(1)
    few = cost()
    add_rooms(6)
    assert cost() == few <= 3


def test_rooms_come_with_the_newest_talk_first(room: Room, closed: Room, direct: Room, bob: User) -> None:
    for talked in (direct, closed, room):
        say(bob, talked)
    order: list[Any] = [payload["id"] for payload in queries.rooms_of(bob)]
    assert order == [room.pk, closed.pk, direct.pk]
