"""Edits, deletions, reactions."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from chat import actions, history
from chat.models import Mention, Message, Reaction, Role, Room
from project.accounts.models import User
from tests.chat.conftest import Listener
from tests.chat.talk import kept, refused, say

Data = dict[str, Any]


def test_an_edit_replaces_the_text_for_everyone(room: Room, bob: User, message: Data) -> None:
    edited = actions.edit_message(bob, message["id"], "Now **better**, @alice")
    assert kept(room.stream)[-1]["type"] == "message.edited"
    assert kept(room.stream)[-1]["data"] == edited == history.payloads(history.newest(room.pk).messages)[0]
    assert edited["html"].startswith("<p>Now <strong>better</strong>")
    assert edited["seq"] == message["seq"]
    assert edited["edited_at"] is not None


def test_an_edit_changes_who_is_mentioned(room: Room, alice: User, bob: User) -> None:
    sent = say(bob, room, "@alice and @room")
    assert (sent["mentions"], sent["mentions_room"]) == ([alice.pk], True)
    edited = actions.edit_message(bob, sent["id"], "Only @bob")
    assert (edited["mentions"], edited["mentions_room"]) == ([bob.pk], False)


def test_people_who_are_not_in_the_room_are_not_mentioned(room: Room, bob: User, charlie: User) -> None:
    assert say(bob, room, "@charlie is not here")["mentions"] == []


def test_an_edit_that_changes_nothing_tells_nobody(
    room: Room, bob: User, message: Data, listener: Listener
) -> None:
    listener.follow(room.stream)
    assert actions.edit_message(bob, message["id"], message["body"]) == message
    assert listener.news(room.stream) == []


def test_only_its_author_may_edit_a_message(alice: User, charlie: User, message: Data) -> None:
    with refused("forbidden"):
        actions.edit_message(alice, message["id"], "By its owner")
    with refused("not_found"):
        actions.edit_message(charlie, message["id"], "By a stranger")


def test_a_deleted_message_keeps_its_place_and_nothing_else(room: Room, bob: User, message: Data) -> None:
    actions.add_reaction(bob, message["id"], "👍")
    gone = actions.delete_message(bob, message["id"])
    assert (gone["id"], gone["seq"], gone["author"]) == (message["id"], message["seq"], message["author"])
    assert (gone["body"], gone["html"], gone["mentions"], gone["reactions"]) == ("", "", [], [])
    assert gone["deleted_at"]
    row = Message.objects.get()
    assert (row.body, row.html) == ("", "")
    assert not Reaction.objects.exists()


def test_the_log_forgets_what_a_deleted_message_said(room: Room, alice: User, bob: User) -> None:
    sent = say(bob, room, "a secret for @alice")
    actions.edit_message(bob, sent["id"], "a secret and **more**")
    say(alice, room, "an answer", reply_to=sent["id"])
    before = len(kept(room.stream))
    actions.delete_message(bob, sent["id"])
    events = kept(room.stream)
    assert "secret" not in str(events)
    assert "an answer" in str(events)
    assert len(events) == before + 1
    assert [e["seq"] for e in events] == list(range(1, before + 2))
    told = [e["data"] for e in events if e["data"].get("id") == sent["id"]]
    assert [data["deleted_at"] for data in told] == [told[-1]["deleted_at"]] * 3
    assert not Mention.objects.exists()


def test_a_quote_reads_as_the_message_does(room: Room, alice: User, bob: User) -> None:
    sent = say(bob, room, "@alice is **3 < 4**?\n\n> yes")
    answer = say(alice, room, "an answer", reply_to=sent["id"])
    assert history.with_quotes([answer])[0]["quote"]["excerpt"] == f"@{alice.name} is 3 < 4? yes"


def test_a_reply_quotes_a_deleted_message_without_its_text(room: Room, alice: User, bob: User) -> None:
    sent = say(bob, room, "a secret")
    answer = say(alice, room, "an answer", reply_to=sent["id"])
    assert history.with_quotes([answer])[0]["quote"]["excerpt"] == "a secret"
    actions.delete_message(bob, sent["id"])
    quote = history.with_quotes([answer])[0]["quote"]
    assert (quote["excerpt"], quote["deleted"]) == ("This message was deleted.", True)


def test_a_moderator_may_delete_what_others_said_and_a_member_may_not(
    room: Room, alice: User, bob: User, charlie: User, message: Data
) -> None:
    actions.join(charlie, room.pk)
    with refused("forbidden"):
        actions.delete_message(charlie, message["id"])
    actions.set_role(alice, room.pk, charlie.pk, Role.MODERATOR)
    actions.delete_message(charlie, message["id"])


def test_deleting_again_changes_nothing(room: Room, bob: User, message: Data, listener: Listener) -> None:
    first = actions.delete_message(bob, message["id"])
    listener.follow(room.stream)
    assert actions.delete_message(bob, message["id"]) == first
    assert listener.news(room.stream) == []


def test_a_deleted_message_takes_no_edit_and_no_reaction(bob: User, message: Data) -> None:
    actions.delete_message(bob, message["id"])
    with refused("conflict"):
        actions.edit_message(bob, message["id"], "Back again")
    with refused("conflict"):
        actions.add_reaction(bob, message["id"], "👍")


def test_an_archived_room_lets_nothing_change_but_deletions(
    alice: User, bob: User, room: Room, message: Data
) -> None:
    actions.archive_room(alice, room.pk)
    with refused("conflict"):
        actions.edit_message(bob, message["id"], "Too late")
    with refused("conflict"):
        actions.add_reaction(bob, message["id"], "👍")
    actions.delete_message(bob, message["id"])


def test_reactions_are_listed_by_emoji_and_by_who_came_first(
    room: Room, alice: User, bob: User, message: Data
) -> None:
    actions.add_reaction(bob, message["id"], "🎉")
    actions.add_reaction(alice, message["id"], "👍")
    reply = actions.add_reaction(alice, message["id"], "🎉")
    reactions = [{"emoji": "🎉", "users": [bob.pk, alice.pk]}, {"emoji": "👍", "users": [alice.pk]}]
    assert reply == {"message": message["id"], "reactions": reactions}
    assert history.payloads(history.newest(room.pk).messages)[0]["reactions"] == reactions
    event = kept(room.stream)[-1]
    assert event["type"] == "reaction.added"
    assert event["data"] == {**reply, "seq": message["seq"], "emoji": "🎉", "user": alice.pk}


def test_the_same_reaction_twice_is_one_and_taken_back_is_none(
    room: Room, bob: User, message: Data, listener: Listener
) -> None:
    listener.follow(room.stream)
    for _ in range(2):
        actions.add_reaction(bob, message["id"], "👍")
    for _ in range(2):
        actions.remove_reaction(bob, message["id"], "👍")
    assert [type for type, _ in listener.news(room.stream)] == ["reaction.added", "reaction.removed"]
    assert not Reaction.objects.exists()


def test_a_message_has_at_most_forty_different_reactions(bob: User, message: Data) -> None:
    for number in range(40):
        actions.add_reaction(bob, message["id"], chr(0x1F600 + number))
    with refused("conflict"):
        actions.add_reaction(bob, message["id"], "🐈")


def test_edits_count_as_messages_sent(
    room: Room, bob: User, message: Data, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    for number in range(9):
        actions.edit_message(bob, message["id"], f"Version {number}")
    with refused("rate_limited") as caught:
        actions.edit_message(bob, message["id"], "Once too often")
    assert 0 < caught.value.retry_after <= 10
    with refused("rate_limited"):
        say(bob, room)
    assert history.payloads(history.newest(room.pk).messages)[0]["body"] == "Version 8"


def test_messages_sent_count_for_an_edit(
    room: Room, bob: User, message: Data, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    for _ in range(9):
        say(bob, room)
    with refused("rate_limited"):
        actions.edit_message(bob, message["id"], "Once too often")


def test_an_edit_that_changes_nothing_is_not_counted(room: Room, bob: User, message: Data) -> None:
    for _ in range(20):
        actions.edit_message(bob, message["id"], message["body"])
    say(bob, room)


def test_edits_of_others_and_of_long_ago_are_not_counted(
    room: Room, alice: User, bob: User, message: Data
) -> None:
    before = timezone.now() - timedelta(minutes=1)
    for number in range(10):
        actions.edit_message(bob, message["id"], f"Earlier {number}", at=before)
    theirs = say(alice, room)
    for number in range(9):
        actions.edit_message(alice, theirs["id"], f"Version {number}")
    actions.edit_message(bob, message["id"], "Now")


def test_no_limit_on_messages_means_none_on_edits(bob: User, message: Data, settings: Settings) -> None:
    settings.LIMIT_MESSAGES_PER_ROOM = 0
    for number in range(30):
        actions.edit_message(bob, message["id"], f"Version {number}")
