"""Whom the chat notifies, of what, as each member wishes, and what is taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from chat import actions
from chat.models import Involvement, Kind, Membership, Room
from notifications import events, queries
from notifications.actions import broadcasting
from notifications.models import Broadcast, Notification
from project.accounts.models import User
from project.jobs.models import Job
from tests.chat.conftest import Listener
from tests.chat.talk import draft, kept, say


def told(user: User) -> list[tuple[str, str, int]]:
    """`(kind, title, count)` of what waits for somebody, oldest first."""
    rows = queries.inbox(user.pk).filter(read_at=None).order_by("pk")
    return [(row.kind, row.title, row.count) for row in rows]


@pytest.fixture(autouse=True)
def _settled(room: Room, bob: User) -> None:
    """What the cast was told while the room was made is read."""
    Notification.objects.all().delete()


def test_a_message_that_names_nobody_notifies_nobody(room: Room, alice: User, bob: User) -> None:
    say(alice, room, "Hello all")
    assert told(bob) == told(alice) == []


def test_a_mention_leads_to_the_message_itself(room: Room, alice: User, bob: User) -> None:
    sent = say(alice, room, "Could you\nlook, @bob?")
    row = queries.inbox(bob.pk).get()
    assert (row.kind, row.title) == ("mention", "Alice A. mentioned you in #ops")
    assert row.body == f"Could you look, @{bob.name}?"
    assert row.link == f"/rooms/{room.pk}/?at={sent['seq']}"
    assert (row.source, row.source_name, row.position) == (room.stream, "#ops", sent["seq"])
    assert told(alice) == []


def test_more_mentions_in_a_room_are_one_notification(room: Room, alice: User, bob: User) -> None:
    for number in range(3):
        say(alice, room, f"@bob {number}")
    assert told(bob) == [("mention", "3 new mentions in #ops", 3)]


def test_a_message_that_concerns_somebody_in_several_ways_tells_them_once(
    room: Room, alice: User, bob: User, charlie: User
) -> None:
    actions.join(charlie, room.pk)
    first = say(bob, room, "Hm")
    say(alice, room, "@room and @bob", reply_to=first["id"])
    assert told(bob) == [("mention", "Alice A. mentioned you in #ops", 1)]
    assert told(charlie) == [("room", "Alice A. called everyone in #ops", 1)]


def test_a_reply_tells_who_wrote_the_message_and_not_who_answers_themselves(
    room: Room, alice: User, bob: User
) -> None:
    first = say(bob, room, "Hm")
    say(alice, room, "Yes?", reply_to=first["id"])
    say(bob, room, "Well", reply_to=first["id"])
    assert told(bob) == [("reply", "Alice A. replied to you in #ops", 1)]


def test_a_direct_message_tells_the_other(direct: Room, alice: User, bob: User) -> None:
    say(alice, direct, "Lunch?")
    say(alice, direct, "At noon?")
    assert told(bob) == [("direct", "2 new messages from Alice A.", 2)]


def test_reactions_to_ones_own_message_are_one_notification_and_go_as_they_came(
    room: Room, alice: User, bob: User, charlie: User, message: dict[str, Any]
) -> None:
    actions.join(charlie, room.pk)
    actions.add_reaction(alice, message["id"], "👍")
    actions.add_reaction(charlie, message["id"], "🎉")
    actions.add_reaction(bob, message["id"], "🎉")
    assert told(bob) == [("reaction", "2 new reactions to your message", 2)]
    actions.remove_reaction(charlie, message["id"], "🎉")
    assert told(bob) == [("reaction", "Alice A. reacted with 👍 to your message", 1)]
    actions.remove_reaction(alice, message["id"], "👍")
    assert told(bob) == []


def test_people_are_told_that_they_were_invited(alice: User, charlie: User, closed: Room) -> None:
    actions.invite(alice, closed.pk, charlie.pk)
    actions.create_room(alice, "party", Kind.OPEN, [charlie.pk])
    assert [(kind, title) for kind, title, _ in told(charlie)] == [
        ("invitation", "Alice A. invited you to #secrets"),
        ("invitation", "Alice A. invited you to #party"),
    ]


@pytest.mark.parametrize(
    ("involvement", "kinds"),
    [
        (Involvement.EVERYTHING, ["reaction", "room", "reply", "mention"]),
        (Involvement.MENTIONS, ["room", "reply", "mention"]),
        (Involvement.NOTHING, []),
    ],
)
def test_the_involvement_decides(
    involvement: Involvement, kinds: list[str], room: Room, alice: User, bob: User, message: dict[str, Any]
) -> None:
    actions.set_involvement(bob, room.pk, involvement)
    actions.add_reaction(alice, message["id"], "👍")
    say(alice, room, "@room")
    say(alice, room, "Yes", reply_to=message["id"])
    say(alice, room, "@bob")
    assert [kind for kind, _, _ in told(bob)] == kinds


def test_a_mention_that_is_edited_away_is_withdrawn_and_one_that_is_edited_in_is_told(
    room: Room, alice: User, bob: User, charlie: User
) -> None:
    actions.join(charlie, room.pk)
    sent = say(alice, room, "@bob the secret is 42")
    actions.edit_message(alice, sent["id"], "@charlie never mind")
    assert told(bob) == []
    assert [kind for kind, _, _ in told(charlie)] == ["mention"]
    assert "secret" not in str(kept(f"inbox.{bob.pk}"))


def test_an_edit_that_still_mentions_somebody_changes_what_they_read_and_tells_them_no_more(
    room: Room, alice: User, bob: User
) -> None:
    sent = say(alice, room, "@bob the secret is 42")
    actions.edit_message(alice, sent["id"], "@bob it is safe")
    row = queries.inbox(bob.pk).get()
    assert (row.body, row.revision, row.count) == (f"@{bob.name} it is safe", 2, 1)
    assert "secret" not in str(kept(f"inbox.{bob.pk}"))


def test_a_reaction_quotes_what_the_message_says_now(
    room: Room, alice: User, bob: User, charlie: User, message: dict[str, Any]
) -> None:
    actions.join(charlie, room.pk)
    actions.add_reaction(alice, message["id"], "👍")
    actions.add_reaction(charlie, message["id"], "👍")
    actions.edit_message(bob, message["id"], "@alice it is safe")
    row = queries.inbox(bob.pk).get(kind="reaction")
    assert (row.body, row.count) == ("@Alice A. it is safe", 2)
    assert message["body"] not in str(
        [event for event in kept(f"inbox.{bob.pk}") if "notification" in str(event)]
    )
    assert [kind for kind, _, _ in told(alice)] == ["mention"]
    actions.remove_reaction(charlie, message["id"], "👍")
    assert queries.inbox(bob.pk).get(kind="reaction").body == "@Alice A. it is safe"


def test_a_deleted_message_leaves_nothing_of_it_in_any_inbox(
    room: Room, alice: User, bob: User, message: dict[str, Any]
) -> None:
    say(alice, room, "@bob first")
    second = say(alice, room, "@bob the secret is 42")
    actions.delete_message(alice, second["id"])
    assert told(bob) == [("mention", "Alice A. mentioned you in #ops", 1)]
    assert "secret" not in str(kept(f"inbox.{bob.pk}"))
    actions.add_reaction(alice, message["id"], "👍")
    actions.delete_message(bob, message["id"])
    assert [kind for kind, _, _ in told(bob)] == ["mention"]


def test_reading_a_room_reads_what_it_told(room: Room, alice: User, bob: User, listener: Listener) -> None:
    first = say(alice, room, "@bob one")
    actions.mark_read(bob, room.pk, first["seq"])
    assert told(bob) == []
    second = say(bob, room, "two")
    third = say(alice, room, "@bob three")
    listener.follow(f"inbox.{bob.pk}")
    actions.mark_read(bob, room.pk, second["seq"])
    assert len(told(bob)) == 1
    actions.mark_read(bob, room.pk, third["seq"])
    assert told(bob) == []
    assert [type for type, _ in listener.all(f"inbox.{bob.pk}")] == [
        *("read.moved", "read.moved", "notification.read")
    ]


def test_who_leaves_a_room_loses_what_they_have_not_read_of_it(room: Room, alice: User, bob: User) -> None:
    say(alice, room, "@bob")
    actions.remove(alice, room.pk, bob.pk)
    assert told(bob) == []


def test_what_is_imported_notifies_nobody_unless_it_is_recent(room: Room, alice: User, bob: User) -> None:
    now = timezone.now()
    drafts = [draft(alice, f"@bob {n}", at=now - timedelta(days=n)) for n in (9, 1)]
    actions.import_messages(room.pk, drafts)
    assert told(bob) == []
    drafts = [draft(alice, f"@bob {n}", at=now - timedelta(days=n)) for n in (9, 1)]
    actions.import_messages(room.pk, drafts, tell_since=now - timedelta(days=3))
    row = queries.inbox(bob.pk).get()
    assert (row.body, row.created_at) == (f"@{bob.name} 1", now - timedelta(days=1))
    assert not Job.objects.filter(key=f"ladder.{row.pk}").exists()


def test_a_call_to_a_large_room_goes_out_in_the_background_and_can_be_stopped(
    room: Room, alice: User, bob: User
) -> None:
    crowd = User.objects.bulk_create(User(username=f"p{n}", password="!") for n in range(120))
    Membership.objects.bulk_create(Membership(room=room, user=user) for user in crowd)
    sent = say(alice, room, "@room lunch")
    assert told(bob) == []
    broadcast = Broadcast.objects.get()
    assert Job.objects.filter(name="broadcast").count() == 1
    with transaction.atomic():
        assert broadcasting.next_batch(broadcast.pk)
    assert [kind for kind, _, _ in told(bob)] == ["room"]
    assert Notification.objects.filter(kind="room").count() == 121
    actions.delete_message(alice, sent["id"])
    assert told(bob) == []
    with transaction.atomic():
        assert not broadcasting.next_batch(broadcast.pk)
    assert not events.notifications(list(Notification.objects.filter(kind="room", withdrawn_at=None)))


def test_a_bot_may_call_people_and_is_never_told(room: Room, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_bot=True)
    say(alice, room, "@bob")
    assert told(bob) == []
    say(bob, room, "@alice")
    assert [kind for kind, _, _ in told(alice)] == ["mention"]
