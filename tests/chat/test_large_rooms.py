"""What is told to more people than one transaction takes: the newest word about a message is the last one they hear."""

import pytest
from django.db import transaction

from chat import actions
from chat.models import Membership, Room
from notifications import queries
from notifications.actions import broadcasting
from notifications.models import Broadcast, Notification, Occurrence
from project.accounts.models import User
from tests.chat.talk import kept, say


@pytest.fixture(autouse=True)
def crowd(room: Room, bob: User) -> list[User]:
    """A hundred and twenty more members; bob is told first of all."""
    found = User.objects.bulk_create(User(username=f"p{n}", password="!") for n in range(120))
    Membership.objects.bulk_create(Membership(room=room, user=user) for user in found)
    Notification.objects.all().delete()
    return found


def under_way(newest_first: bool = False) -> None:
    """Does all that is on its way, in whatever order workers may take it."""
    while row := Broadcast.objects.filter(finished_at=None).order_by("-pk" if newest_first else "pk").first():
        with transaction.atomic():
            broadcasting.next_batch(row.pk)


def bodies() -> set[str]:
    return set(Occurrence.objects.values_list("body", flat=True))


def test_who_is_removed_before_their_turn_is_told_nothing(room: Room, alice: User, bob: User) -> None:
    say(alice, room, "@room the secret is 42")
    actions.remove(alice, room.pk, bob.pk)
    under_way()
    assert not queries.inbox(bob.pk).exists()
    assert "secret" not in str(kept(f"inbox.{bob.pk}"))
    assert Occurrence.objects.count() == 120


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_last_of_several_edits_is_what_they_read(room: Room, alice: User, newest_first: bool) -> None:
    sent = say(alice, room, "@room lunch")
    under_way()
    actions.edit_message(alice, sent["id"], "@room the secret is 42")
    actions.edit_message(alice, sent["id"], "@room supper")
    under_way(newest_first)
    assert bodies() == {"@room supper"}


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_call_that_is_taken_out_and_put_back_stands(room: Room, alice: User, newest_first: bool) -> None:
    sent = say(alice, room, "@room lunch")
    under_way()
    actions.edit_message(alice, sent["id"], "lunch")
    actions.edit_message(alice, sent["id"], "@room lunch!")
    under_way(newest_first)
    assert Notification.objects.filter(withdrawn_at=None).count() == 121
    assert bodies() == {"@room lunch!"}


def test_a_call_that_is_edited_away_is_taken_back_from_all(room: Room, alice: User) -> None:
    sent = say(alice, room, "@room lunch")
    under_way()
    actions.edit_message(alice, sent["id"], "lunch")
    under_way()
    assert not Notification.objects.filter(withdrawn_at=None).exists()


def test_nothing_of_what_was_said_is_kept_when_all_have_been_told(room: Room, alice: User) -> None:
    say(alice, room, "@room the secret is 42")
    under_way()
    assert not Broadcast.objects.exists()
