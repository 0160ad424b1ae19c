"""Coming, going, roles."""

from typing import Any

import pytest

from chat import actions, queries
from chat.models import Kind, Membership, Role, Room
from project.accounts.models import User
from tests.chat.conftest import Listener
from tests.chat.talk import kept, refused, say


def role(room: Room, user: User) -> str | None:
    return Membership.objects.filter(room=room, user=user).values_list("role", flat=True).first()


def test_joining_is_news_in_the_room_and_on_ones_other_devices(
    room: Room, charlie: User, listener: Listener
) -> None:
    inbox = f"inbox.{charlie.pk}"
    listener.follow(room.stream, inbox)
    actions.join(charlie, room.pk)
    ((type, data),) = listener.news(room.stream)
    assert (type, data["user"]["id"], data["role"]) == ("member.joined", charlie.pk, "member")
    ((type, data),) = listener.news(inbox)
    assert (type, data["room"]) == ("room.joined", queries.room_of(charlie.pk, room.pk))


def test_joining_again_changes_nothing(room: Room, bob: User, listener: Listener) -> None:
    listener.follow(room.stream)
    actions.join(bob, room.pk)
    assert listener.news(room.stream) == []


def test_what_was_said_before_is_not_news_to_who_joins(room: Room, bob: User, charlie: User) -> None:
    say(bob, room)
    actions.join(charlie, room.pk)
    assert queries.room_of(charlie.pk, room.pk)["unread"] == 0


def test_nobody_joins_a_closed_direct_or_archived_room(
    room: Room, closed: Room, direct: Room, alice: User, charlie: User
) -> None:
    actions.archive_room(alice, room.pk)
    for wanted, code in ((room, "conflict"), (closed, "not_found"), (direct, "not_found")):
        with refused(code):
            actions.join(charlie, wanted.pk)


def test_any_member_may_bring_somebody_in(closed: Room, bob: User, charlie: User, listener: Listener) -> None:
    inbox = f"inbox.{charlie.pk}"
    listener.follow(inbox)
    actions.invite(bob, closed.pk, charlie.pk)
    assert role(closed, charlie) == Role.MEMBER
    assert [type for type, _ in listener.news(inbox)] == ["room.joined"]


def test_nobody_can_be_brought_into_a_direct_room(direct: Room, alice: User, charlie: User) -> None:
    with refused("forbidden"):
        actions.invite(alice, direct.pk, charlie.pk)


def test_somebody_who_is_not_active_cannot_be_brought_in(room: Room, alice: User, charlie: User) -> None:
    charlie.is_active = False
    charlie.save()
    with refused("not_found"):
        actions.invite(alice, room.pk, charlie.pk)


def test_a_removed_member_is_told_and_loses_the_stream(
    room: Room, alice: User, bob: User, listener: Listener
) -> None:
    inbox = f"inbox.{bob.pk}"
    listener.follow(room.stream, inbox, "control")
    actions.remove(alice, room.pk, bob.pk)
    ((type, data),) = listener.news(room.stream)
    assert (type, data["user"]["id"]) == ("member.left", bob.pk)
    ((type, data),) = listener.news(inbox)
    assert (type, data["room"]["id"]) == ("room.left", room.pk)
    assert listener.news("control") == [("access.changed", {"user": bob.pk, "stream": room.stream})]


def test_moderators_remove_members_and_owners_remove_anyone(
    room: Room, alice: User, bob: User, charlie: User
) -> None:
    actions.join(charlie, room.pk)
    with refused("forbidden"):
        actions.remove(bob, room.pk, charlie.pk)
    actions.set_role(alice, room.pk, bob.pk, Role.MODERATOR)
    with refused("forbidden"):
        actions.remove(bob, room.pk, alice.pk)
    actions.remove(bob, room.pk, charlie.pk)
    actions.remove(alice, room.pk, bob.pk)
    assert list(room.memberships.values_list("user", flat=True)) == [alice.pk]


def test_nobody_removes_themselves_or_a_stranger(room: Room, alice: User, charlie: User) -> None:
    with refused("conflict"):
        actions.remove(alice, room.pk, alice.pk)
    with refused("not_found"):
        actions.remove(alice, room.pk, charlie.pk)


@pytest.mark.parametrize(("moderator", "heir"), [("charlie", "charlie"), (None, "bob")])
def test_when_the_last_owner_leaves_the_longest_standing_takes_over_moderators_first(
    room: Room, alice: User, bob: User, charlie: User, moderator: str | None, heir: str, listener: Listener
) -> None:
    actions.join(charlie, room.pk)
    if moderator:
        actions.set_role(alice, room.pk, charlie.pk, Role.MODERATOR)
    listener.follow(room.stream)
    actions.leave(alice, room.pk)
    (_, left), (type, data) = listener.news(room.stream)
    assert left["user"]["id"] == alice.pk
    assert (type, data["user"]["name"], data["role"]) == (
        "member.updated",
        {"bob": bob, "charlie": charlie}[heir].name,
        "owner",
    )


def test_the_last_person_archives_the_room_instead_of_leaving(alice: User) -> None:
    room = actions.create_room(alice, "mine", Kind.CLOSED)
    with refused("conflict"):
        actions.leave(alice, room.pk)


def test_nobody_leaves_a_direct_room_or_is_removed_from_one(direct: Room, alice: User, bob: User) -> None:
    with refused("forbidden"):
        actions.leave(alice, direct.pk)
    with refused("forbidden"):
        actions.remove(alice, direct.pk, bob.pk)


def test_only_owners_change_roles_and_one_always_stays(room: Room, alice: User, bob: User) -> None:
    with refused("forbidden"):
        actions.set_role(bob, room.pk, bob.pk, Role.OWNER)
    with refused("conflict"):
        actions.set_role(alice, room.pk, alice.pk, Role.MEMBER)
    actions.set_role(alice, room.pk, bob.pk, Role.OWNER)
    actions.set_role(alice, room.pk, alice.pk, Role.MEMBER)
    assert (role(room, alice), role(room, bob)) == (Role.MEMBER, Role.OWNER)
    assert [e["data"]["role"] for e in kept(room.stream)[-2:]] == ["owner", "member"]


def test_involvement_is_ones_own_affair(room: Room, bob: User, listener: Listener) -> None:
    listener.follow(room.stream, f"inbox.{bob.pk}")
    actions.set_involvement(bob, room.pk, "mentions")
    actions.set_involvement(bob, room.pk, "mentions")
    expected: list[tuple[str, Any]] = [("involvement.changed", {"room": room.pk, "involvement": "mentions"})]
    assert listener.news(f"inbox.{bob.pk}") == expected
    assert listener.news(room.stream) == []
