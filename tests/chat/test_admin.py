"""The admin changes rooms through actions: everybody in them sees it happen."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Kind, Membership, Message, Role, Room
from project.accounts.actions import create_user
from project.accounts.models import User
from tests.chat.conftest import Listener
from tests.chat.talk import kept, say


@pytest.fixture
def staff(db: None) -> Client:
    """Somebody who is in none of the rooms."""
    client = Client()
    client.force_login(create_user("root", staff=True))
    return client


def url(model: str, page: str, *args: int) -> str:
    return reverse(f"admin:chat_{model}_{page}", args=args)


def choose(staff: Client, model: str, action: str, *ids: int) -> None:
    data = {"action": action, "_selected_action": ids, "post": "yes"}
    assert staff.post(url(model, "changelist"), data).status_code == 302


def test_a_renamed_room_is_renamed_for_everyone_in_it(staff: Client, room: Room, listener: Listener) -> None:
    listener.follow(room.stream)
    staff.post(url("room", "change", room.pk), {"name": "operations"})
    ((type, data),) = listener.news(room.stream)
    assert (type, data["name"]) == ("room.updated", "operations")


def test_a_room_made_in_the_admin_has_an_owner_and_a_stream(staff: Client) -> None:
    staff.post(url("room", "add"), {"name": "made by staff", "kind": "closed"})
    room = Room.objects.get()
    assert room.kind == Kind.CLOSED
    assert room.memberships.get().role == Role.OWNER
    assert [event["type"] for event in kept(room.stream)] == ["member.joined"]


def test_rooms_are_archived_and_opened_again_in_bulk(staff: Client, room: Room, closed: Room) -> None:
    choose(staff, "room", "archive", room.pk, closed.pk)
    assert all(room.is_archived for room in Room.objects.all())
    assert kept(closed.stream)[-1]["data"]["archived"] is True
    choose(staff, "room", "unarchive", room.pk)
    assert kept(room.stream)[-1]["data"]["archived"] is False


def test_a_room_cannot_be_deleted(staff: Client, room: Room) -> None:
    assert staff.post(url("room", "delete", room.pk), {"post": "yes"}).status_code == 403


def test_a_membership_added_in_the_admin_is_news_for_the_room_and_the_person(
    staff: Client, room: Room, charlie: User, listener: Listener
) -> None:
    inbox = f"inbox.{charlie.pk}"
    listener.follow(room.stream, inbox)
    staff.post(url("membership", "add"), {"room": room.pk, "user": charlie.pk, "role": "moderator"})
    assert Membership.objects.get(user=charlie).role == Role.MODERATOR
    assert [type for type, _ in listener.news(room.stream)] == ["member.joined", "member.updated"]
    assert [type for type, _ in listener.news(inbox)] == ["room.joined"]


def test_a_membership_deleted_in_the_admin_ends_access(staff: Client, room: Room, bob: User) -> None:
    membership = Membership.objects.get(room=room, user=bob)
    staff.post(url("membership", "delete", membership.pk), {"post": "yes"})
    assert kept(room.stream)[-1]["type"] == "member.left"
    assert kept("control")[-1]["data"] == {"user": bob.pk, "stream": room.stream}


def test_a_refusal_is_shown_instead_of_an_error_page(staff: Client, direct: Room, charlie: User) -> None:
    data = {"room": direct.pk, "user": charlie.pk, "role": "member"}
    page = staff.post(url("membership", "add"), data, follow=True)
    assert "Inviting people to a direct room is not possible." in page.content.decode()
    assert not Membership.objects.filter(user=charlie).exists()


def test_an_edited_message_is_edited_in_the_room(staff: Client, room: Room, message: dict[str, Any]) -> None:
    staff.post(url("message", "change", message["id"]), {"body": "As *staff* has it"})
    event = kept(room.stream)[-1]
    assert (event["type"], event["data"]["body"]) == ("message.edited", "As *staff* has it")
    assert event["data"]["author"] == message["author"]


def test_a_deleted_message_leaves_a_tombstone_and_nothing_in_the_log(
    staff: Client, room: Room, message: dict[str, Any]
) -> None:
    staff.post(url("message", "delete", message["id"]), {"post": "yes"})
    assert Message.objects.get().is_deleted
    assert "first" not in str(kept(room.stream))


def test_messages_can_be_deleted_in_bulk(staff: Client, room: Room, bob: User) -> None:
    choose(staff, "message", "delete_selected", *(say(bob, room)["id"] for _ in range(3)))
    assert Message.objects.count() == 3
    assert all(message.is_deleted for message in Message.objects.all())


@pytest.mark.parametrize("search", ["", "bob", "1", "no such person"])
def test_the_list_of_messages_never_counts_them_all(
    staff: Client, message: dict[str, Any], search: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = staff.get(url("message", "changelist"), {"q": search})
    assert page.status_code == 200
    assert not [
        query["sql"] for query in queries if "COUNT(" in query["sql"] and "chat_message" in query["sql"]
    ]
    assert len(queries) < 12


def test_a_message_is_found_by_its_number_and_its_author(
    staff: Client, room: Room, alice: User, message: dict[str, Any]
) -> None:
    other = say(alice, room, "Said by alice")
    for search in (str(other["id"]), "Alice"):
        page = staff.get(url("message", "changelist"), {"q": search}).content.decode()
        assert "Said by alice" in page
        assert "The *first* message" not in page
