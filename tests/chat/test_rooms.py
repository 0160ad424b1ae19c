"""Rooms: made, found, renamed, archived; direct rooms."""

import threading

import pytest
from django.db import connection

from chat import actions, queries
from chat.models import Kind, Role, Room
from project.accounts.actions import create_user
from project.accounts.models import User
from tests.chat.conftest import Listener
from tests.chat.talk import kept, refused, say


def test_a_new_room_has_its_maker_as_owner_and_tells_everyone_in_it(
    alice: User, bob: User, charlie: User, listener: Listener
) -> None:
    inboxes = [f"inbox.{user.pk}" for user in (alice, bob, charlie)]
    listener.follow(*inboxes)
    room = actions.create_room(alice, "ops", Kind.CLOSED, [bob.pk, alice.pk])
    roles = {m.user_id: m.role for m in room.memberships.all()}
    assert roles == {alice.pk: Role.OWNER, bob.pk: Role.MEMBER}
    assert [event["data"]["user"]["id"] for event in kept(room.stream)] == [alice.pk, bob.pk]
    told = [[type for type, _ in listener.news(inbox)] for inbox in inboxes]
    assert told == [["room.joined"], ["room.joined"], []]


def test_unknown_people_stop_a_room_from_being_made(alice: User) -> None:
    with refused("invalid") as caught:
        actions.create_room(alice, "ops", Kind.OPEN, [987_654])
    assert caught.value.fields == {"members": "Nobody here has the id 987654."}
    assert not Room.objects.exists()


def test_a_direct_room_is_made_once_for_the_same_people(alice: User, bob: User, charlie: User) -> None:
    both = actions.create_room(alice, "", Kind.DIRECT, [bob.pk])
    assert actions.create_room(bob, "ignored", Kind.DIRECT, [alice.pk, bob.pk]) == both
    assert actions.create_room(alice, "", Kind.DIRECT, [bob.pk, charlie.pk]) != both
    assert len(kept(both.stream)) == 2


def test_a_direct_room_is_called_after_the_others(alice: User, bob: User, charlie: User) -> None:
    room = actions.create_room(alice, "", Kind.DIRECT, [bob.pk, charlie.pk])
    names = [queries.room_of(user.pk, room.pk)["name"] for user in (alice, bob, charlie)]
    assert names == ["Bob B., charlie", "Alice A., charlie", "Alice A., Bob B."]


def test_a_direct_room_is_for_two_to_eight(alice: User) -> None:
    others = [create_user(f"person{number}").pk for number in range(8)]
    with refused("invalid"):
        actions.create_room(alice, "", Kind.DIRECT, [])
    with refused("invalid"):
        actions.create_room(alice, "", Kind.DIRECT, others)
    assert actions.create_room(alice, "", Kind.DIRECT, others[:7]).memberships.count() == 8


@pytest.mark.django_db(transaction=True)
def test_two_people_who_write_to_each_other_at_once_get_one_room(alice: User, bob: User) -> None:
    start, made = threading.Barrier(2), []

    def make(actor: User, other: User) -> None:
        start.wait()
        made.append(actions.create_room(actor, "", Kind.DIRECT, [other.pk]))
        connection.close()

    threads = [threading.Thread(target=make, args=pair) for pair in ((alice, bob), (bob, alice))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert made[0] == made[1]


def test_a_direct_room_has_no_name_to_change_and_no_end(direct: Room, alice: User) -> None:
    with refused("forbidden"):
        actions.rename_room(alice, direct.pk, "us", as_staff=True)
    with refused("forbidden"):
        actions.archive_room(alice, direct.pk, as_staff=True)


def test_open_rooms_are_found_by_a_part_of_their_name(
    room: Room, closed: Room, direct: Room, alice: User, charlie: User
) -> None:
    assert [found["id"] for found in queries.open_rooms(charlie, "OP")] == [room.pk]
    assert queries.open_rooms(charlie, "secrets") == []
    found = {(found["name"], found["people"], found["joined"]) for found in queries.open_rooms(alice)}
    assert found == {("ops", 2, True)}
    actions.archive_room(alice, room.pk)
    assert queries.open_rooms(charlie) == []


def test_renaming_is_for_moderators_and_told_to_everyone(
    room: Room, alice: User, bob: User, listener: Listener
) -> None:
    with refused("forbidden"):
        actions.rename_room(bob, room.pk, "bob's")
    listener.follow(room.stream)
    actions.rename_room(alice, room.pk, "operations")
    data = {"room": room.pk, "name": "operations", "kind": "open", "archived": False}
    assert listener.news(room.stream) == [("room.updated", data)]


def test_an_archived_room_can_be_read_and_opened_again(room: Room, alice: User, bob: User) -> None:
    say(bob, room)
    actions.archive_room(alice, room.pk)
    assert queries.room_of(bob.pk, room.pk)["archived"]
    with refused("conflict"):
        say(bob, room)
    with refused("conflict"):
        actions.rename_room(alice, room.pk, "other")
    actions.unarchive_room(alice, room.pk)
    say(bob, room)
